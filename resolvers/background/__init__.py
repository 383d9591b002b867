"""What the server does by itself, one process at a time: purging, expiring, retention."""
