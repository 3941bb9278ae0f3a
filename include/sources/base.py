"""The interface of adapters. An adapter decides what to request, and parses the responses.

An adapter does no I/O. ``pipeline.listing.list_board`` sends the requests of an adapter and passes
the responses to it. From a response the adapter may make further requests, which ``list_board``
sends in the same way, until none is left.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, runtime_checkable

from selectolax.lexbor import LexborHTMLParser

from include.core.formats.decoding import decode, refuse_binary
from include.core.formats.json_object import read_json
from include.core.formats.markup import parse_html
from include.core.models import JobPosting, ListedJob, Page
from include.errors import ParseError
from include.sources.config import ConfigKeys

_MAX_TAGS_OR_VALUES = 1_000_000
"""The maximum number of tags in a page, or of lists and objects in a JSON document. This bounds the
memory for the parsed document: each tag, list or object takes about a hundred bytes of memory,
although it may have only a few bytes in the body."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request of a listing."""

    url: str
    method: Literal["GET", "POST"] = "GET"
    json: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    """The headers of the request. The ``repr`` omits the headers, because they may hold a token. If
    the server redirects to another origin, the headers are not sent there."""
    checks_robots: bool = True
    """True if robots.txt is checked before the request. An adapter need not set this, because
    ``listing_pages`` in ``pipeline.listing.list_board`` sets it according to the adapter's
    ``facts``."""
    max_bytes: int | None = None
    """The maximum size of the response in bytes, for a vendor's list that is larger than the usual
    limit for responses. If None, the usual limit applies. A request to a ``base_url`` must have
    None, because users choose that address (ADR 25)."""
    depth: int = 0
    """The number of responses that led to this request, one after the other. It is 0 for the first
    request of a listing. Only some adapters set the depth, for example to limit how deeply sitemap
    indexes refer to further indexes."""


@dataclass(frozen=True, kw_only=True)
class Response:
    """A 2xx response.

    An adapter never gets an error response, such as a 404 for an unknown tenant or a 5xx.
    """

    url: str
    """The URL after redirects."""
    body: bytes
    content_type: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    """The headers of the response. Their names are in lower case."""

    @classmethod
    def of(cls, page: Page) -> "Response":
        """Return the fetched page as a response."""
        return cls(**vars(page))

    @property
    def is_whole_html(self) -> bool:
        """True if the body ends with ``</html>``. If it does not, the page may be truncated."""
        return self.body.rstrip().lower().endswith(b"</html>")

    def json(self) -> Any:
        """Return the parsed JSON of the body.

        Raises ParseError if the body is not JSON or has too many values.
        """
        self._refuse_many_objects()
        try:
            return read_json(self.body)
        except ParseError as error:
            raise ParseError(f"{self.url} did not answer JSON ({error.message})") from error

    def json_after(self, pattern: str) -> Any:
        """Return the JSON value that begins where the first match of ``pattern`` in the body ends.

        Text after the value is ignored. Therefore this function can read a value that a script in a
        page assigns to a variable.

        Raises ParseError if the pattern does not match, if no whole JSON value follows the match,
        or if the body has too many values.
        """
        self._refuse_many_objects()
        text = self.text()
        match = re.search(pattern, text)
        if match is None:
            raise ParseError(f"{self.url} does not hold the data that a page of its source holds")
        try:
            return json.JSONDecoder(strict=False).raw_decode(text, match.end())[0]
        except (ValueError, RecursionError) as error:
            raise ParseError(f"the JSON of {self.url} is incomplete or invalid: {error}") from error

    def text(self) -> str:
        """Return the decoded body. Raises ParseError if the body is binary."""
        refuse_binary(self.body, self.content_type)
        return decode(self.body, self.content_type)

    def html(self) -> LexborHTMLParser:
        """Return the parsed HTML. Raises ParseError if the body is binary or has too many tags."""
        if self.body.count(b"<") > _MAX_TAGS_OR_VALUES:
            raise ParseError(f"{self.url} holds more than {_MAX_TAGS_OR_VALUES} tags")
        text = self.text()
        return parse_html(text)

    def _refuse_many_objects(self) -> None:
        if self.body.count(b"{") + self.body.count(b"[") > _MAX_TAGS_OR_VALUES:
            raise ParseError(f"{self.url} holds more than {_MAX_TAGS_OR_VALUES} lists and objects")


