"""Sample career sites: eight invented employers in the wire formats of real sources.

What they publish is a pure function of a seed and a day number, so a demo can show a second day,
a benchmark has its input and a test knows the truth. ``python -m local.career_sites`` serves them.
"""

from local.career_sites.employers import companies
from local.career_sites.postings import Changes, SamplePosting, changes, truth

__all__ = ["Changes", "SamplePosting", "changes", "companies", "truth"]
