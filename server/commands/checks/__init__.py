"""What `freehold doctor` looks at."""
