"""The commands of `freehold`, one a module or a few."""
