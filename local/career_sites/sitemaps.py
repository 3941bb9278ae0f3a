"""Write sitemaps as specified at sitemaps.org.

If the employer's pages contain structured data, the sitemap is an index of two files. Otherwise it
is a single file. Each sitemap also lists pages that are not job pages.
"""

import gzip
from xml.sax.saxutils import escape

from local.career_sites.content import Employer
from local.career_sites.postings import SamplePosting

STORIES = {
    "1": (
        "A morning before opening time",
        "The kettle is on before the lights are. Whoever arrives first reads out the list of the "
        "day, and whoever arrives last does the dishes.",
    ),
    "2": (
        "What we learned from a bad winter",
        "Pipes froze, two cars would not start and nobody went home unfed. Here is the list of "
        "things that we do differently since then.",
    ),
}
_XMLNS = "http://www.sitemaps.org/schemas/sitemap/0.9"


def documents(
    employer: Employer, postings: list[SamplePosting], *, base_url: str
) -> dict[str, bytes]:
    """Return the files of the employer's sitemap by their paths."""
    home = f"/{employer.slug}"
    other_paths = [
        f"{home}/about",
        f"{home}/jobs/",
        *(f"{home}/blog/{number}" for number in STORIES),
    ]
    if not employer.structured:
        return {f"{home}/sitemap.xml": _urlset(other_paths, postings, base_url)}
    half = len(postings) // 2
    parts = {
        f"{home}/sitemap-1.xml": (_urlset(other_paths, postings[:half], base_url), postings[:half]),
        f"{home}/sitemap-2.xml.gz": (
            gzip.compress(_urlset([], postings[half:], base_url), mtime=0),
            postings[half:],
        ),
    }
    entries = "".join(
        f"<sitemap><loc>{base_url}{path}</loc><lastmod>{_latest_date(listed_postings)}</lastmod></sitemap>\n"
        for path, (_, listed_postings) in parts.items()
    )
    index = _document(f'<sitemapindex xmlns="{_XMLNS}">\n{entries}</sitemapindex>')
    return {f"{home}/sitemap.xml": index} | {path: body for path, (body, _) in parts.items()}


def _urlset(other_paths: list[str], postings: list[SamplePosting], base_url: str) -> bytes:
    entries = [f"<url><loc>{base_url}{path}</loc></url>" for path in other_paths]
    entries += [
        f"<url><loc>{base_url}{escape(posting.path)}</loc>{_lastmod(posting)}</url>"
        for posting in postings
    ]
    return _document(f'<urlset xmlns="{_XMLNS}">\n' + "\n".join(entries) + "\n</urlset>")


def _lastmod(posting: SamplePosting) -> str:
    """Return the ``lastmod`` element of a posting, or an empty text if its page is gone."""
    return "" if posting.gone else f"<lastmod>{posting.updated_at.isoformat()}</lastmod>"


def _latest_date(postings: list[SamplePosting]) -> str:
    return max(posting.updated_at for posting in postings).date().isoformat()


def _document(root: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{root}\n'.encode()
