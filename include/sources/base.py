"""The interface of an adapter, and the records that it exchanges with the pipeline.

An adapter is pure: it makes requests and parses responses, but never opens a connection.
``pipeline.list_board`` sends its requests, passes the responses to it, and sends the requests that
the responses lead to, until there are no more of them.
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
    """A request of an adapter, which the pipeline sends."""

    url: str
    method: Literal["GET", "POST"] = "GET"
    json: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    depth: int = 0
    """The number of followed links that led to this request; 0 for the first one. Only sources
    whose documents link to further documents (``sitemap``, ``html``, ``json``) count it."""


@dataclass(frozen=True, kw_only=True)
class Response:
    """A response with a 2xx status. Other responses (404 for an unknown tenant, 5xx) never reach an
    adapter."""

    url: str
    """The URL after redirects."""
    body: bytes
    content_type: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    """The headers; their names are in lower case."""

    def json(self) -> Any:
        """Return the parsed body. Raises ParseError if the body is not JSON."""
        try:
            return read_json(self.body)
        except ParseError as error:
            raise ParseError(f"{self.url} did not answer JSON ({error.message})") from error

    def html(self) -> LexborHTMLParser:
        """Return the body as a parsed HTML page. Raises ParseError if the body is binary, or if its
        elements are nested too deeply."""
        refuse_binary(self.body, self.content_type)
        text = decode(self.body, self.content_type)
        refuse_deep(text)
        return LexborHTMLParser(text)


@dataclass(frozen=True, kw_only=True)
class ListingPage:
    """The part of a listing that one response holds."""

    jobs: tuple[ListedJob, ...] = ()
    total: int | None = None
    """The number of postings that the source states; None if it states none."""
    follow: tuple[Request, ...] = ()
    """The requests that must follow this one; without their responses the listing is partial."""
    partial_reason: str | None = None
    """The reason why the listing is not complete, if this response shows it; otherwise None."""
    overlap: int = 0
    """The number of jobs at the beginning of this page that must be the last jobs of the page
    before it. If a source pages by offset and states no total, only this overlap proves that no
    posting was missed between two requests: a posting that is closed on page 1 moves all postings
    of page 2 up by one."""


class Adapter(Protocol):
    """The reader of one source. ``config`` is a company's config; ``registry.check_config`` has
    accepted it."""

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
        """Return the request with which a listing begins. Raises SettingError, which names the
        field, if the config is unusable."""
        ...

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        """Return the part of the listing that the response holds, and the requests that follow it.
        Raises ParseError if the response does not have the format of the source."""
        ...

    def parse_posting(self, content: str) -> JobPosting | None:
        """Return the posting in ``content``, which is inline content of a listing or an API's
        detail document. Return None if the source's postings are web pages, which ``extract``
        reads.

        Raises:
            ParseError: ``content`` does not have the format of the source.
            PageGone: ``content`` says that the posting is gone.
        """
        ...
