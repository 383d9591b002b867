"""The public GraphQL schema: a table of fields."""
