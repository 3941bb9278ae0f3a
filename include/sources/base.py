"""The interface of adapters: pure readers that say what to request and what a response means.

An adapter does no I/O. ``pipeline.listing.list_board`` sends its requests, passes the responses
back and follows what they name, until nothing is left to follow.
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

_MAX_PARTS = 1_000_000
"""The maximum number of tags in a page, or of lists and objects in a JSON document. Each takes
about a hundred bytes of memory, even if it takes only a few bytes in the body."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request of a listing."""

    url: str
    method: Literal["GET", "POST"] = "GET"
    json: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    """The headers of the request. They may hold a token, so they are not part of the ``repr``. They
    are not sent to another origin if the server redirects there."""
    checks_robots: bool = True
    """True if robots.txt is checked before the request. ``listing_pages`` sets it as the adapter's
    ``facts`` say."""
    max_bytes: int | None = None
    """The maximum size of the response in bytes, if a list of the vendor exceeds the usual limit.
    It must be None for a ``base_url``, which users choose (ADR 25)."""
    depth: int = 0
    """The number of responses that led here, for sources whose documents name further documents."""


@dataclass(frozen=True, kw_only=True)
class Response:
    """A 2xx response. Refusals (404 for an unknown tenant, 5xx) never reach an adapter."""

    url: str
    """The URL after redirects."""
    body: bytes
    content_type: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    """The headers; their names are in lower case."""

    @classmethod
    def of(cls, page: Page) -> "Response":
        """Return the fetched page as a response."""
        return cls(**vars(page))

    @property
    def is_whole_html(self) -> bool:
        """True if the body ends with ``</html>``. A page that was cut does not."""
        return self.body.rstrip()[-7:].lower() == b"</html>"

    def json(self) -> Any:
        """Return the body as JSON. Raises ParseError if it is not JSON or holds too much."""
        self._refuse_many_objects()
        try:
            return read_json(self.body)
        except ParseError as error:
            raise ParseError(f"{self.url} did not answer JSON ({error.message})") from error

    def json_after(self, pattern: str) -> Any:
        """Return the JSON value that begins where the first match of ``pattern`` in the body ends.

        What follows the value is ignored, so this reads values that a page's script assigns. Raises
        ParseError if there is no match, no whole JSON value after it, or the body holds too much.
        """
        self._refuse_many_objects()
        text = self.text()
        found = re.search(pattern, text)
        if found is None:
            raise ParseError(f"{self.url} does not hold the data that a page of its source holds")
        try:
            return json.JSONDecoder(strict=False).raw_decode(text, found.end())[0]
        except (ValueError, RecursionError) as error:
            raise ParseError(f"the data of {self.url} is cut or broken: {error}") from error

    def text(self) -> str:
        """Return the decoded body. Raises ParseError if it is binary."""
        refuse_binary(self.body, self.content_type)
        return decode(self.body, self.content_type)

    def html(self) -> LexborHTMLParser:
        """Return the body as HTML. Raises ParseError if it is no page or holds too much."""
        if self.body.count(b"<") > _MAX_PARTS:
            raise ParseError(f"{self.url} holds more than {_MAX_PARTS} tags")
        text = self.text()
        return parse_html(text)

    def _refuse_many_objects(self) -> None:
        if self.body.count(b"{") + self.body.count(b"[") > _MAX_PARTS:
            raise ParseError(f"{self.url} holds more than {_MAX_PARTS} lists and objects")


@dataclass(frozen=True, kw_only=True)
class ListingPage:
    """The part of a listing that one response holds."""

    jobs: tuple[ListedJob, ...] = ()
    total: int | None = None
    """The number of postings that the source states, if it states one."""
    part: str = ""
    """The part of the listing that ``total`` counts, such as one language. It is empty if ``total``
    counts the whole listing. Parts may have postings in common."""
    follow: tuple[Request, ...] = ()
    """The requests that must follow this one; without their responses the listing is partial."""
    partial_reason: str | None = None
    """The reason why the listing cannot be complete, if this response shows that."""
    overlap: int = 0
    """The number of jobs that this page was asked to repeat from the end of the page before it.

    If a source pages by offset and states no total, only this shows that no posting was missed
    between two requests: a posting closed on page 1 moves all of page 2 up by one."""


@dataclass(frozen=True, kw_only=True)
class SourceFacts:
    """The facts about a source that other code decides by.

    Each is False unless the adapter declares it. So robots.txt is checked unless the adapter says
    that it asks an API (ADR 15).
    """

    lists_by_api: bool = False
    """True if the listing is requested from an API that is made for programs. Otherwise robots.txt
    is checked for each of its requests."""
    reads_by_api: bool = False
    """True if postings are documents of such an API, or are in the listing. Otherwise they are web
    pages, and robots.txt is checked for them."""
    is_fragile: bool = False
    """True if a listing can lose a posting without an error, so that a complete listing proves no
    expiry before a second one confirms it (``core.checking.expiry``)."""
    ends_at_deadline: bool = False
    """True if a posting ends at the deadline that it states. An API of a source names only open
    postings, so a deadline ends none of them while it names them."""


class Adapter(Protocol):
    """An adapter of one source.

    Each ``config`` is the config of a company, which ``registry.check_config`` has accepted.
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
        except the fields of ``ListedJob``.
        """
        ...

    def first_request(self, config: Mapping[str, Any]) -> Request:
        """Return the request that begins a listing. Raises SettingError for an unusable config."""
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

        Returns None if the source has web pages, which ``extract`` reads. Raises ParseError."""
        ...


@runtime_checkable
class ReadsPages(Protocol):
    """An adapter whose postings are web pages with data that ``extract`` cannot find."""

    def parse_page(self, page: Response) -> JobPosting | None:
        """Return the posting in the page's own data, or None if ``extract`` is to read the page.

        Raises PageGone if the page says that the posting is gone, and ParseError if its data cannot
        be read."""
        ...


@runtime_checkable
class NeedsPageHeaders(Protocol):
    """An adapter whose page requests need headers, such as a session's token.

    The headers come from the response to ``first_request``, which each worker sends once for each
    board. They are kept in its memory only: they are neither stored nor logged."""

    def page_headers(self, config: Mapping[str, Any], response: Response) -> Mapping[str, str]:
        """Return the headers for page requests. Raises ParseError if the response holds none."""
        ...
