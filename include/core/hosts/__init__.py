"""Define the records of the state of a host and of a robots.txt."""
