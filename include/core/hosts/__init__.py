"""Define the state of a host and its robots.txt."""
