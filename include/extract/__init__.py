"""Extract the posting from a fetched page."""

from include.extract.page import (
    FingerprintInput,
    Reading,
    fingerprint_input,
    open_reading,
    read_posting,
)

__all__ = ["FingerprintInput", "Reading", "fingerprint_input", "open_reading", "read_posting"]
