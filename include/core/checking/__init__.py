"""Decide which pages are unchanged and which jobs expire, and divide work into tasks."""
