"""Guesses how to list the postings of a site that uses no known source.

A guess is a sitemap that the site may have, or a group of links on a page that looks like a list of
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
"""The minimum number of links in a group that counts as a list of postings."""
_MIN_TITLE_LETTERS = 3
_MAX_SITEMAPS = 4
"""The maximum number of sitemaps that are taken from robots.txt."""
_NAVIGATION = "nav a, footer a, header:not(main *, li *) a"
"""A CSS selector of the links in a page's navigation, header and footer. No descendant combinator
may be added to the selector: it is used inside ``:not()``, where ``check_selector`` allows at most
five combinators, and it has five."""


def is_posting(page: Response) -> bool:
    """Return whether the page has markup of type JobPosting (schema.org)."""
    return _JOB_POSTING.search(page.body) is not None


def sitemaps(url: str, robots_txt: str = "") -> tuple[Candidate, ...]:
    """Return the sitemaps that may list the site's postings, the most likely first.

    If the path of ``url`` ends with ``.xml`` or ``.xml.gz``, ``url`` is the only candidate.
    Otherwise the first candidate is ``sitemap.xml`` in the folder that the first segment of the
    path names, such as ``/en/sitemap.xml``. Then come ``/sitemap.xml`` and up to four sitemaps that
    ``robots_txt`` names. Of the sitemaps in ``robots_txt``, those whose URL has a word for jobs
    come first.

    The candidates have no ``pattern``, because ``job_patterns`` proposes patterns after the sitemap
    was read. Return nothing if ``url`` is not an absolute http(s) URL.
    """
    address = Address.parse(url)
    if address is None:
        return ()
    if address.segments and address.segments[-1].endswith((".xml", ".xml.gz")):
        return (Candidate(source="sitemap", config={"url": url.strip()}),)
    folder_path = "/".join(("", *address.segments[:1], "sitemap.xml"))
    guessed = [address.origin + folder_path, address.origin + "/sitemap.xml"]
    named_urls = [url for url in _SITEMAP_LINE.findall(robots_txt) if is_http(url)]
    named_urls.sort(key=lambda url: _HAS_JOB_WORD.search(url) is None)
    return tuple(
        Candidate(source="sitemap", config={"url": each})
        for each in dict.fromkeys((*guessed, *named_urls[:_MAX_SITEMAPS]))
    )


def job_patterns(urls: Sequence[str], *, near: str) -> tuple[str, ...]:
    """Return patterns that may match the URLs of a site's postings, the most likely first.

    The URLs are grouped by folder. A folder ends after the first segment that has a word for jobs,
    or else before the last segment. The folder of the URL ``near`` comes first, then folders that
    have a word for jobs, and then other folders. Within each kind, larger folders come first.

    URLs of postings often have a number of three digits or more. If only some URLs of a folder have
    one, the folder gets two patterns: one for all its URLs, and one for those that have a number.
    The second pattern comes first if at least half of the URLs have a number, because the others
    may be pages such as "Our benefits".
    """
    near_path = urlsplit(near).path
    url_counts: defaultdict[str, int] = defaultdict(int)
    numbered_counts: defaultdict[str, int] = defaultdict(int)
    for url in urls:
        if (folder := _folder(url)) is not None:
            url_counts[folder] += 1
            numbered_counts[folder] += (
                _NUMBER.search(url, url.find(folder) + len(folder)) is not None
            )

    def likelihood(folder: str) -> tuple[bool, bool, int]:
        is_near = folder != "/" and near_path.startswith(folder) and near_path != folder
        return not is_near, _HAS_JOB_WORD.search(folder) is None, -url_counts[folder]

    patterns: list[str] = []
    for folder in sorted(url_counts, key=likelihood):
        whole = re.escape(folder) + "[^/?#]"
        with_number = re.escape(folder) + r"[^?#]*\d{3}"
        if folder.endswith("?"):
            patterns.append(re.escape(folder) + ".")
        elif numbered_counts[folder] == url_counts[folder] or numbered_counts[folder] == 0:
            patterns.append(whole)
        elif numbered_counts[folder] * 2 >= url_counts[folder]:
            patterns += [with_number, whole]
        else:
            patterns += [whole, with_number]
    return tuple(patterns)


def _folder(url: str) -> str | None:
    """Return the folder of the URL, such as ``/en/jobs/``.

    Return None if the URL is the site's front page or the list of postings.
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
        return None  # This is the list of postings itself, such as /jobs.
    return "/".join(("", *segments[:-1], ""))


def listing_pages(response: Response) -> tuple[Candidate, ...]:
    """Return a candidate of the source ``html`` that lists the links of the page.

    Return nothing if the page does not look like a list of postings.

    Links are grouped by their URL without its last part. A link counts if it has a text and if its
    URL without the last part has a word for jobs. If the page's own path has a word for jobs, a
    link whose last part has a digit counts, too. Links in the navigation, the header and the footer
    do not count. The page looks like a list of postings if at least two links of a group count. The
    candidate selects the largest group.
    """
    try:
        response.html()  # This raises ParseError if the body is binary or has too many tags.
    except ParseError:
        return ()
    page = BeautifulSoup(response.text(), "lxml")
    is_about_jobs = _HAS_JOB_WORD.search(urlsplit(response.url).path) is not None
    groups: defaultdict[str, set[str]] = defaultdict(set)
    navigation = [str(node.get("href", "")).strip() for node in page.select(_NAVIGATION)]
    for node in page.select(f"a[href]:not({_NAVIGATION})"):
        href = str(node["href"]).strip().partition("#")[0]
        link_text = one_line(node.get_text(" "))
        path = href.removesuffix("/")
        key = path[: max(path.rfind("/"), path.rfind("=")) + 1]
        is_too_short = len(key) < 2
        letter_count = sum(map(str.isalpha, link_text))
        # A key with a quotation mark cannot be written into the selector.
        if is_too_short or letter_count < _MIN_TITLE_LETTERS or '"' in key:
            continue
        last_part = href.removeprefix(key)
        is_job = _HAS_JOB_WORD.search(key) or (is_about_jobs and re.search(r"\d", last_part))
        if is_job and (url := absolute(response.url, href)):
            groups[key].add(url)
    listing_keys = sorted(_keys_of_listings(groups), key=lambda each: -len(groups[each]))
    config = {"url": response.url}
    if page.select_one("a[rel~=next][href]"):
        config["next_selector"] = "a[rel~=next]"
    if not listing_keys:
        return ()
    config["link_selector"] = _selector(listing_keys[0], navigation)
    return (Candidate(source="html", config=config),)


def _selector(key: str, navigation: Iterable[str]) -> str:
    """Return a CSS selector of the postings' links, whose URLs begin with ``key``.

    Args:
        navigation: the URLs of the links in the page's navigation, header and footer, which are no
            postings. If one of them begins with ``key``, the selector excludes those parts of the
            page.
    """
    selector = f'a[href^="{key}"]'
    is_mixed = any(href.startswith(key) for href in navigation)
    return f"{selector}:not({_NAVIGATION})" if is_mixed else selector


def _keys_of_listings(groups: defaultdict[str, set[str]]) -> Iterator[str]:
    return (key for key, urls in groups.items() if len(urls) >= _MIN_LINKS)
