"""The adapter of iCIMS, whose career portals are at ``careers-{site}.icims.com``.

iCIMS has no public API. Therefore the adapter reads web pages. The pages of a portal are made to be
frames in other pages. Without ``in_iframe=1`` in the request, they are empty. The parameter ``pr``
counts the pages of a listing from 0. Each employer sets the number of postings a page. A page
states its number and the number of pages ("Page 1 of 4"), but not the number of postings. A listing
is complete if each of its pages states the page number that was requested. However, a posting may
still move between two requests and be missed. Therefore iCIMS is a fragile source
(``core.checking.expiry``). The response for an unknown portal is a 404. An empty portal shows its
search form. A posting is a web page that has JSON-LD. The response for a posting that is gone is a
410.

The config's ``site`` may begin with ``careers-``, as in the URL. A portal whose host has another
prefix, such as ``jobs-acme.icims.com``, needs a ``base_url``.

A row shows the age of the posting. Its date is in an attribute: ``<span title="9/29/2026 5:30 PM">1
day ago</span>``.
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
"""A pattern that matches the two numbers of "1 of 4" in any language. Hidden labels may stand
between the numbers."""
_PAGE_LABELS = ("h2.iCIMS_SubHeader_Jobs", ".iCIMS_PagingBatch .selected", ".iCIMS_PagingBatch")
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
        page_number = number_in(request, "pr") + 1
        stated_page, page_count = _page_of(portal)
        cards = portal.css(_CARDS)
        jobs = [job for card in cards if (job := _listed_job(config, card, response.url))]
        faults: list[str] = []
        if stated_page != page_number:
            faults.append(
                f"the response for page {page_number} does not state that it is page {page_number}"
            )
        if len(jobs) < len(cards) or (page_count > 1 and not jobs):
            faults.append(f"page {page_number} has postings that could not be read")
        has_next_page = page_number < page_count and not faults
        return ListingPage(
            jobs=tuple(jobs),
            # ``pr`` counts from 0, so it is ``page_number`` for the page after this one.
            follow=(_request(config, page=page_number),) if has_next_page else (),
            partial_reason="; ".join(faults) or None,
        )

    def parse_posting(self, content: str) -> JobPosting | None:
        return None  # Postings are web pages, which include/extract reads.


def _request(config: Mapping[str, Any], *, page: int) -> Request:
    url = f"https://careers-{_site(config)}.icims.com/jobs/search"
    return Request(url=based(config, f"{url}?ss=1&pr={page}&in_iframe=1"))


def _page_of(portal: LexborHTMLParser) -> tuple[int, int]:
    """Return the number of the page and the number of pages.

    If the page states neither, return (1, 1) if it has no links to other pages, and (0, 0) if it
    has such links. (0, 0) makes the listing partial.
    """
    for selector in _PAGE_LABELS:
        for node in portal.css(selector):
            if match := _PAGE_OF.search(node_text(node)):
                return int(match[1]), int(match[2])
    is_only_page = portal.css_first("link[rel=next], .iCIMS_PagingBatch") is None
    return (1, 1) if is_only_page else (0, 0)


def _listed_job(config: Mapping[str, Any], card: LexborNode, page: str) -> ListedJob | None:
    for link in card.css("a[href]"):
        address = absolute(page, link.attributes["href"])
        if address is None:
            continue
        url = urlsplit(address)
        match = _LINK.search(url.path)
        heading = link.css_first("h1, h2, h3, h4") or link
        if match and (title := node_text(heading)):
            frame_url = urlunsplit(url._replace(query="in_iframe=1", fragment=""))
            return ListedJob(
                external_id=match["id"],
                title=title,
                url=urlunsplit(url._replace(query="", fragment="")),
                location=_location(card),
                page_url=based(config, frame_url),
                row_sha256=row_sha256(_row(card)),
            )
    return None


def _location(card: LexborNode) -> str | None:
    for label in card.css(".field-label"):
        if "location" in node_text(label).casefold() and label.parent:
            return node_text(label.parent).removeprefix(node_text(label)).strip() or None
    return None


def _row(card: LexborNode) -> str:
    """Return the text of a card, in which the date replaces the posting's age."""
    for age in card.css(".iCIMS_JobHeaderData span[title]"):
        age.replace_with(age.attributes["title"] or "")
    return node_text(card)
