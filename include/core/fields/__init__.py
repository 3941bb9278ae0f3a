"""Read the other fields of a posting, complete it, and convert it to JSON."""
