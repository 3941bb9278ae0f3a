"""Which source lists the postings behind an address that a person has copied from a browser.

The facts are those of each source's own module: the hosts of its boards and of its API, and what
their paths look like. An API's path is recognised on other hosts too (``base_url``). Of any other
site the sitemap is guessed; only listing it shows whether there is one.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit, urlunsplit

from include.core.urls import is_http
from include.errors import SettingError

_JOB_PAGES = r"/(?:jobs?|careers?|positions?|vacanc(?:y|ies)|openings?|stellen\w*|emplois?)/."
_EU_GREENHOUSE = "https://boards-api.eu.greenhouse.io"
_EU_LEVER = "https://api.eu.lever.co"


@dataclass(frozen=True, kw_only=True)
class Candidate:
    source: str
    config: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, kw_only=True)
class _Address:
    scheme: str
    host: str
    netloc: str
    segments: tuple[str, ...]
    query: dict[str, list[str]]

    @property
    def origin(self) -> str:
        return urlunsplit((self.scheme, self.netloc, "", "", ""))


def detect(url: str) -> tuple[Candidate, ...]:
    """What ``url`` may be a board of, the likeliest first.

    Raises:
        SettingError: it is no absolute http(s) URL.
    """
    address = _parse(url)
    board = next(filter(None, (read(address) for read in _BOARDS)), None)
    return (board,) if board else tuple(_sitemaps(address, url))


def _parse(url: str) -> _Address:
    if not is_http(url):
        raise SettingError("url", "must be an absolute http(s) URL")
    parts = urlsplit(url.strip())
    return _Address(
        scheme=parts.scheme.lower(),
        host=(parts.hostname or "").removeprefix("www."),
        netloc=parts.netloc,
        segments=tuple(unquote(part) for part in parts.path.split("/") if part),
        query=parse_qs(parts.query),
    )


def _greenhouse(address: _Address) -> Candidate | None:
    """``boards.greenhouse.io/acme/jobs/1``, ``…/embed/job_board?for=acme``, and in the EU."""
    if not re.fullmatch(r"(job-)?boards(\.eu)?\.greenhouse\.io", address.host):
        return None
    embedded = address.query.get("for")
    board = embedded[0] if embedded else _first(address)
    if board in (None, "embed"):
        return None
    return _board("greenhouse", board, _EU_GREENHOUSE if ".eu." in address.host else None)


def _lever(address: _Address) -> Candidate | None:
    """``jobs.lever.co/acme/…``, and in the EU."""
    if address.host not in ("jobs.lever.co", "jobs.eu.lever.co") or not address.segments:
        return None
    base = _EU_LEVER if ".eu." in address.host else None
    return _board("lever", address.segments[0], base, key="site")


def _ashby(address: _Address) -> Candidate | None:
    """``jobs.ashbyhq.com/acme/…``"""
    if address.host != "jobs.ashbyhq.com" or not address.segments:
        return None
    return _board("ashby", address.segments[0], None)


def _api(address: _Address) -> Candidate | None:
    """The address of a source's API itself, at its own host or at another."""
    for source, key, path, own_host in _APIS:
        start = len(path)
        if address.segments[:start] == path and len(address.segments) > start:
            base = None if address.host == own_host else address.origin
            return _board(source, address.segments[start], base, key=key)
    return None


_APIS = (
    ("greenhouse", "board", ("v1", "boards"), "boards-api.greenhouse.io"),
    ("lever", "site", ("v0", "postings"), "api.lever.co"),
    ("ashby", "board", ("posting-api", "job-board"), "api.ashbyhq.com"),
)
_BOARDS: tuple[Callable[[_Address], Candidate | None], ...] = (_greenhouse, _lever, _ashby, _api)


def _board(source: str, name: str | None, base_url: str | None, *, key: str = "board") -> Candidate:
    return Candidate(
        source=source, config={key: name} | ({"base_url": base_url} if base_url else {})
    )


def _first(address: _Address) -> str | None:
    return address.segments[0] if address.segments else None


def _sitemaps(address: _Address, url: str) -> Iterator[Candidate]:
    """The sitemap itself, or those that may lie at the first step of its path and at the root."""
    last = address.segments[-1] if address.segments else ""
    if last.endswith((".xml", ".xml.gz")):
        yield Candidate(source="sitemap", config={"url": url.strip()})
        return
    below = "/".join(("", *address.segments[:1], "sitemap.xml"))
    for path in dict.fromkeys((below, "/sitemap.xml")):
        config = {"url": address.origin + path, "pattern": _JOB_PAGES}
        yield Candidate(source="sitemap", config=config)
