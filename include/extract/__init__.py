"""From a fetched page to the posting on it."""

from include.extract.page import Skim, read_posting, skim

__all__ = ["Skim", "read_posting", "skim"]
