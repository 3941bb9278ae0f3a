"""Turn a fetched page into the posting on it."""

from include.extract.page import Reading, Skim, open_reading, read_posting, skim

__all__ = ["Reading", "Skim", "open_reading", "read_posting", "skim"]
