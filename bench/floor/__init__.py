"""The floor: what the measured queries take when each is written by hand, without GraphQL."""
