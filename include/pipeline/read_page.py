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


def read_page(source: str, page: Page) -> JobPosting:
    """Raises ParseError, PageGone."""
    return _read_document(source, page) or extract.read_posting(page)


def fingerprint_page(source: str, page: Page) -> Fingerprint:
    """Raises ParseError, PageGone."""
    posting = _read_document(source, page)
    if posting is not None:
        return fingerprint(decisive_fields(posting), posting.description_text)
    skimmed = extract.skim(page)
    return fingerprint(skimmed.fields, skimmed.text)


def _read_document(source: str, page: Page) -> JobPosting | None:
    if not _DOCUMENT.match((page.content_type or "").lower()):
        return None
    return adapter_for(source).parse_posting(decode(page.body, page.content_type))
