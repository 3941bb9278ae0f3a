"""The adapter of Avature, whose portals are at {company}.avature.net or on an employer's host.

Avature has no public API. Therefore the adapter reads web pages. An example of a portal's ``url``
is ``https://acme.avature.net/en_US/careers``. The search pages below this URL have 6 to 50 postings
each. The adapter follows the link to the next page, because the parameter for it differs among
portals. Most portals state the total as "1-12 of 436", and for screen readers as "436 results". A
search that finds nothing says "0 results". If a portal states no total, nothing proves that all
postings were found. Therefore its listing is partial. The portal's feed is not used, because it
ends after 20 postings.

A posting is a web page without JSON-LD. The page has a heading, fields that have a label and state
facts, and fields that have no label and contain the text. The number of the posting is at the end
of its URL's path, or in the parameter ``jobId``. For an unknown posting, a portal shows a page
whose title begins with "Error". A portal that gets too many requests responds with 403 or 406.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from include.core.fields.reading import complete
from include.core.formats.markup import node_text
from include.core.formats.urls import absolute
from include.core.models import JobPosting, ListedJob
from include.core.places.locations import locate
from include.core.places.place_lists import place_names
from include.errors import ParseError
from include.failure_codes import FailureCode
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based, web_address
from include.sources.paging import total_in
from include.sources.records import row_sha256

_PATH = re.compile(r"/JobDetail(?:/[^?#]*?)?(?:/(?P<id>\d+))?/?$", re.IGNORECASE)
_TOTAL = re.compile(r"^\s*+(\d[\d.,\s]*+)\D*$")
_FIELD = ".article__content__view__field"


def _url(config: Mapping[str, Any], key: str = "url") -> str:
    return web_address(config, key).rstrip("/")


class Avature:
    source = "avature"
    facts = SourceFacts()
    config_keys = ConfigKeys(required=("url",), readers={"url": _url})
    volatile_keys = ()

    def first_request(self, config: Mapping[str, Any]) -> Request:
        return Request(url=based(config, f"{_url(config)}/SearchJobs/"))

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        search = response.html()
        total = _total(search)
        rows = search.css("article.article--result")
        if total is None and not rows:
            raise ParseError(f"{response.url} is not a list of search results")
        jobs = [job for row in rows if (job := _listed_job(config, row, response.url))]
        next_link = search.css_first("a.paginationNextLink[href]")
        next_url = absolute(response.url, next_link.attributes["href"]) if next_link else None
        follow: list[Request] = []
        if jobs and next_url:
            follow.append(Request(url=based(config, next_url), depth=request.depth + 1))
        return ListingPage(
            jobs=tuple(jobs),
            total=total,
            follow=tuple(follow),
            partial_reason="the portal does not state how many postings it has"
            if total is None
            else None,
        )

    def parse_posting(self, content: str) -> JobPosting | None:
        return None  # Postings are web pages, which include/extract reads.

    def parse_page(self, page: Response) -> JobPosting | None:
        """Return the posting in the fields of the page, or None if the page lacks them.

        Raises ParseError for the page that a portal shows for an unknown posting.
        """
        html = page.html()
        heading = html.css_first(".banner__text__title")
        facts: dict[str, str] = {}
        texts: list[str] = []
        for field in html.css(_FIELD):
            label, value = field.css_first(f"{_FIELD}__label"), field.css_first(f"{_FIELD}__value")
            if value and label and node_text(label):
                facts[node_text(label)] = node_text(value)
            elif value:
                texts.append(value.html or "")
        if heading is None or not texts:
            if (title := html.css_first("title")) and re.match(r"Error\b", node_text(title)):
                message = f"the portal shows an error instead of {page.url}"
                raise ParseError(message, code=FailureCode.SOFT_404)
            return None
        location_text = next(
            (text for label, text in facts.items() if label.startswith("Location")), None
        )
        return complete(
            JobPosting(
                title=node_text(heading),
                external_id=_number(page.url),
                url=page.url,
                company=facts.get("Company"),
                locations=tuple(locate(place) for place in place_names(location_text)),
            ),
            "\n".join(texts),
            method="html",
        )


def _total(search: LexborHTMLParser) -> int | None:
    legend = search.css_first(".list-controls__text__legend[aria-label]")
    return total_in(legend.attributes["aria-label"] or "", _TOTAL) if legend else None


def _number(url: str) -> str | None:
    """Return the number of the posting at ``url``, or None if ``url`` leads to no posting."""
    parts = urlsplit(url)
    match = _PATH.search(parts.path)
    if match is None:
        return None
    job_ids = parse_qs(parts.query).get("jobId", [])
    return match["id"] or (job_ids[0] if job_ids else None)


def _listed_job(config: Mapping[str, Any], row: LexborNode, page: str) -> ListedJob | None:
    for link in row.css("a[href]"):
        url, title = absolute(page, link.attributes["href"]), node_text(link)
        if url and title and (number := _number(url)):
            page_url = based(config, url)
            place = row.css_first(".list-item-location")
            return ListedJob(
                external_id=number,
                title=title,
                url=url,
                location=(node_text(place) or None) if place else None,
                page_url=page_url if page_url != url else None,
                row_sha256=row_sha256(node_text(row)),
            )
    return None
