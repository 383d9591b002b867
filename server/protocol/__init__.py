"""HTTP as the server speaks it: connections that are bounded before anyone has shown a token."""
