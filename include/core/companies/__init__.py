"""Identify boards, make the names of companies, and read lists of companies."""
