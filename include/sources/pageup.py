"""The adapter of PageUp.

Career sites are at careers.pageuppeople.com/{number}/{pointer}/{language} or on an employer's host.
PageUp has no public API. Therefore the adapter reads web pages. The ``url`` of a site is an address
such as ``https://careers.pageuppeople.com/541/cw/en``. The list of the site is at ``/listing/``
below this address. The parameter ``page`` counts the pages of the list from 1, and ``page-items``
is the number of postings on each. Each page except the last has a link to the next page, which
states how many postings are left. If the site uses another page size than was requested, this link
contains that size. Some pages also state the total. A page may link to a posting twice, by its
title and by "See details". Many pages repeat all postings in a second table. A page after the last
one has an empty table. Therefore an empty list is partial. An unknown site responds with 404. If
requests come too fast, the response has the status 202 and no content. The newer product
``careersite`` has other pages, which this adapter does not read.

A posting is a web page without JSON-LD. The page of an unknown posting says that the site cannot
give information "right now". Most sites are Australian, and their places name no country.

These facts are from other crawlers' code, and from measurements of three sites.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from include.core.fields.dates import parse_time
from include.core.fields.employment import employment_types
from include.core.fields.reading import complete
from include.core.formats.markup import node_text
from include.core.formats.urls import absolute
from include.core.models import JobPosting, ListedJob, Location
from include.core.places.place_lists import locations_in
from include.errors import ParseError
from include.failure_codes import FailureCode
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based, web_address
from include.sources.paging import number_in, total_in
from include.sources.records import row_sha256

_PAGE_SIZE = 100
_LISTS = "#search-results-content, #recent-jobs-content"
_POSTING = re.compile(r"/job/(?P<id>\d+)(?:/[^?#]*)?(?:[?#]|$)")
_AUSTRALIAN = re.compile(r", (?:NT|WA)$")
"""A pattern that matches abbreviations of Australian regions that also name a region of Canada or
the USA."""
_UNKNOWN_POSTING = "provide additional information about this job"


def _url(config: Mapping[str, Any], key: str = "url") -> str:
    return web_address(config, key).rstrip("/")


class PageUp:
    source = "pageup"
    facts = SourceFacts()
    config_keys = ConfigKeys(required=("url",), readers={"url": _url})
    volatile_keys = ()

    def first_request(self, config: Mapping[str, Any]) -> Request:
        return _request(config, page=1, size=_PAGE_SIZE)

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        html = response.html()
        if html.css_first(_LISTS) is None:
            raise ParseError(f"{response.url} is not a list of postings")
        links = [
            link
            for part in html.css(_LISTS)
            for link in part.css("a[href]")
            if _POSTING.search(link.attributes["href"] or "")
        ]
        jobs: dict[str, ListedJob] = {}
        for link in links:
            if job := _listed_job(config, link):
                jobs.setdefault(job.external_id, job)
        page, size = number_in(request, "page"), number_in(request, "page-items")
        more_link = html.css_first("a.more-link")
        further_count = _number_at(html, ".more-link .count")
        total = _number_at(html, ".result-count")
        if total is None:
            postings_before = (page - 1) * size
            total = postings_before + len(jobs) + (further_count or 0)
        faults: list[str] = []
        if more_link and further_count is None:
            faults.append("the page does not state how many postings are left")
        if more_link and _number_in_link(more_link, "page") != page + 1:
            faults.append(f"the response for page {page} is not that page")
        if not jobs:
            faults.append("no posting was found")
        if not response.is_whole_html:
            faults.append("the page is cut")
        follow: list[Request] = []
        if more_link and further_count and not faults:
            next_size = _number_in_link(more_link, "page-items") or size
            follow.append(_request(config, page=page + 1, size=next_size))
        return ListingPage(
            jobs=tuple(jobs.values()),
            total=total,
            follow=tuple(follow),
            partial_reason="; ".join(faults) or None,
        )

    def parse_posting(self, content: str) -> JobPosting | None:
        return None  # Postings are web pages, which include/extract reads.

    def parse_page(self, page: Response) -> JobPosting | None:
        """Return the posting in the fields of the page, or None if the page lacks them.

        Raises ParseError for the page of an unknown posting.
        """
        html = page.html()
        text, heading = html.css_first("#job-details"), html.css_first("#job-content h2")
        if text is None or heading is None:
            if _UNKNOWN_POSTING in page.text():
                message = f"the site gives no information instead of {page.url}"
                raise ParseError(message, code=FailureCode.SOFT_404)
            return None
        site_name = html.css_first('meta[property="og:site_name"]')
        match, hours = _POSTING.search(page.url), _text(html, ".work-type")
        posted, closes = _time(html, ".open-date time"), _time(html, ".close-date time")
        return complete(
            JobPosting(
                title=node_text(heading),
                external_id=match and match["id"],
                requisition_id=_text(html, ".job-externalJobNo"),
                url=page.url,
                company=site_name.attributes.get("content") if site_name else None,
                department=_text(html, ".categories"),
                locations=tuple(
                    map(_without_ambiguous_country, locations_in(_text(html, ".location")))
                ),
                employment_types=employment_types(hours),
                employment_type_raw=hours,
                posted_at=parse_time(posted),
                posted_at_raw=posted,
                valid_through=parse_time(closes),
                valid_through_raw=closes,
            ),
            text.html or "",
            method="html",
        )


def _request(config: Mapping[str, Any], *, page: int, size: int) -> Request:
    url = f"{_url(config)}/listing/?page={page}&page-items={size}"
    return Request(url=based(config, url))


def _number_in_link(link: LexborNode, parameter: str) -> int | None:
    """Return the number in a parameter of the link's URL, or None if there is no such number."""
    query = parse_qs(urlsplit(link.attributes.get("href") or "").query)
    return total_in(next(iter(query.get(parameter, [])), ""))


def _number_at(html: LexborHTMLParser, selector: str) -> int | None:
    node = html.css_first(selector)
    return total_in(node_text(node)) if node else None


def _text(html: LexborHTMLParser, selector: str) -> str | None:
    node = html.css_first(f"#job-content {selector}")
    return (node_text(node) or None) if node else None


def _without_ambiguous_country(place: Location) -> Location:
    """Return the place without its country if its region's abbreviation fits two countries.

    Otherwise return the place unchanged.
    """
    return replace(place, country=None) if _AUSTRALIAN.search(place.raw) else place


def _time(html: LexborHTMLParser, selector: str) -> str | None:
    node = html.css_first(f"#job-content {selector}")
    return node.attributes.get("datetime") if node else None


def _listed_job(config: Mapping[str, Any], link: LexborNode) -> ListedJob | None:
    """Return the job to which a link leads. Its title is the text of the link.

    Return None if the link is not to a posting, or has no text.
    """
    href = link.attributes["href"] or ""
    match, title = _POSTING.search(href), node_text(link)
    url = absolute(f"{_url(config)}/listing/", href)
    if not (match and url and title):
        return None
    row = link.parent
    while row is not None and row.tag not in ("li", "tr") and "list-item" not in _classes(row):
        row = row.parent
    place = row.css_first(".location") if row else None
    page_url = based(config, url)
    return ListedJob(
        external_id=match["id"],
        title=title,
        url=url,
        location=(node_text(place) or None) if place else None,
        page_url=page_url if page_url != url else None,
        row_sha256=row_sha256(node_text(row or link)),
    )


def _classes(node: LexborNode) -> list[str]:
    return (node.attributes.get("class") or "").split()
