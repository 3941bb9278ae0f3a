"""Read iCIMS' career portals (``careers-{site}.icims.com``), which have no public API.

Their pages are shown in frames of other pages, and are empty unless the request has
``in_iframe=1``. A listing is paged by ``pr`` from 0; each employer sets the number of postings a
page. The listing states no total, only "Page 1 of 4". It is complete if each page, up to the last,
states the page number that was requested. That does not prove that no posting was missed between
two requests, so iCIMS is one of the fragile sources of ``core.checking.expiry``. The response for
an unknown portal is a 404. An empty portal shows its search form. A posting is a web page with
JSON-LD. The response for a posting that is gone is a 410.

``site`` may have the prefix ``careers-``, as in the URL. Portals with another prefix
(``jobs-acme.icims.com``) are read with ``base_url``.

A row shows an age, with the date itself in the attribute ``title``
(``<span title="9/29/2026 5:30 PM">1 day ago</span>``).
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from include.core.formats.markup import node_text
from include.core.formats.urls import absolute
from include.core.models import JobPosting, ListedJob
from include.errors import ParseError
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based, subdomain
from include.sources.paging import number_in
from include.sources.records import row_sha256

_LINK = re.compile(r"/jobs/(?P<id>\d+)/[^/?#]+/job\b")
_PREFIX = re.compile(r"^careers-(?!careers-)")
_PAGE_OF = re.compile(r"(\d{1,9})\D{1,20}(\d{1,9})")
"""A pattern that matches "1 of 4" in any language, also with hidden labels between the numbers."""
_PAGE_STATED = ("h2.iCIMS_SubHeader_Jobs", ".iCIMS_PagingBatch .selected", ".iCIMS_PagingBatch")
_CARDS = ".iCIMS_JobsTable > li, .iCIMS_JobsTable > .row"


def _site(config: Mapping[str, Any], key: str = "site") -> str:
    return _PREFIX.sub("", subdomain(config, key))


class Icims:
    source = "icims"
    facts = SourceFacts(is_fragile=True)
    config_keys = ConfigKeys(required=("site",), readers={"site": _site}, overridden=("site",))
    volatile_keys = ()

    def first_request(self, config: Mapping[str, Any]) -> Request:
        return _request(config, page=0)

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        portal = response.html()
        if portal.css_first("#searchForm, .iCIMS_JobsTable") is None:
            raise ParseError(f"{response.url} is not a page of a job search")
        asked = number_in(request, "pr") + 1
        page, pages = _page_of(portal)
        cards = portal.css(_CARDS)
        jobs = [job for card in cards if (job := _listed(config, card, response.url))]
        faults: list[str] = []
        if page != asked:
            faults.append(f"the response for page {asked} does not state that it is page {asked}")
        if len(jobs) < len(cards) or (pages > 1 and not jobs):
            faults.append(f"page {asked} has postings that could not be read")
        more = asked < pages and not faults
        return ListingPage(
            jobs=tuple(jobs),
            follow=(_request(config, page=asked),) if more else (),
            partial_reason="; ".join(faults) or None,
        )

    def parse_posting(self, content: str) -> JobPosting | None:
        return None


def _request(config: Mapping[str, Any], *, page: int) -> Request:
    url = f"https://careers-{_site(config)}.icims.com/jobs/search"
    return Request(url=based(config, f"{url}?ss=1&pr={page}&in_iframe=1"))


def _page_of(portal: LexborHTMLParser) -> tuple[int, int]:
    """Return the number of the page and the number of pages.

    Return (1, 1) for a page that states neither and has no links to other pages, and (0, 0) for a
    page that states neither but has such links.
    """
    for selector in _PAGE_STATED:
        for node in portal.css(selector):
            if stated := _PAGE_OF.search(node_text(node)):
                return int(stated[1]), int(stated[2])
    alone = portal.css_first("link[rel=next], .iCIMS_PagingBatch") is None
    return (1, 1) if alone else (0, 0)


def _listed(config: Mapping[str, Any], card: LexborNode, page: str) -> ListedJob | None:
    for link in card.css("a[href]"):
        address = absolute(page, link.attributes["href"])
        if address is None:
            continue
        url = urlsplit(address)
        found = _LINK.search(url.path)
        heading = link.css_first("h1, h2, h3, h4") or link
        if found and (title := node_text(heading)):
            framed = urlunsplit(url._replace(query="in_iframe=1", fragment=""))
            return ListedJob(
                external_id=found["id"],
                title=title,
                url=urlunsplit(url._replace(query="", fragment="")),
                location=_location(card),
                page_url=based(config, framed),
                row_sha256=row_sha256(_row(card)),
            )
    return None


def _location(card: LexborNode) -> str | None:
    for label in card.css(".field-label"):
        if "location" in node_text(label).casefold() and label.parent:
            return node_text(label.parent).removeprefix(node_text(label)).strip() or None
    return None


def _row(card: LexborNode) -> str:
    """Return the text of a card, with dates in place of ages."""
    for age in card.css(".iCIMS_JobHeaderData span[title]"):
        age.replace_with(age.attributes["title"] or "")
    return node_text(card)
