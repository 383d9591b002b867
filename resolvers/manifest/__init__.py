"""Manifests: an Org as lines of JSON, imported and exported."""
