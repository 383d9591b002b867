"""Attacks by whoever reaches the port, and by a member without any grant."""
