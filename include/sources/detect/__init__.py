"""Detection of the boards that may list the postings at a URL.

The URL is one that a user copied from a browser, such as the URL of a career site or of a posting.

All modules of this package are pure. ``boards`` recognises a board by the host and path of the URL.
``page`` recognises boards by the content of a page: its frames, links and scripts. If the site uses
no known source, ``own_site`` guesses the site's sitemaps and listing pages. The results are
candidates.
``pipeline.companies.detect_company`` lists each candidate to find out which one is right.
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
