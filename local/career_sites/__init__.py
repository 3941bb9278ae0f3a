"""Serve sample career sites: eight invented employers in the wire formats of real sources (ADR 38).

Their content is a pure function of a seed and a day number. Therefore a demo can show a second day,
benchmarks have reproducible input, and tests can compute the true values.
``python -m local.career_sites`` serves the sites.
"""

from local.career_sites.employers import companies
from local.career_sites.postings import Changes, SamplePosting, changes, truth

__all__ = ["Changes", "SamplePosting", "changes", "companies", "truth"]
