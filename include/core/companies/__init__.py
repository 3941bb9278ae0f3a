"""Identify boards, and read names and lists of companies."""
