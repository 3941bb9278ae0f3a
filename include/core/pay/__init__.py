"""Read pay from fields and texts, and make it comparable."""
