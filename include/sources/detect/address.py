"""The parts of a URL by which a board is recognised."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit, urlunsplit

from include.core.formats.urls import is_http

_LOCALE = re.compile(r"[a-z]{2,3}[-_](?:[A-Za-z]{2}|[A-Z][a-z]{3})")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_PAGE_SEGMENTS = frozenset({"job", "jobs", "details", "apply", "login", "search"})
"""Path segments that follow the name of a board and never a language. In ``/de/jobs``, ``de`` is
therefore the name of a board."""


@dataclass(frozen=True, kw_only=True)
class Address:
    """The parts of an absolute http(s) URL."""

    scheme: str
    host: str
    """The host in lower case, without a leading ``www.`` and without the port."""
    netloc: str
    segments: tuple[str, ...]
    """The segments of the path, percent-decoded. Empty segments are left out."""
    query: dict[str, list[str]]

    @classmethod
    def parse(cls, url: str) -> Self | None:
        """Return the parts of ``url``, or None if ``url`` is not an absolute http(s) URL."""
        if not is_http(url):
            return None
        parts = urlsplit(url.strip())
        return cls(
            scheme=parts.scheme.lower(),
            host=(parts.hostname or "").removeprefix("www."),
            netloc=parts.netloc,
            segments=tuple(unquote(part) for part in parts.path.split("/") if part),
            query=parse_qs(parts.query),
        )

    @property
    def origin(self) -> str:
        return urlunsplit((self.scheme, self.netloc, "", "", ""))

    @property
    def full_host(self) -> str:
        """The host in lower case, including any ``www.``. A config's ``host`` has this form."""
        return (urlsplit(self.origin).hostname or "").lower()

    @property
    def path(self) -> str:
        return "/" + "/".join(self.segments)

    @property
    def past_locale(self) -> tuple[str, ...]:
        """The segments of the path after a leading language, such as ``en-US`` or ``de``.

        A first segment of two or three letters may be a language or the name of a board. It counts
        as the name of a board if it is the last segment, or if the next segment is one of
        ``_PAGE_SEGMENTS``.
        """
        match self.segments:
            case (first, *_) if _LOCALE.fullmatch(first):
                return self.segments[1:]
            case (first, second, *_) if _LANGUAGE.fullmatch(first) and second not in _PAGE_SEGMENTS:
                return self.segments[1:]
            case _:
                return self.segments

    def first_segment(self, *, excluded: Collection[str] = ()) -> str | None:
        """Return the first segment of the path.

        Return None if the path is empty, or if its first segment is in ``excluded``.
        """
        first = self.segments[0] if self.segments else None
        return None if first in excluded else first

    def query_value(self, parameter: str) -> str | None:
        """Return the first value of ``parameter`` in the query.

        Return None if that value is missing or blank.
        """
        values = self.query.get(parameter, [""])
        return values[0].strip() or None
