"""An address, taken apart as recognisers need it."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit, urlunsplit

from include.core.urls import is_http

_LOCALE = re.compile(r"[a-z]{2,3}(?:[-_][A-Za-z]{2,4})?")


@dataclass(frozen=True, kw_only=True)
class Address:
    scheme: str
    host: str
    """In lower case, without ``www.`` and the port."""
    netloc: str
    segments: tuple[str, ...]
    """Of the path, unquoted."""
    query: dict[str, list[str]]

    @classmethod
    def parse(cls, url: str) -> Self | None:
        """None for what is no absolute http(s) URL."""
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
        """``www.`` included, as a config's ``host`` has it."""
        return (urlsplit(self.origin).hostname or "").lower()

    @property
    def path(self) -> str:
        return "/" + "/".join(self.segments)

    @property
    def past_locale(self) -> tuple[str, ...]:
        """The path without the language that it may begin with (``en-US``)."""
        return self.segments[1:] if _LOCALE.fullmatch(self.first() or "") else self.segments

    def first(self, *, but: Collection[str] = ()) -> str | None:
        """The path's first part, unless it is one of ``but``."""
        first = self.segments[0] if self.segments else None
        return None if first in but else first

    def asked(self, parameter: str) -> str | None:
        """The query's first value for ``parameter``; None for a blank one."""
        values = self.query.get(parameter)
        return values[0].strip() or None if values else None
