"""Read the posting from a page of any source.

The source's adapter reads the JSON or XML documents of an API, and web pages in a format that only
this source uses (``ReadsPages``). ``include.extract`` reads all other web pages.
"""

import re
from datetime import datetime
from functools import cache, cached_property

from include import extract
from include.core.checking.fingerprint import Fingerprint, decisive_fields, fingerprint
from include.core.fields.template import PageBlocks, Template
from include.core.formats.decoding import decode
from include.core.models import JobPosting, Page
from include.sources.base import ReadsPages, Response
from include.sources.registry import adapter_for

_DOCUMENT_TYPE = re.compile(r"(?:application|text)/(?!xhtml)(?:[\w.-]+\+)?(?:json|xml)(?![\w.+-])")
"""A pattern for the media types of JSON and XML documents. One example is Oracle's media type,
``application/vnd.oracle.adf.resourcecollection+json``."""


class PageReader:
    """A reader of one page, which parses the page only once.

    Call ``posting`` only if the fingerprint has changed, because it takes further time. The
    constructor and all methods may raise ParseError or PageGone.
    """

    def __init__(self, source: str, page: Page, template: Template | None = None) -> None:
        document = _read_document(source, page)
        self._reading = _Document(document) if document else extract.open_reading(page, template)

    @cached_property
    def _inputs(self) -> extract.FingerprintInput:
        return self._reading.fingerprint_input()

    def fingerprint(self) -> Fingerprint:
        """Return the fingerprint of the page."""
        return fingerprint(self._inputs.fields, self._inputs.text)

    def blocks(self) -> PageBlocks | None:
        """Return the page's blocks, from which a template is learned.

        Return None if a template would not affect how the page is read.
        """
        return self._inputs.blocks

    def deadline(self) -> datetime | None:
        """Return the time until which the posting is open, if the page states it."""
        return self._inputs.deadline

    def posting(self) -> JobPosting:
        """Return the posting that is on the page."""
        return self._reading.posting()


def read_page(source: str, page: Page) -> JobPosting:
    """Return the posting that is on the page. Raise ParseError or PageGone."""
    return PageReader(source, page).posting()


class _Document:
    """A posting that the adapter has already parsed, with the methods of ``extract``'s readings."""

    def __init__(self, posting: JobPosting) -> None:
        self._posting = posting

    def fingerprint_input(self) -> extract.FingerprintInput:
        posting = self._posting
        return extract.FingerprintInput(
            fields=decisive_fields(posting),
            text=posting.description_text,
            deadline=posting.valid_through,
        )

    def posting(self) -> JobPosting:
        return self._posting


def _read_document(source: str, page: Page) -> JobPosting | None:
    """Return the posting that the adapter reads; None if ``include.extract`` must read the page."""
    if _DOCUMENT_TYPE.match((page.content_type or "").lower()):
        return adapter_for(source).parse_posting(decode(page.body, page.content_type))
    adapter = _reader_of_pages(source)
    return adapter.parse_page(Response.of(page)) if adapter else None


@cache
def _reader_of_pages(source: str) -> ReadsPages | None:
    """Return the source's adapter if it reads web pages; otherwise None.

    The result is cached, because the test of the adapter's type takes 20 µs.
    """
    adapter = adapter_for(source)
    return adapter if isinstance(adapter, ReadsPages) else None
