"""The adapter of Jobvite, whose career sites are at jobs.jobvite.com/{company}.

Jobvite has no public API. Therefore the adapter reads web pages. The search lists all postings, 50
a page. The parameter ``p`` counts the pages from 0. It has no effect if the slash before the query
is missing. The page ``/jobs`` is not used, because it shows only the first postings of each
category. The search states its total as "1-50 of 266". A list that fits on one page may state no
total. Such a list is complete if it has fewer than 50 postings and the page ends with ``</html>``.
A search that finds nothing says "No results found".

The address of an unknown company redirects to a page of Jobvite itself. Therefore a page is an
error if it does not name the company. A custom site may link to postings of other companies in the
employer's group. These postings are not listed. If a posting has several places, its row shows only
their number. A posting is a web page that has JSON-LD. The address of a posting that is gone
redirects to the list of jobs.
"""

import re
from collections.abc import Mapping
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from include.core.formats.markup import node_text
from include.core.models import JobPosting, ListedJob
from include.errors import ParseError
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based, name
from include.sources.paging import number_in, total_in
from include.sources.records import row_sha256

_SITE = "https://jobs.jobvite.com"
_PAGE_SIZE = 50
_TOTAL = re.compile(r"\bof\s+([\d,]+)")
_POSTING = re.compile(r"/(?P<company>[^/]+)/job/(?P<id>\w+)")
_LOCATION_COUNT = re.compile(r"\d+ \w+")


class Jobvite:
    source = "jobvite"
    facts = SourceFacts()
    config_keys = ConfigKeys(required=("company",), home=_SITE)
    volatile_keys = ()

    def first_request(self, config: Mapping[str, Any]) -> Request:
        return _request(config, page=0)

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        company = name(config, "company")
        if not re.search(
            rf"['\"/]{re.escape(company)}['\"/]".encode(), response.body, re.IGNORECASE
        ):
            raise ParseError(f"{response.url} is not a page of {company}")
        search, page = response.html(), number_in(request, "p")
        total = _total(search)
        rows = search.css(".jv-job-list-name")
        if not rows and page == 0:
            search.strip_tags(["script", "style", "template"])
            if total is None and "No results found" in search.text():
                total = 0
            if total != 0:
                raise ParseError(f"{response.url} is not a list of search results")
        links = [_link(row) for row in rows]
        jobs = [
            job
            for row, link in zip(rows, links, strict=True)
            if (job := _listed_job(config, row, link))
        ]
        faults: list[str] = []
        # A posting of another company can be read, although it is not listed.
        can_be_read = (
            _POSTING.search(link) and node_text(row) for row, link in zip(rows, links, strict=True)
        )
        if not all(can_be_read):
            faults.append("a posting could not be read")
        is_only_page = total is None and len(rows) < _PAGE_SIZE and response.is_whole_html
        if total is None and not is_only_page:
            faults.append("the search did not state its total")
        has_next_page = bool(rows) and (page + 1) * _PAGE_SIZE < (total or 0)
        return ListingPage(
            jobs=tuple(jobs),
            total=total,
            follow=(_request(config, page=page + 1),) if has_next_page else (),
            partial_reason="; ".join(faults) or None,
        )

    def parse_posting(self, content: str) -> JobPosting | None:
        return None  # Postings are web pages, which include/extract reads.


def _request(config: Mapping[str, Any], *, page: int) -> Request:
    url = f"{_SITE}/{name(config, 'company')}/search/?p={page}"
    return Request(url=based(config, url))


def _total(search: LexborHTMLParser) -> int | None:
    node = search.css_first(".jv-pagination-text")
    return total_in(node.text(), _TOTAL) if node else None


def _link(cell: LexborNode) -> str:
    """Return the URL of the link inside or around the cell, or "" if there is no link."""
    link = cell.css_first("a[href]")
    outer = cell.parent
    while link is None and outer is not None:
        link = outer if outer.tag == "a" else None
        outer = outer.parent
    return (link.attributes.get("href") or "") if link else ""


def _listed_job(config: Mapping[str, Any], cell: LexborNode, link: str) -> ListedJob | None:
    """Return the job of a row, or None if the row does not link to a posting of the company."""
    company = name(config, "company")
    match, title = _POSTING.search(link), node_text(cell)
    if not (match and title) or match["company"].casefold() != company.casefold():
        return None
    url = f"{_SITE}/{company}/job/{match['id']}"
    page_url = based(config, url)
    row = cell.parent
    place = row.css_first(".jv-job-list-location") if row else None
    location = node_text(place) if place else ""
    return ListedJob(
        external_id=match["id"],
        title=title,
        url=url,
        location=location if location and not _LOCATION_COUNT.fullmatch(location) else None,
        page_url=page_url if page_url != url else None,
        row_sha256=row_sha256(node_text(row or cell)),
    )
