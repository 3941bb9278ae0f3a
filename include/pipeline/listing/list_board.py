"""Read a whole listing, within size limits."""

import hashlib
import json
import sys
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from threading import Lock

from include.core.formats.text import cut
from include.core.formats.urls import is_http
from include.core.models import Company, Listing, Page
from include.errors import FetchError, ListingError, ParseError
from include.failure_codes import FailureCode
from include.pipeline.pages.reader_pool import Reader
from include.sources.base import ListingPage, Request, Response
from include.sources.bounds import bounded
from include.sources.completeness import prove
from include.sources.registry import adapter_for

_MAX_REQUESTS = 5_000
"""The maximum number of requests for one listing. No real board needs so many."""
_MAX_POSTINGS = 100_000
_MAX_RESPONSE_BYTES = 500_000_000
"""The maximum size of all responses of one listing together, after decoding."""
_MAX_KEPT_BYTES = 64 * 1024 * 1024
"""The maximum size in bytes of the texts of all listings that one worker has in memory."""


class TextMemory:
    """A limit on the memory that the texts of listings use in one worker.

    The limit applies to the sum of all listings that are in memory at the same time.
    """

    def __init__(self) -> None:
        self._sizes = Counter[object]()
        self._lock = Lock()

    @contextmanager
    def listing(self) -> Generator[Callable[[int], bool]]:
        """Count the texts of one listing while the block runs.

        Yield a function that adds a number of bytes to the listing's size (see ``add_to``).
        """
        key = object()
        try:
            yield self.add_to(key)
        finally:
            with self._lock:
                del self._sizes[key]

    def add_to(self, key: object) -> Callable[[int], bool]:
        """Return a function that adds a number of bytes to the size of the listing with this key.

        The function returns whether the listing may continue. If all listings together are too
        large, only the largest one must end.
        """

        def add(size: int) -> bool:
            with self._lock:
                self._sizes[key] += size
                is_largest = self._sizes[key] == max(self._sizes.values())
                are_too_large = self._sizes.total() > _MAX_KEPT_BYTES
                return not (is_largest and are_too_large)

        return add


def list_company(
    company: Company,
    send: Callable[[Request], Page],
    reader: Reader,
    count_bytes: Callable[[int], bool] | None = None,
) -> Listing:
    """Return the company's listing.

    If a request after the first one fails, the listing is partial, and the rest is still read.

    Args:
        send: a function that sends a request and returns the response.
        reader: the reader that parses the responses.
        count_bytes: the function that ``TextMemory.listing`` yields; None if no other listing is in
            memory.

    Raises:
        SettingError: the company's config is unusable.
        ListingError, FetchError, ParseError: the first request failed, or its response could not
            be parsed.
    """
    return prove(tuple(listing_pages(company, send, reader, count_bytes)))


def listing_pages(
    company: Company,
    send: Callable[[Request], Page],
    reader: Reader,
    count_bytes: Callable[[int], bool] | None = None,
) -> Iterator[ListingPage]:
    """Yield each page of the company's listing as soon as it is parsed.

    ``follow`` of each page is empty, because this function also sends the requests that the page
    leads to. If the listing exceeds a limit, or if its documents have no posting and refer only to
    each other, the last page is partial and states this reason. Raise the same errors as
    ``list_company``.
    """
    adapter = adapter_for(company.source)
    checks_robots = not adapter.facts.lists_by_api
    queue = deque([adapter.first_request(company.config)])
    sent_identities: set[bytes] = set()
    totals = _Totals(count_bytes or TextMemory().add_to(object()))
    has_repeated_request = False
    while queue:
        request = queue.popleft()
        identity = _identity(request)
        if identity in sent_identities:
            has_repeated_request = True
            continue
        sent_identities.add(identity)
        if len(sent_identities) > _MAX_REQUESTS:
            yield ListingPage(partial_reason=f"the listing goes on after {_MAX_REQUESTS} requests")
            return
        try:
            request = replace(request, checks_robots=checks_robots)
            page, size = _page_and_size(company, request, send, reader)
        except (ListingError, FetchError, ParseError) as error:
            if len(sent_identities) == 1:
                raise
            yield bounded(ListingPage(partial_reason=error.message))
            continue
        queue.extend(islice(page.follow, _MAX_REQUESTS))
        # Requests beyond the limit are never sent, so they are not kept in memory.
        while len(queue) > _MAX_REQUESTS:
            queue.pop()
        exceeded_limit = totals.add(page, size)
        yield replace(page, follow=())
        if exceeded_limit:
            yield ListingPage(partial_reason=exceeded_limit)
            return
    if has_repeated_request and not totals.postings:
        yield ListingPage(partial_reason="the documents of the listing only refer to each other")


def _page_and_size(
    company: Company, request: Request, send: Callable[[Request], Page], reader: Reader
) -> tuple[ListingPage, int]:
    """Return a page of the listing, and the size of its response in bytes."""
    check_address(request)
    response = Response.of(send(request))
    return reader.call(_parse_listing, company, request, response), len(response.body)


def _parse_listing(company: Company, request: Request, response: Response) -> ListingPage:
    adapter = adapter_for(company.source)
    return bounded(adapter.parse_listing(company.config, request, response))


def check_address(request: Request) -> None:
    """Raise ListingError unless the request's URL is http(s) and has a usable host."""
    if not is_http(request.url):
        message = f"{cut(request.url, 100)} is not a usable http(s) address"
        raise ListingError(message, code=FailureCode.BLOCKED_ADDRESS)


def _identity(request: Request) -> bytes:
    """Return a hash of the request's method, URL, JSON and headers.

    Requests that have the same hash are sent only once in a listing.
    """
    content = json.dumps([request.json, dict(request.headers)], sort_keys=True)
    text = f"{request.method} {request.url} {content}"
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


class _Totals:
    """The number of postings and the number of bytes of a listing so far. Both have a limit."""

    def __init__(self, count_bytes: Callable[[int], bool]) -> None:
        self.postings = self._response_bytes = 0
        self._count_bytes = count_bytes

    def add(self, page: ListingPage, response_bytes: int) -> str | None:
        """Add a page. Return a text about the exceeded limit, or None if no limit is exceeded."""
        self.postings += len(page.jobs)
        self._response_bytes += response_bytes
        text_bytes = sum(
            sys.getsizeof(text) for job in page.jobs for text in vars(job).values() if text
        )
        has_room = self._count_bytes(text_bytes)
        if self.postings > _MAX_POSTINGS:
            return f"the listing goes on after {self.postings} postings"
        if self._response_bytes > _MAX_RESPONSE_BYTES:
            return f"the listing goes on after {self._response_bytes} bytes"
        if not has_room:
            return f"the texts of the listing's first {self.postings} postings are too large"
        return None
