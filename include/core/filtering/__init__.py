"""Decide which postings a user wants."""
