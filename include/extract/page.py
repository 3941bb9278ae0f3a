"""A fetched page as a posting, and as what decides whether it changed.

``skim`` runs for every page of every run, so it builds nothing it does not need; the posting is
read where that has changed, from the page as it was opened for the skim.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from include.core import schema_posting
from include.core.dates import moment
from include.core.fingerprint import decisive_fields
from include.core.json_object import JsonObject
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
from include.failure_codes import FailureCode

_DECISIVE_LABELS = ("location", "workplace", "employment_type", "salary")
_DATES = ("posted_at", "valid_through")


@dataclass(frozen=True, kw_only=True)
class Skim:
    """What a page is fingerprinted by."""

    fields: Mapping[str, Any]
    """JSON values whose every change matters."""
    text: str
    """Its main text, in whatever lines."""


class Reading(Protocol):
    """A page, opened: what it is fingerprinted by and the posting on it, from one parse."""

    def skim(self) -> Skim: ...

    def posting(self) -> JobPosting:
        """Raises ParseError when nothing on the page can be its title."""
        ...


def open_reading(page: Page) -> Reading:
    """By its own structured data where it has any, else by its text.

    Raises PageGone when the page says that the job is over, and ParseError: ``empty`` without
    visible text, ``not_html`` for other content, ``soft_404`` for a page that says it was not
    found, ``parse`` for structured data without a title.
    """
    document = open_page(page)
    check_open(document)
    found = structured.find(document)
    return _Structured(document, *found) if found else _Plain(document)


def read_posting(page: Page) -> JobPosting:
    """Raises as ``open_reading`` and ``Reading.posting``."""
    return open_reading(page).posting()


def skim(page: Page) -> Skim:
    """Raises as ``open_reading``."""
    return open_reading(page).skim()


class _Structured:
    def __init__(self, document: Document, item: JsonObject, method: str) -> None:
        self._document = document
        self._title = document.title
        self._stated = schema_posting.read(item, heading=self._title)
        self._html = schema_posting.description_of(item)
        self._method = method

    def skim(self) -> Skim:
        text = words_of(self._html) or self._document.main_text()
        return Skim(fields=decisive_fields(self._stated), text=text)

    def posting(self) -> JobPosting:
        posting = complete(
            self._stated,
            self._html or page_text.main_html(self._document.html, title=self._title),
            method=self._method,
            html_method=self._method if self._html else "text",
        )
        return _with_head(posting, self._document)


class _Plain:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._title = document.title
        self._text = _text_of_job(document)

    def skim(self) -> Skim:
        facts = labelled(self._text.splitlines())
        stated: dict[str, Any] = {"title": self._title}
        stated |= {field: facts.get(field) for field in _DECISIVE_LABELS}
        # A relative date changes every day.
        dates = {field: facts.get(field) for field in _DATES}
        stated |= {field: date if moment(date) else None for field, date in dates.items()}
        return Skim(fields=stated, text=self._text)

    def posting(self) -> JobPosting:
        posting = page_text.read(self._document, title=self._title)
        return _with_head(posting, self._document)


def _text_of_job(document: Document) -> str:
    """The main text of a page without structured data, which is taken apart for it."""
    text = document.main_text()
    check_short(document, text)
    if not text:
        raise ParseError("the page shows no text", code=FailureCode.EMPTY)
    return text


def _with_head(posting: JobPosting, document: Document) -> JobPosting:
    """With what the page's head says, where the posting does not."""
    return credit(
        posting,
        "html",
        language=posting.language or primary_language(document.language),
        canonical_url=document.canonical_url,
    )
