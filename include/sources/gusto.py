"""The adapter of Gusto, whose job boards are at jobs.gusto.com/boards/{board}.

Gusto has no public API. Therefore the adapter reads web pages. The name of a board ends with its
UUID. A board may have two names, because the old address of a renamed company still works. A page
shows 25 postings and does not state the total. The parameter ``page`` counts the pages from 1. A
page is the last one if it has fewer than 25 postings. A page after the last one, and the page of a
board without openings, say "There are no open positions currently". If a posting closes while the
pages are read, another posting may move to a page that was already read. Therefore Gusto is a
fragile source (``core.checking.expiry``). A bot check responds with another page, sometimes with
the status 403.

The address of a posting consists of the words of its title and its UUID. Only the UUID stays the
same when the title changes. The posting itself is a web page without JSON-LD. The heading of the
page has the company, the title, and a line that states the places and the employment type ("Miami,
FL · Full time"). Below the heading, the page repeats the beginning of the text. The adapter leaves
out the page's section about the company. Neither the list nor the page of a posting states a date.
These facts are from recorded pages and from other crawlers' tests.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from selectolax.lexbor import LexborHTMLParser, LexborNode

from include.core.fields.employment import employment_types, is_employment_type
from include.core.fields.reading import complete
from include.core.formats.markup import node_text, text_of_html
from include.core.formats.text import one_line
from include.core.models import JobPosting, ListedJob
from include.core.pay.pay_text import salary_in
from include.core.places.place_lists import locations_in
from include.core.places.workplaces import workplace_in
from include.errors import ParseError, SettingError
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based, plain_name
from include.sources.paging import number_in
from include.sources.records import row_sha256

_SITE = "https://jobs.gusto.com"
_PAGE_SIZE = 25
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_ENDS_WITH_UUID = re.compile(rf"(?:^|-)({_UUID})$", re.IGNORECASE)
_POSTING = re.compile(rf"/postings/(?P<name>[\w%.-]*?(?P<id>{_UUID}))(?=[?#]|$)", re.IGNORECASE)
_POSTINGS = "li a[href*='/postings/']"
_NO_POSITIONS = "There are no open positions"


def _board(config: Mapping[str, Any], key: str = "board") -> str:
    value = plain_name(config, key).lower()
    if not _ENDS_WITH_UUID.search(value):
        raise SettingError(f"config.{key}", "give all that follows /boards/ in the address")
    return value


class Gusto:
    source = "gusto"
    facts = SourceFacts(is_fragile=True)
    config_keys = ConfigKeys(required=("board",), readers={"board": _board}, home=_SITE)
    volatile_keys = ()

    def first_request(self, config: Mapping[str, Any]) -> Request:
        return _request(config, page=1)

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        page, page_number = response.html(), number_in(request, "page")
        rows = page.css(_POSTINGS)
        if not rows and _NO_POSITIONS not in response.text():
            raise ParseError(f"{response.url} is not a list of postings")
        _check_board(config, page, response.url)
        jobs = tuple(job for row in rows if (job := _listed_job(config, row)))
        faults = ["a posting could not be read"] if len(jobs) < len(rows) else []
        if not response.is_whole_html:
            faults.append("the list of postings is cut")
        has_next_page = len(rows) >= _PAGE_SIZE
        return ListingPage(
            jobs=jobs,
            follow=(_request(config, page=page_number + 1),) if has_next_page else (),
            partial_reason="; ".join(faults) or None,
        )

    def parse_posting(self, content: str) -> JobPosting | None:
        return None  # Postings are web pages, which include/extract reads.

    def parse_page(self, page: Response) -> JobPosting | None:
        document = page.html()
        heading = [node_text(line) for line in document.css("h1 > span")]
        if len(heading) < 3:
            return None
        company, title, facts = heading[:3]
        parts = [part.strip() for part in facts.split("·")]
        employment = ", ".join(filter(is_employment_type, parts))
        place_parts = [part for part in parts if part and not is_employment_type(part)]
        pay = document.css_first("h4 + p")
        return complete(
            JobPosting(
                title=title,
                url=page.url,
                company=company,
                locations=tuple(place for part in place_parts for place in locations_in(part)),
                workplace=workplace_in(place_parts),
                employment_types=employment_types(employment),
                employment_type_raw=employment or None,
                salary=salary_in(node_text(pay)) if pay else None,
            ),
            _text(document, company),
            method="html",
        )


def _request(config: Mapping[str, Any], *, page: int) -> Request:
    return Request(
        url=based(config, f"{_SITE}/boards/{quote(_board(config), safe='')}?page={page}")
    )


def _check_board(config: Mapping[str, Any], page: LexborHTMLParser, url: str) -> None:
    """Raise ParseError if the canonical address in the page is the address of another board."""
    canonical_link = page.css_first('link[rel="canonical"][href*="/boards/"]')
    match = (
        _ENDS_WITH_UUID.search(canonical_link.attributes["href"] or "") if canonical_link else None
    )
    if match and not _board(config).endswith(match[1].lower()):
        raise ParseError(f"{url} is another board")


def _listed_job(config: Mapping[str, Any], row: LexborNode) -> ListedJob | None:
    match = _POSTING.search(row.attributes.get("href") or "")
    heading = row.css_first("h3")
    title = node_text(heading) if heading else ""
    if not (match and title):
        return None
    url = f"{_SITE}/postings/{match['name']}"
    page_url = based(config, url)
    return ListedJob(
        external_id=match["id"].lower(),
        title=title,
        url=url,
        location=_places(row),
        page_url=page_url if page_url != url else None,
        row_sha256=row_sha256(node_text(row)),
    )


def _places(row: LexborNode) -> str | None:
    """Return the places of a row. Each is a line of the row's first paragraph."""
    paragraph = row.css_first("p")
    lines = paragraph.text(separator="\n").splitlines() if paragraph else []
    return "; ".join(dict.fromkeys(place for line in lines if (place := line.strip()))) or None


def _text(document: LexborHTMLParser, company: str) -> str:
    """Return the HTML of the posting's sections, except the section about the company."""
    sections = [
        node.inner_html or ""
        for node in document.css(".rich-text-container")
        if _heading(node) != f"About {company}"
    ]
    summary = document.css_first("h1 + div")
    text = "\n".join(map(text_of_html, sections))
    if summary and node_text(summary) not in one_line(text):
        sections.insert(0, summary.inner_html or "")
    return "\n".join(sections)


def _heading(section: LexborNode) -> str | None:
    """Return the heading of the section to which an element with text belongs."""
    container = section.parent.parent if section.parent else None
    heading = container.css_first("h3") if container else None
    return node_text(heading) if heading else None
