"""Sites that run on nothing we know: the sitemaps they may have, and the links on a page that look
like those of a list of postings.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from include.core.text import one_line
from include.core.urls import is_http
from include.errors import ParseError
from include.sources.base import Response
from include.sources.detect.address import Address
from include.sources.detect.candidate import Candidate

_JOB_WORD = (
    r"jobs?|careers?|positions?|vacanc(?:y|ies)|openings?|opportunit(?:y|ies)|roles?|stellen\w*|"
    r"karriere|emplois?|offres?|ofertas?|vacatures?|lavoro|praca"
)
JOB_PAGES = rf"/(?:[\w-]*[-_])?(?:{_JOB_WORD})(?:[-_][\w-]*)?/."
_IN_A_KEY = re.compile(rf"(?<![a-z])(?:{_JOB_WORD})(?![a-z])", re.IGNORECASE)
_POSTING = re.compile(rb"""["'/]JobPosting["']""")
_LAST_PART = re.compile(r"[^/=]*/?$")
_SITEMAP_LINE = re.compile(r"^\s*sitemap:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
_FEWEST = 2
"""Links that make a list."""
_LEAST_TITLE = 3
_MOST_SITEMAPS = 4


def is_posting(page: Response) -> bool:
    """Whether the page says of itself, as schema.org has it, that it is one posting."""
    return _POSTING.search(page.body) is not None


def sitemaps(url: str, robots_txt: str = "", *, is_posting: bool = False) -> tuple[Candidate, ...]:
    """The sitemap that ``url`` is, or those that may lie at the first step of its path and at the
    root, and those that robots.txt names, the likeliest first. Of a posting (``is_posting``) the
    others are its neighbours."""
    address = Address.parse(url)
    if address is None:
        return ()
    if address.segments and address.segments[-1].endswith((".xml", ".xml.gz")):
        return (Candidate(source="sitemap", config={"url": url.strip()}),)
    below = "/".join(("", *address.segments[:1], "sitemap.xml"))
    guessed = [address.origin + below, address.origin + "/sitemap.xml"]
    told = [found for found in _SITEMAP_LINE.findall(robots_txt) if is_http(found)]
    told.sort(key=lambda found: _IN_A_KEY.search(found) is None)
    beside = "/".join(("", *address.segments[:-1], ""))
    pattern = re.escape(beside) + "." if is_posting and beside != "/" else JOB_PAGES
    return tuple(
        Candidate(source="sitemap", config={"url": each, "pattern": pattern})
        for each in dict.fromkeys((*guessed, *told[:_MOST_SITEMAPS]))
    )


def listing_pages(response: Response) -> tuple[Candidate, ...]:
    """The page as a list of postings, if it has links that look like it: several, with words, to
    addresses that differ in their last part only and speak of jobs before it."""
    try:
        page = response.html()
    except ParseError:
        return ()
    about_jobs = _IN_A_KEY.search(urlsplit(response.url).path) is not None
    groups: defaultdict[str, set[str]] = defaultdict(set)
    for node in page.css("a[href]"):
        href = (node.attributes.get("href") or "").strip().partition("#")[0]
        words = one_line(node.text(deep=True, separator=" "))
        key = _LAST_PART.sub("", href)
        if len(key) < 2 or sum(map(str.isalpha, words)) < _LEAST_TITLE or '"' in key:
            continue
        last = href.removeprefix(key)
        if _IN_A_KEY.search(key) or (about_jobs and re.search(r"\d", last)):
            groups[key].add(urljoin(response.url, href))
    lists = sorted(_lists(groups), key=lambda each: -len(groups[each]))
    config = {"url": response.url}
    if page.css_first("a[rel~=next][href]"):
        config["next_selector"] = "a[rel~=next]"
    return tuple(
        Candidate(source="html", config={**config, "link_selector": f'a[href^="{key}"]'})
        for key in lists[:1]
    )


def _lists(groups: defaultdict[str, set[str]]) -> Iterator[str]:
    return (key for key, urls in groups.items() if len(urls) >= _FEWEST)
