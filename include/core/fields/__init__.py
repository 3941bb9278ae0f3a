"""Read a posting's dates, employment types and language, complete it, and convert it to JSON."""
