"""Which source lists the postings behind an address that a person has copied from a browser.

All of it is pure: an address is read by whose host it is on and by what its path looks like
(``boards``), a page by what it embeds, links to and is made with (``page``), and of a site that
runs on nothing we know, the sitemaps and listing pages it may have are guessed (``own_site``).
Only listing a candidate shows whether it is right; ``pipeline.detect_company`` does that.
"""

from include.sources.detect.boards import boards_at
from include.sources.detect.candidate import Candidate
from include.sources.detect.own_site import is_posting, listing_pages, sitemaps
from include.sources.detect.page import Findings, read_page

__all__ = [
    "Candidate",
    "Findings",
    "boards_at",
    "is_posting",
    "listing_pages",
    "read_page",
    "sitemaps",
]
