"""The adapter of Radancy TalentBrew, whose career sites are on employers' hosts.

The adapter requests the search that the pages of these sites call. Radancy does not document this
search. The config's ``url`` is the address of a site. It ends with a language if the addresses of
the site's pages have one, as in ``https://careers.acme.com/en``. The response is JSON, whose
``results`` is HTML that states the total and contains the postings. The parameter ``CurrentPage``
counts the pages from 1.

``SearchResultsModuleName`` is the name of the page's part that shows the results. Without this
parameter, or if the site has another name for this part, the search finds nothing. Therefore an
empty list is partial. ``SearchFiltersModuleName`` is not sent, because it adds 8 MB to each page.
``SortCriteria=3`` orders the postings by title. In the default order, which is by relevance,
postings move between pages while the list is read.

The markup of the results differs from site to site. On all sites, the link to a posting has the
posting's number in the attribute ``data-job-id``. The button that saves the posting has the same
attribute. If a posting has several places, the list may show only their number. A posting is a web
page that has JSON-LD.

These facts are from other crawlers' code.
"""

import re
from collections.abc import Mapping
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from include.core.formats.json_object import JsonObject
from include.core.formats.markup import node_text
from include.core.formats.urls import absolute
from include.core.models import JobPosting, ListedJob
from include.errors import ParseError
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based, web_address
from include.sources.paging import next_start, number_in, total_in
from include.sources.records import reason_if_unproved, row_sha256

_PAGE_SIZE = 100
_QUERY = (
    "ActiveFacetID=0&Distance=50&RadiusUnitType=0&Keywords=&Location=&ShowRadius=False"
    "&IsPagination=False&CustomFacetName=&FacetTerm=&FacetType=0"
    "&SearchResultsModuleName=Search+Results&SortCriteria=3&SortDirection=0&SearchType=5"
    "&PostalCode=&ResultsType=0"
)
_TOTALS = ("data-total-job-results", "data-total-results")
_TITLE = "h1, h2, h3, h4, h5, .search-results__job-title"
_PLACE = ".job-location, .search-results__job-info.location, [class*='job-info--location']"
_LOCATION_COUNT = re.compile(r"(?:\d+|multiple|various) locations", re.IGNORECASE)


def _url(config: Mapping[str, Any], key: str = "url") -> str:
    return web_address(config, key).rstrip("/")


class Radancy:
    source = "radancy"
    facts = SourceFacts(lists_by_api=True)
    config_keys = ConfigKeys(required=("url",), readers={"url": _url})
    volatile_keys = ()

    def first_request(self, config: Mapping[str, Any]) -> Request:
        return _request(config, page=1)

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        answer = JsonObject.of(response.json(), "the search")
        # A string in JSON may contain half of a surrogate pair, which cannot be encoded.
        html = answer.html("results").encode(errors="replace")
        results = Response(url=response.url, body=html).html()
        total = _total(results)
        if total is None:
            raise ParseError(f"{response.url} does not state how many postings there are")
        links = results.css("a[data-job-id][href]")
        jobs = [job for link in links if (job := _listed_job(config, link))]
        page = number_in(request, "CurrentPage")
        next_offset = next_start((page - 1) * _PAGE_SIZE, received=len(jobs), total=total)
        partial_reason = reason_if_unproved(total, empty_is_proof=False)
        if len(jobs) < len(links):
            partial_reason = "a posting could not be read"
        return ListingPage(
            jobs=tuple(jobs),
            total=total,
            follow=() if next_offset is None else (_request(config, page=page + 1),),
            partial_reason=partial_reason,
        )

    def parse_posting(self, content: str) -> JobPosting | None:
        return None  # Postings are web pages, which include/extract reads.


def _request(config: Mapping[str, Any], *, page: int) -> Request:
    query = f"{_QUERY}&RecordsPerPage={_PAGE_SIZE}&CurrentPage={page}"
    return Request(url=based(config, f"{_url(config)}/search-jobs/results?{query}"))


def _total(results: LexborHTMLParser) -> int | None:
    totals = (node.attributes[name] for name in _TOTALS for node in results.css(f"[{name}]"))
    return next((total for each in totals if (total := total_in(each or "")) is not None), None)


def _listed_job(config: Mapping[str, Any], link: LexborNode) -> ListedJob | None:
    number = link.attributes["data-job-id"]
    url = absolute(f"{_url(config)}/search-jobs", link.attributes["href"])
    title = node_text(link.css_first(_TITLE) or link)
    if not (number and url and title):
        return None
    row = _row(link)
    place = row.css_first(_PLACE)
    location = node_text(place) if place else ""
    page_url = based(config, url)
    return ListedJob(
        external_id=number,
        title=title,
        url=url,
        location=location if location and not _LOCATION_COUNT.fullmatch(location) else None,
        page_url=page_url if page_url != url else None,
        row_sha256=row_sha256(node_text(row)),
    )


def _row(link: LexborNode) -> LexborNode:
    """Return the list item or table row around the link, or else the link itself."""
    row = link.parent
    while row is not None and row.tag not in ("li", "tr"):
        row = row.parent
    return row or link
