"""Answers to fields, for many parents at once."""
