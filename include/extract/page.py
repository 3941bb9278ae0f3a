"""Read a fetched page as a posting, and as the input of its fingerprint (ADR 37).

``fingerprint_input`` runs for every page of every check. For speed, it does only what the
fingerprint needs. If the fingerprint has changed, the posting is read from the same opened page.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
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
from include.core.formats.markup import text_of_html
from include.core.formats.text import one_line
from include.core.models import JobPosting, Page
from include.errors import ParseError
from include.extract import page_text, structured
from include.extract.document import Document, open_page
from include.extract.notices import check_open, check_short, check_top
from include.extract.title import shown_title
from include.failure_codes import FailureCode

_DECISIVE_LABELS = ("location", "workplace", "employment_type", "salary")
_DATES = ("posted_at", "valid_through")
_EXPECTED = ("locations", "employment_types", "salary", "posted_at")
"""Fields that a posting mostly has.

If the structured data of a page lacks one of them, the rest of the page is read, too.
"""
_MAX_EXCERPT_LENGTH = 1_000
"""The maximum length, in characters, of a description that may be an excerpt of the main text."""
_COMPARED_LENGTH = 30
_MAX_TEASER_LENGTH = 250
_MIN_TEXT_LENGTH = 750
"""The length, in characters, above which a main text is used instead of a short description.

A short description has at most ``_MAX_TEASER_LENGTH`` characters: one or two sentences.
"""
_MIN_RATIO = 1.4
"""The ratio of lengths above which a description may be an excerpt of the main text.

It is the length of the main text divided by the length of the description.
"""


@dataclass(frozen=True, kw_only=True)
class FingerprintInput:
    """The input of a page's fingerprint."""

    fields: Mapping[str, Any]
    """The values in which every change matters, as JSON values, by field of the posting."""
    text: str
    """The text of the posting. The fingerprint ignores its line ends."""
    deadline: datetime | None = None
    """The time until which the posting is open; None if the page does not state it."""
    blocks: PageBlocks | None = None
    """The parts of the page from which its board's template is learned.

    If None, the page needs no template, because its structured data contains the posting's text.
    """


class Reading(Protocol):
    """An opened page, from which the input of its fingerprint and the posting can be read."""

    def fingerprint_input(self) -> FingerprintInput:
        """Return the input of the page's fingerprint."""
        ...

    def posting(self) -> JobPosting:
        """Return the posting on the page. Raise ParseError if nothing can be its title."""
        ...


def open_reading(page: Page, template: Template | None = None) -> Reading:
    """Open a page, so that its posting can be read.

    The posting is read from the structured data of the page. If the page has none, the posting is
    read from its text.

    Args:
        page: the page.
        template: the template of the page's board; None if the board has none.

    Raises:
        PageGone: the page says that the job is no longer offered.
        ParseError: the code is ``empty`` if the page has no content or shows no text, ``not_html``
            if its content is not a page, and ``soft_404`` if it says that it was not found. The
            code is ``parse`` if the page has structured data but no title, if it is nested more
            than 1,000 levels deep, or if an element has more than 2,000 attributes.
    """
    document = open_page(page, template)
    check_open(document)
    structured_posting = structured.find(document)
    return _Structured(document, *structured_posting) if structured_posting else _Plain(document)


def read_posting(page: Page, template: Template | None = None) -> JobPosting:
    """Return the posting on the page. Raise the errors of ``open_reading`` and ``posting``."""
    return open_reading(page, template).posting()


def fingerprint_input(page: Page, template: Template | None = None) -> FingerprintInput:
    """Return the input of the page's fingerprint. Raise the errors of ``open_reading``."""
    return open_reading(page, template).fingerprint_input()


class _Structured:
    def __init__(self, document: Document, item: JsonObject, method: str) -> None:
        self._document = document
        self._html = schema_posting.description_of(item)
        self._method = method
        posting = schema_posting.read(item, heading=document.title)
        posting = replace(posting, title=shown_title(posting.title, document.title))
        is_teaser = len(self._html) <= _MAX_EXCERPT_LENGTH
        is_complete = all(getattr(posting, name) for name in _EXPECTED)
        if is_teaser or not is_complete or page_text.has_only_a_country(posting):
            posting = page_text.with_facts(
                with_provenance(posting, method), document, page_text.facts_of(document)
            )
            check_top(document)
        self._stated = posting
        self._words = text_of_html(self._html)
        if is_excerpt(self._words, document):
            self._html = self._words = ""

    def fingerprint_input(self) -> FingerprintInput:
        text, blocks = self._words, None
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
            locale=self._document.language,
        )
        return _with_head(page_text.with_prose(posting), self._document)


class _Plain:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._title = document.title
        self._facts = page_text.facts_of(document)
        check_top(document)
        self._text = _text_of_job(document)

    def fingerprint_input(self) -> FingerprintInput:
        stated: dict[str, Any] = {"title": self._title}
        stated |= {field: self._facts.get(field) for field in _DECISIVE_LABELS}
        # Only dates that can be parsed are compared. Other dates may be relative ("3 days ago"),
        # and would change every day.
        dates = {field: self._facts.get(field) for field in _DATES}
        stated |= {field: date if parse_time(date) else None for field, date in dates.items()}
        return FingerprintInput(
            fields=stated,
            text=self._document.own_text(),
            deadline=parse_time(self._facts.get("valid_through")),
            blocks=self._document.blocks(),
        )

    def posting(self) -> JobPosting:
        posting = page_text.read(self._document, title=self._title, facts=self._facts)
        return _with_head(posting, self._document)


def is_excerpt(text: str, document: Document) -> bool:
    """Return whether a description is only a part of the page's main text.

    A description of at most ``_MAX_TEASER_LENGTH`` characters also counts as such a part if the
    main text is longer than ``_MIN_TEXT_LENGTH``.
    """
    if len(text) > _MAX_EXCERPT_LENGTH:
        return False
    main = one_line(document.main_text)
    begin = one_line(text)[:_COMPARED_LENGTH]
    is_part = len(main) > _MIN_RATIO * len(text) and begin in main
    return is_part or (len(text) <= _MAX_TEASER_LENGTH and len(main) > _MIN_TEXT_LENGTH)


def _text_of_job(document: Document) -> str:
    """Return the main text of a page without structured data.

    Reading the main text removes elements from the page.
    """
    text = document.main_text
    check_short(document, text)
    if not text:
        raise ParseError("the page shows no text", code=FailureCode.EMPTY)
    return text


def _with_head(posting: JobPosting, document: Document) -> JobPosting:
    """Add to the posting the facts that the head of the page states.

    These facts are the canonical URL, and the language if the posting states none.
    """
    return with_provenance(
        posting,
        "html",
        language=posting.language or primary_language(document.language),
        canonical_url=document.canonical_url,
    )
