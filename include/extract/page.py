"""Read a fetched page as a posting, and as the input of its fingerprint (ADR 37).

``fingerprint_input`` runs for every page of every run, so it does no more than the fingerprint
needs. The posting is read only if the fingerprint has changed, from the same opened page.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from include.core.checking.fingerprint import decisive_fields
from include.core.fields import schema_posting
from include.core.fields.dates import parse_time
from include.core.fields.language import primary_language
from include.core.fields.provenance import with_provenance
from include.core.fields.reading import complete
from include.core.fields.template import PageBlocks, Template
from include.core.formats.json_object import JsonObject
from include.core.formats.markup import words_of
from include.core.models import JobPosting, Page
from include.errors import ParseError
from include.extract import page_text, structured
from include.extract.document import Document, open_page
from include.extract.labels import labelled, labelled_cells, labelled_icons
from include.extract.notices import check_open, check_short
from include.failure_codes import FailureCode

_DECISIVE_LABELS = ("location", "workplace", "employment_type", "salary")
_DATES = ("posted_at", "valid_through")


@dataclass(frozen=True, kw_only=True)
class FingerprintInput:
    """The input of a page's fingerprint."""

    fields: Mapping[str, Any]
    """The fields in which every change matters, as JSON values."""
    text: str
    """The main text of the page. Its line ends have no meaning."""
    deadline: datetime | None = None
    """The time until which the posting is open, if it is stated."""
    blocks: PageBlocks | None = None
    """The parts of the page from which its board's template is learned.

    None if the page needs no template, because the text of the posting is in its structured data.
    """


class Reading(Protocol):
    """An opened page, which gives the input of its fingerprint and the posting on it."""

    def fingerprint_input(self) -> FingerprintInput:
        """Return the input of the page's fingerprint."""
        ...

    def posting(self) -> JobPosting:
        """Return the posting. Raise ParseError if nothing on the page can be its title."""
        ...


def open_reading(page: Page, template: Template | None = None) -> Reading:
    """Open a page. It is read from its structured data if it has any, and else from its text.

    Args:
        page: the page.
        template: the template of the page's board, if it is known.

    Raises:
        PageGone: the page says that the job is over.
        ParseError: ``empty`` if the page has no content or shows no text, ``not_html`` if its
            content is not a page, ``soft_404`` if it says that it was not found, ``parse`` if it
            has structured data and no title, or is nested more than 1,000 levels deep.
    """
    document = open_page(page, template)
    check_open(document)
    found = structured.find(document)
    return _Structured(document, *found) if found else _Plain(document)


def read_posting(page: Page, template: Template | None = None) -> JobPosting:
    """Return the posting on the page. Raise the errors of ``open_reading`` and ``posting``."""
    return open_reading(page, template).posting()


def fingerprint_input(page: Page, template: Template | None = None) -> FingerprintInput:
    """Return the input of the page's fingerprint. Raise the errors of ``open_reading``."""
    return open_reading(page, template).fingerprint_input()


class _Structured:
    def __init__(self, document: Document, item: JsonObject, method: str) -> None:
        self._document = document
        self._title = document.title
        self._stated = schema_posting.read(item, heading=self._title)
        self._html = schema_posting.description_of(item)
        self._method = method

    def fingerprint_input(self) -> FingerprintInput:
        text, blocks = words_of(self._html), None
        if not text:
            text, blocks = self._document.own_text(), self._document.blocks()
        return FingerprintInput(
            fields=decisive_fields(self._stated),
            text=text,
            deadline=self._stated.valid_through,
            blocks=blocks,
        )

    def posting(self) -> JobPosting:
        posting = complete(
            self._stated,
            self._html or self._document.main_html(),
            method=self._method,
            html_method=self._method if self._html else "text",
            site=self._document.url,
        )
        return _with_head(posting, self._document)


class _Plain:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._title = document.title
        self._labelled = labelled_icons(document.tree)
        self._text = _text_of_job(document)
        if document.template and document.template.labels:
            learned = labelled(self._text.splitlines(), document.template.labels)
            self._labelled = learned | self._labelled
        if document.main is not None:
            self._labelled |= labelled_cells(document.main)

    def fingerprint_input(self) -> FingerprintInput:
        facts = self._labelled | labelled(self._text.splitlines())
        stated: dict[str, Any] = {"title": self._title}
        stated |= {field: facts.get(field) for field in _DECISIVE_LABELS}
        # A relative date changes every day, so it is not compared.
        dates = {field: facts.get(field) for field in _DATES}
        stated |= {field: date if parse_time(date) else None for field, date in dates.items()}
        return FingerprintInput(
            fields=stated,
            text=self._document.own_text(),
            deadline=parse_time(facts.get("valid_through")),
            blocks=self._document.blocks(),
        )

    def posting(self) -> JobPosting:
        posting = page_text.read(self._document, title=self._title, known=self._labelled)
        return _with_head(posting, self._document)


def _text_of_job(document: Document) -> str:
    """Return the main text of a page without structured data. This removes elements from it."""
    text = document.main_text
    check_short(document, text)
    if not text:
        raise ParseError("the page shows no text", code=FailureCode.EMPTY)
    return text


def _with_head(posting: JobPosting, document: Document) -> JobPosting:
    """Return the posting with what the head of the page states.

    That is the canonical URL and, if the posting states no language, the language of the page.
    """
    return with_provenance(
        posting,
        "html",
        language=posting.language or primary_language(document.language),
        canonical_url=document.canonical_url,
    )
