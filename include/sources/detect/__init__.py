"""Find the sources that may list the postings at a URL that a user copied from a browser.

All modules here are pure. ``boards`` recognises a URL by its host and path. ``page`` recognises a
page by what it embeds, links to and is built with. For a site that runs on no known source,
``own_site`` guesses its sitemaps and listing pages. The results are candidates:
``pipeline.companies.detect_company`` lists them to find out which one is right.
"""

from include.sources.detect.boards import boards_at
from include.sources.detect.candidate import Candidate, tenant_names
from include.sources.detect.own_site import is_posting, job_patterns, listing_pages, sitemaps
from include.sources.detect.page import Evidence, Findings, NamedBoard, read_page

__all__ = [
    "Candidate",
    "Evidence",
    "Findings",
    "NamedBoard",
    "boards_at",
    "is_posting",
    "job_patterns",
    "listing_pages",
    "read_page",
    "sitemaps",
    "tenant_names",
]
