"""Read pay from fields and texts, and convert it to yearly pay, so that it can be compared."""
