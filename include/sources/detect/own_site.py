"""Guess how to list a site that does not use a known source.

The guesses are sitemaps that the site may have, and links on a page that look like a list of
postings.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import urlsplit

from bs4 import BeautifulSoup

from include.core.formats.text import one_line
from include.core.formats.urls import absolute, is_http
from include.errors import ParseError
from include.sources.base import Response
from include.sources.detect.address import Address
from include.sources.detect.candidate import Candidate

_JOB_WORD = (
    r"jobs?|careers?|positions?|vacanc(?:y|ies)|openings?|opportunit(?:y|ies)|roles?|stellen\w*|"
    r"karriere|emplois?|offres?|ofertas?|vacatures?|lavoro|praca"
)
_HAS_JOB_WORD = re.compile(rf"(?<![a-z])(?:{_JOB_WORD})(?![a-z])", re.IGNORECASE)
_JOB_POSTING = re.compile(rb"""["'/]JobPosting["']""")
_SITEMAP_LINE = re.compile(r"^[ \t]*sitemap:[ \t]*+(\S+)", re.IGNORECASE | re.MULTILINE)
_NUMBER = re.compile(r"\d{3}")
_MIN_LINKS = 2
"""The minimum number of links in a list of postings."""
_MIN_TITLE_LETTERS = 3
_MAX_SITEMAPS = 4
"""The maximum number of sitemaps that are taken from robots.txt."""
_NAVIGATION = "nav a, footer a, header:not(main *, li *) a"
"""A CSS selector of the links in a page's navigation, header and footer. It is used inside
``:not()``. It has five descendant combinators there, and ``check_selector`` allows no more."""


def is_posting(page: Response) -> bool:
    """Return whether the page has markup of type JobPosting (schema.org)."""
    return _JOB_POSTING.search(page.body) is not None


def sitemaps(url: str, robots_txt: str = "") -> tuple[Candidate, ...]:
    """Return the sitemaps that may list the site's postings, the most likely first.

    If the path of ``url`` ends with ``.xml`` or ``.xml.gz``, the only candidate is ``url``.
    Otherwise the candidates are the sitemap below the first segment of its path, the sitemap at the
    root, and up to four sitemaps that robots.txt names. Of the sitemaps in robots.txt, those with a
    word for jobs in their URL come first. The candidates have no ``pattern``; ``job_patterns``
    proposes some. Return nothing if ``url`` is not an absolute http(s) URL.
    """
    address = Address.parse(url)
    if address is None:
        return ()
    if address.segments and address.segments[-1].endswith((".xml", ".xml.gz")):
        return (Candidate(source="sitemap", config={"url": url.strip()}),)
    below = "/".join(("", *address.segments[:1], "sitemap.xml"))
    guessed = [address.origin + below, address.origin + "/sitemap.xml"]
    named = [found for found in _SITEMAP_LINE.findall(robots_txt) if is_http(found)]
    named.sort(key=lambda found: _HAS_JOB_WORD.search(found) is None)
    return tuple(
        Candidate(source="sitemap", config={"url": each})
        for each in dict.fromkeys((*guessed, *named[:_MAX_SITEMAPS]))
    )


def job_patterns(urls: Sequence[str], *, near: str) -> tuple[str, ...]:
    """Return patterns that may select the postings among the URLs of a site, the most likely first.

    URLs are grouped by folder, which ends after the first part that is a word for jobs. The folder
    of ``near`` comes first, then folders with a word for jobs, and then other folders by size. If
    half of a folder's URLs have a number, as URLs of postings do, a pattern with a number comes
    before the pattern for the whole folder. The URLs without a number may be pages such as "Our
    benefits".
    """
    here = urlsplit(near).path
    folders: defaultdict[str, int] = defaultdict(int)
    numbered: defaultdict[str, int] = defaultdict(int)
    for url in urls:
        if (folder := _folder(url)) is not None:
            folders[folder] += 1
            numbered[folder] += _NUMBER.search(url, url.find(folder) + len(folder)) is not None

    def likelihood(folder: str) -> tuple[bool, bool, int]:
        is_near = folder != "/" and here.startswith(folder) and here != folder
        return not is_near, _HAS_JOB_WORD.search(folder) is None, -folders[folder]

    found: list[str] = []
    for folder in sorted(folders, key=likelihood):
        whole = re.escape(folder) + "[^/?#]"
        with_number = re.escape(folder) + r"[^?#]*\d{3}"
        if folder.endswith("?"):
            found.append(re.escape(folder) + ".")
        elif numbered[folder] == folders[folder] or numbered[folder] == 0:
            found.append(whole)
        elif numbered[folder] * 2 >= folders[folder]:
            found += [with_number, whole]
        else:
            found += [whole, with_number]
    return tuple(found)


def _folder(url: str) -> str | None:
    """Return the folder of the URL's page, such as ``/en/jobs/``.

    Return None if the URL is that of the site's front page or of the list of postings.
    """
    parts = urlsplit(url)
    segments = [part for part in parts.path.split("/") if part]
    if not segments:
        return None
    for index, segment in enumerate(segments[:-1]):
        if _HAS_JOB_WORD.search(segment):
            return "/".join(("", *segments[: index + 1], ""))
    if parts.query and _HAS_JOB_WORD.search(segments[-1]):
        return parts.path + "?"
    if _HAS_JOB_WORD.fullmatch(segments[-1]):
        return None  # the URL is that of the list of postings
    return "/".join(("", *segments[:-1], ""))


def listing_pages(response: Response) -> tuple[Candidate, ...]:
    """Return the page as a list of postings (source ``html``).

    Return nothing if the page does not look like such a list.

    It looks like one if it has at least two links with text whose URLs differ only in the last
    part, and the rest of the URLs has a word for jobs. If the page's own path has such a word, a
    digit in the last part is enough. Links in the navigation, the header and the footer of the page
    are not counted. The candidate selects the largest group of the counted links.
    """
    try:
        response.html()  # raises ParseError if it is not a page or has too many tags
    except ParseError:
        return ()
    page = BeautifulSoup(response.text(), "lxml")
    about_jobs = _HAS_JOB_WORD.search(urlsplit(response.url).path) is not None
    groups: defaultdict[str, set[str]] = defaultdict(set)
    navigation = [str(node.get("href", "")).strip() for node in page.select(_NAVIGATION)]
    for node in page.select(f"a[href]:not({_NAVIGATION})"):
        href = str(node["href"]).strip().partition("#")[0]
        words = one_line(node.get_text(" "))
        path = href.removesuffix("/")
        key = path[: max(path.rfind("/"), path.rfind("=")) + 1]
        if len(key) < 2 or sum(map(str.isalpha, words)) < _MIN_TITLE_LETTERS or '"' in key:
            continue
        last = href.removeprefix(key)
        is_job = _HAS_JOB_WORD.search(key) or (about_jobs and re.search(r"\d", last))
        if is_job and (url := absolute(response.url, href)):
            groups[key].add(url)
    lists = sorted(_lists(groups), key=lambda each: -len(groups[each]))
    config = {"url": response.url}
    if page.select_one("a[rel~=next][href]"):
        config["next_selector"] = "a[rel~=next]"
    return tuple(
        Candidate(source="html", config={**config, "link_selector": _selector(key, navigation)})
        for key in lists[:1]
    )


def _selector(key: str, navigation: Iterable[str]) -> str:
    """Return the CSS selector of the links whose URL begins with ``key``.

    Args:
        navigation: the URLs of the links that are no postings even if they begin with ``key``.
    """
    selector = f'a[href^="{key}"]'
    is_mixed = any(href.startswith(key) for href in navigation)
    return f"{selector}:not({_NAVIGATION})" if is_mixed else selector


def _lists(groups: defaultdict[str, set[str]]) -> Iterator[str]:
    return (key for key, urls in groups.items() if len(urls) >= _MIN_LINKS)
