"""What every adapter is: a pure reader that says what to request and what the answer means.

An adapter never sees a socket. ``pipeline.source_urls`` sends its requests, feeds the responses
back and follows what they name, until nothing is left to follow.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from selectolax.lexbor import LexborHTMLParser

from include.core.decoding import decode, refuse_binary
from include.core.json_object import read_json
from include.core.markup import refuse_deep
from include.core.models import JobPosting, ListedJob
from include.errors import ParseError
from include.sources.config import ConfigKeys


@dataclass(frozen=True, kw_only=True)
class Request:
    url: str
    method: Literal["GET", "POST"] = "GET"
    json: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    depth: int = 0
    """How many answers led here, for sources whose documents name further ones."""


@dataclass(frozen=True, kw_only=True)
class Response:
    """A 2xx answer. Refusals (404 for an unknown tenant, 5xx) never reach an adapter."""

    url: str
    """After redirects."""
    body: bytes
    content_type: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    """By lower-case name."""

    def json(self) -> Any:
        """Raises ParseError when the body is not JSON."""
        try:
            return read_json(self.body)
        except ParseError as error:
            raise ParseError(f"{self.url} did not answer JSON ({error.message})") from error

    def html(self) -> LexborHTMLParser:
        """Raises ParseError when the body is no page, or nested beyond reason."""
        refuse_binary(self.body, self.content_type)
        text = decode(self.body, self.content_type)
        refuse_deep(text)
        return LexborHTMLParser(text)


@dataclass(frozen=True, kw_only=True)
class ListingPage:
    """What one response contributed to a listing."""

    jobs: tuple[ListedJob, ...] = ()
    total: int | None = None
    """How many postings the source says there are, where it says so."""
    follow: tuple[Request, ...] = ()
    """Requests without which the listing would be partial."""
    partial_reason: str | None = None
    """Set when this answer itself shows that the listing can't be whole."""
    overlap: int = 0
    """How many jobs this page was asked to repeat from the end of the page before it. Where a
    source pages by offset and states no total, only that shows that none slipped through between
    two requests (a posting closed on page 1 moves all of page 2 up by one)."""


class Adapter(Protocol):
    """One source. ``config`` is the company's own, as ``registry.check_config`` accepts it."""

    @property
    def source(self) -> str: ...

    @property
    def config_keys(self) -> ConfigKeys: ...

    @property
    def volatile_keys(self) -> tuple[str, ...] | None:
        """The keys of a listing's row, at any depth, whose values change although the posting does
        not: ages, relevance, views. None if a listing says no more of a posting than the fields of
        ``ListedJob``."""
        ...

    def first_request(self, config: Mapping[str, Any]) -> Request:
        """Raises SettingError, naming the field, when the config can't be used."""
        ...

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        """Raises ParseError when the payload is not what the source documents."""
        ...

    def parse_posting(self, content: str) -> JobPosting | None:
        """Reads inline content or an API's detail document; None: this source has web pages,
        read by ``extract``. Raises ParseError."""
        ...
