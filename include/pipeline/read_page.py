"""Reads a page, whatever its source: an API's document by its adapter, a web page by
``extract``.
"""

from include import extract
from include.core.fingerprint import Fingerprint, decisive_fields, fingerprint
from include.core.models import JobPosting, Page
from include.sources.registry import adapter_for

_DOCUMENTS = ("application/json", "application/xml", "text/xml")


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
    if not (page.content_type or "").startswith(_DOCUMENTS):
        return None
    return adapter_for(source).parse_posting(extract.decode(page.body, page.content_type))