@dataclass(frozen=True, kw_only=True)
class ListingPage:
    """The part of a listing that one response holds."""

    jobs: tuple[ListedJob, ...] = ()
    total: int | None = None
    """The number of postings that the response states for the whole listing, or for ``part``. None
    if the response states no number."""
    part: str = ""
    """The name of the part of the listing that ``total`` counts, such as one language. If empty,
    ``total`` counts the whole listing. Two parts may have postings in common."""
    follow: tuple[Request, ...] = ()
    """The requests for the rest of the listing. If one of them fails, the listing is partial."""
    partial_reason: str | None = None
    """The reason why this response makes the listing partial; None if there is no such reason."""
    overlap: int = 0
    """How many postings from the end of the previous page the request asked for again.

    It is not 0 for sources that page by offset and state no total. If a posting of page 1 closes
    before page 2 is requested, all postings of page 2 move up by one place, and the first posting
    of page 2 is missed. Only the overlap shows this.
    """


@dataclass(frozen=True, kw_only=True)
class SourceFacts:
    """The facts about a source on which other code bases decisions.

    Each fact is False unless the adapter declares it. For example, robots.txt is checked for a
    listing unless the adapter declares that the listing is requested from an API or feed (ADR 15).
    """

    lists_by_api: bool = False
    """True if the listing is requested from an API or feed. Otherwise it is read from web pages,
    and robots.txt is checked for each of its requests."""
    reads_by_api: bool = False
    """True if each posting is a document of an API or feed, or is contained in the listing.
    Otherwise postings are web pages, and robots.txt is checked for them."""
    is_fragile: bool = False
    """True if a listing can lose a posting without an error. A posting that is missing from a
    complete listing then expires only if it is also missing from a second one
    (``core.checking.expiry``)."""
    ends_at_deadline: bool = False
    """True if a posting expires when the deadline that it states has passed. This is False if the
    listing comes from a vendor's API, which names only open postings, whatever their deadlines."""


class Adapter(Protocol):
    """An adapter of one source.

    Every parameter ``config`` is the config of a company that ``registry.check_config`` has
    accepted.
    """

    @property
    def source(self) -> str: ...

    @property
    def facts(self) -> SourceFacts: ...

    @property
    def config_keys(self) -> ConfigKeys: ...

    @property
    def volatile_keys(self) -> tuple[str, ...] | None:
        """The keys of a listing's row, at any depth, that change although the posting does not.

        Examples are ages, relevance and views. None if the listing holds nothing about a posting
        except the fields of ``ListedJob``. Then jobs have no ``row_sha256``.
        """
        ...

    def first_request(self, config: Mapping[str, Any]) -> Request:
        """Return the first request of a listing. Raises SettingError for an unusable config."""
        ...

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        """Return the part of the listing that the response holds.

        Raises ParseError if the response does not have the form that the source documents.
        """
        ...

    def parse_posting(self, content: str) -> JobPosting | None:
        """Return the posting in inline content or an API's detail document.

        Return None if postings of the source are web pages, because ``extract`` reads web pages.
        Raises ParseError if the content cannot be read.
        """
        ...


@runtime_checkable
class ReadsPages(Protocol):
    """An adapter whose postings are web pages that hold data which ``extract`` cannot find."""

    def parse_page(self, page: Response) -> JobPosting | None:
        """Return the posting that the page holds in a form that only this source uses.

        Return None if ``extract`` is to read the page. Raises PageGone if the page says that the
        posting is gone, and ParseError if its data cannot be read.
        """
        ...


@runtime_checkable
class NeedsPageHeaders(Protocol):
    """An adapter whose page requests need headers, such as a session's token.

    The headers come from the response to ``first_request``, which each worker sends once for each
    board. The headers are only kept in the worker's memory, and neither stored nor logged.
    """

    def page_headers(self, config: Mapping[str, Any], response: Response) -> Mapping[str, str]:
        """Return the headers for page requests. Raises ParseError if the response holds none."""
        ...
