"""Changes of an Org: each is one transaction under the Org's lock, with its event in it."""
