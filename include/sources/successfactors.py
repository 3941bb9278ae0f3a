"""The adapter of SAP SuccessFactors, whose career sites are on hosts such as jobs.acme.com.

SuccessFactors has no public API. Therefore the adapter reads web pages. The classic search page,
``/search/``, lists 25 results a page in a table or in tiles, and is paged by ``startrow``. The
total is the last bold number in "Results 1 – 25 of 633". This is so in every language. The page of
a search without results has the element ``#noresults``, and may list other, recent postings below
it. Each row has its link twice, for wide and narrow screens. The number at the end of the link's
path is the posting's id. The words before this number have no meaning.

Newer sites build their list with JavaScript. Their search page has no such table, but names the
site's languages. For these sites, the adapter requests the API that the page calls
(``successfactors_api``).

A posting is a web page that has microdata. The address of a posting that is gone redirects to
``/errorpage/``.
"""

from collections.abc import Mapping
from typing import Any

import re2
from selectolax.lexbor import LexborHTMLParser, LexborNode

from include.core.formats.markup import node_text
from include.core.formats.urls import absolute
from include.core.models import JobPosting, ListedJob
from include.errors import ParseError
from include.sources import successfactors_api
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based, host
from include.sources.paging import next_start, number_in, total_in
from include.sources.records import row_sha256

_ROWS = "tr.data-row, li.job-tile"
_NUMBER = re2.compile(r"/job/(?:[^/]+/)*(?P<id>\d+)/?$")


class SuccessFactors:
    source = "successfactors"
    facts = SourceFacts()
    config_keys = ConfigKeys(required=("host",), readers={"host": host}, overridden=("host",))
    volatile_keys = ()

    def first_request(self, config: Mapping[str, Any]) -> Request:
        return _request(config, start=0)

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        if request.json is not None:
            return successfactors_api.parse(config, request, response)
        search = response.html()
        if search.css_first("#noresults"):
            return ListingPage(total=0)
        rows = search.css(_ROWS)
        if not rows:
            is_other_page = search.css_first("body.home-page, body.job-page") is not None
            api_requests = successfactors_api.first_requests(config, response)
            if api_requests and not is_other_page:
                return ListingPage(follow=api_requests)
            raise ParseError(f"{response.url} is not a list of search results")
        total = _total(search)
        jobs = [job for row in rows if (job := _listed_job(config, row, response.url))]
        faults: list[str] = []
        if total is None:
            faults.append("the search did not state its total")
        if len(jobs) < len(rows):
            faults.append(f"{len(rows) - len(jobs)} of {len(rows)} postings could not be read")
        next_offset = next_start(number_in(request, "startrow"), received=len(rows), total=total)
        return ListingPage(
            jobs=tuple(jobs),
            total=total,
            follow=() if next_offset is None else (_request(config, start=next_offset),),
            partial_reason="; ".join(faults) or None,
        )

    def parse_posting(self, content: str) -> JobPosting | None:
        return None  # Postings are web pages, which include/extract reads.


def _request(config: Mapping[str, Any], *, start: int) -> Request:
    url = f"https://{host(config, 'host')}/search/?q=&startrow={start}"
    return Request(url=based(config, url))


def _total(search: LexborHTMLParser) -> int | None:
    numbers = search.css(".paginationLabel b")
    return total_in(numbers[-1].text()) if len(numbers) > 1 else None


def _listed_job(config: Mapping[str, Any], row: LexborNode, page: str) -> ListedJob | None:
    for link in row.css("a.jobTitle-link[href]"):
        url, title = absolute(page, link.attributes["href"]), node_text(link)
        match = _NUMBER.search(url.partition("?")[0]) if url else None
        if url and match and title:
            page_url = based(config, url)
            return ListedJob(
                external_id=match["id"],
                title=title,
                url=url,
                location=_location(row),
                page_url=page_url if page_url != url else None,
                row_sha256=row_sha256(node_text(row)),
            )
    return None


def _location(row: LexborNode) -> str | None:
    node = row.css_first("td.colLocation .jobLocation") or row.css_first(".jobLocation")
    return node_text(node) or None if node else None
