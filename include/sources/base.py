"""The interface of adapters: pure readers that say what to request and what a response means.

An adapter does no I/O. ``pipeline.listing.list_board`` sends its requests, passes the responses
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

_MAX_PARTS = 1_000_000
"""The most tags of a page, or lists and objects of a JSON document. Each takes about a hundred
bytes of memory, however few it has in the body."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request of a listing."""

    url: str
    method: Literal["GET", "POST"] = "GET"
    json: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    depth: int = 0
    """The number of responses that led here, for sources whose documents name further ones."""


@dataclass(frozen=True, kw_only=True)
class Response:
    """A 2xx response. Refusals (404 for an unknown tenant, 5xx) never reach an adapter."""

    url: str
    """The URL after redirects."""
    body: bytes
    content_type: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    """The headers; their names are in lower case."""

    def json(self) -> Any:
        """Return the body as JSON. Raises ParseError if it is not JSON or holds too much."""
        if self.body.count(b"{") + self.body.count(b"[") > _MAX_PARTS:
            raise ParseError(f"{self.url} holds more than {_MAX_PARTS} lists and objects")
        try:
            return read_json(self.body)
        except ParseError as error:
            raise ParseError(f"{self.url} did not answer JSON ({error.message})") from error

    def html(self) -> LexborHTMLParser:
        """Return the body as HTML. Raises ParseError if it is no page or holds too much."""
        if self.body.count(b"<") > _MAX_PARTS:
            raise ParseError(f"{self.url} holds more than {_MAX_PARTS} tags")
        refuse_binary(self.body, self.content_type)
        text = decode(self.body, self.content_type)
        refuse_deep(text)
        return LexborHTMLParser(text)


@dataclass(frozen=True, kw_only=True)
class ListingPage:
    """The part of a listing that one response holds."""

    jobs: tuple[ListedJob, ...] = ()
    total: int | None = None
    """The number of postings that the source states, if it states one."""
    follow: tuple[Request, ...] = ()
    """The requests that must follow this one; without their responses the listing is partial."""
    partial_reason: str | None = None
    """The reason why the listing cannot be complete, if this response shows that."""
    overlap: int = 0
    """The number of jobs that this page was asked to repeat from the end of the page before it.

    If a source pages by offset and states no total, only this shows that no posting was missed
    between two requests: a posting closed on page 1 moves all of page 2 up by one."""


class Adapter(Protocol):
    """An adapter of one source. Each ``config`` is a company's, accepted by
    ``registry.check_config``."""

    @property
    def source(self) -> str: ...

    @property
    def config_keys(self) -> ConfigKeys: ...

    @property
    def volatile_keys(self) -> tuple[str, ...] | None:
        """The keys of a listing's row, at any depth, whose values change although the posting does
        not: ages, relevance, views. None if the listing holds nothing about a posting except the
        fields of ``ListedJob``."""
        ...

    def first_request(self, config: Mapping[str, Any]) -> Request:
        """Return the request that begins a listing. Raises SettingError for an unusable config."""
        ...

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        """Return what the response contributes. Raises ParseError if it is not what the source
        documents."""
        ...

    def parse_posting(self, content: str) -> JobPosting | None:
        """Return the posting in inline content or an API's detail document.

        Returns None if the source has web pages, which ``extract`` reads. Raises ParseError."""
        ...
