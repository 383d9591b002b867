"""Measurements, one module a claim, each run as `python -m bench.<module>`."""
