"""Reads a page, whatever its source: an API's document by its adapter, a web page by
``extract``.
"""

import re

from include import extract
from include.core.decoding import decode
from include.core.fingerprint import Fingerprint, decisive_fields, fingerprint
from include.core.models import JobPosting, Page
from include.sources.registry import adapter_for

_DOCUMENT = re.compile(r"(?:application|text)/(?!xhtml)(?:[\w.-]+\+)?(?:json|xml)(?![\w.+-])")
"""Oracle's is ``application/vnd.oracle.adf.resourcecollection+json``."""


class PageReader:
    """One page, parsed once for its fingerprint and, where that has changed, for its posting.

    To open it, and each reading of it, raises ParseError or PageGone.
    """

    def __init__(self, source: str, page: Page) -> None:
        document = _read_document(source, page)
        self._read = _Document(document) if document else extract.open_reading(page)

    def fingerprint(self) -> Fingerprint:
        skimmed = self._read.skim()
        return fingerprint(skimmed.fields, skimmed.text)

    def posting(self) -> JobPosting:
        return self._read.posting()


def read_page(source: str, page: Page) -> JobPosting:
    """Raises ParseError, PageGone."""
    return PageReader(source, page).posting()


class _Document:
    """Its adapter has read all of it at once."""

    def __init__(self, posting: JobPosting) -> None:
        self._posting = posting

    def skim(self) -> extract.Skim:
        posting = self._posting
        return extract.Skim(fields=decisive_fields(posting), text=posting.description_text)

    def posting(self) -> JobPosting:
        return self._posting


def _read_document(source: str, page: Page) -> JobPosting | None:
    if not _DOCUMENT.match((page.content_type or "").lower()):
        return None
    return adapter_for(source).parse_posting(decode(page.body, page.content_type))
