"""A fetched page as a posting, and as what decides whether it changed.

``skim`` runs for every page of every run, so it parses once and builds nothing it does not need;
``read_posting`` runs for pages that changed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from include.core import schema_posting
from include.core.dates import moment
from include.core.fingerprint import decisive_fields
from include.core.language import primary_language
from include.core.markup import words_of
from include.core.models import JobPosting, Page
from include.core.provenance import credit
from include.core.reading import complete
from include.errors import ParseError
from include.extract import page_text, structured
from include.extract.document import Document, open_page
from include.extract.labels import labelled
from include.extract.notices import check_open, check_short

_DECISIVE_LABELS = ("location", "workplace", "employment_type", "salary")
_DATES = ("posted_at", "valid_through")


@dataclass(frozen=True, kw_only=True)
class Skim:
    """What a page is fingerprinted by."""

    fields: Mapping[str, Any]
    """JSON values whose every change matters."""
    text: str
    """Its main text, in whatever lines."""


def read_posting(page: Page) -> JobPosting:
    """The posting on ``page``: its own structured data where it has any, else its text.

    Raises PageGone when the page says that the job is over, and ParseError: ``empty`` without
    visible text, ``not_html`` for other content, ``soft_404`` for a page that says it was not
    found, ``parse`` without a title.
    """
    document = open_page(page)
    check_open(document)
    found = structured.find(document)
    if found is None:
        title = document.title
        _text_of_job(document)
        return _with_head(page_text.read(document, title=title), document)
    item, method = found
    html = schema_posting.description_of(item)
    posting = complete(
        schema_posting.read(item, heading=document.title),
        html or page_text.main_html(document.html, title=document.title),
        method=method,
        html_method=method if html else "text",
    )
    return _with_head(posting, document)


def skim(page: Page) -> Skim:
    """Raises as ``read_posting`` does, but for a missing title."""
    document = open_page(page)
    check_open(document)
    found = structured.find(document)
    if found:
        item, _ = found
        fields = decisive_fields(schema_posting.read(item, heading=document.title))
        text = words_of(schema_posting.description_of(item)) or document.main_text()
        return Skim(fields=fields, text=text)
    title = document.title
    text = _text_of_job(document)
    facts = labelled(text.splitlines())
    stated: dict[str, Any] = {"title": title}
    stated |= {field: facts.get(field) for field in _DECISIVE_LABELS}
    # A relative date changes every day.
    stated |= {field: facts.get(field) if moment(facts.get(field)) else None for field in _DATES}
    return Skim(fields=stated, text=text)


def _text_of_job(document: Document) -> str:
    """The main text of a page without structured data, which is taken apart for it."""
    text = document.main_text()
    check_short(document, text)
    if not text:
        raise ParseError("the page shows no text", code="empty")
    return text


def _with_head(posting: JobPosting, document: Document) -> JobPosting:
    """With what the page's head says, where the posting does not."""
    posting = replace(
        posting,
        language=posting.language or primary_language(document.language),
        canonical_url=document.canonical_url,
    )
    return credit(posting, "html")
