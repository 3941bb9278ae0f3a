"""Decide which pages are read, unchanged or expired, and how work is divided."""
