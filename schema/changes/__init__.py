"""The mutations, a module a noun: what they are given, and what they answer."""
