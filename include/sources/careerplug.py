"""The adapter of CareerPlug, whose career sites are at {site}.careerplug.com.

CareerPlug has no public API. Therefore the adapter reads web pages. ``/jobs`` shows about 30
postings a page, each in a box (a card). The parameter ``page`` counts the pages from 1. The last
page has no link to a next page. No page states the total. Therefore a missing posting would not be
noticed, and CareerPlug is a fragile source (``core.checking.expiry``). If a site has exactly one
posting, ``/jobs`` redirects to the application form of that posting. The address of an unknown site
redirects to the page on which employers sign in.

A page repeats its postings as JSON-LD, which has the whole text of each posting, but not its
number. A posting in the JSON-LD belongs to the card at the same position. The JSON-LD is used only
if its titles equal the titles of the cards. Otherwise each posting is read from its own page, which
has the text above the application form.

These facts are from other crawlers' code.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from include.core.fields import schema_posting
from include.core.fields.reading import complete
from include.core.formats.json_object import JsonObject
from include.core.formats.markup import node_text
from include.core.formats.text import one_line
from include.core.models import JobPosting, ListedJob
from include.errors import ParseError
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based, subdomain
from include.sources.json_ld import job_postings
from include.sources.paging import number_in
from include.sources.records import row_sha256

_CARD = re.compile(r"^/jobs/(?P<id>\d+)/?$")
_FORM = re.compile(r"/jobs/(?P<id>\d+)/apps/new/?$")


class CareerPlug:
    source = "careerplug"
    facts = SourceFacts(is_fragile=True)
    config_keys = ConfigKeys(
        required=("site",),
        readers={"site": subdomain},
        home="https://{site}.careerplug.com",
        overridden=("site",),
    )
    volatile_keys = ()

    def first_request(self, config: Mapping[str, Any]) -> Request:
        return _request(config, page=1)

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        html = response.html()
        if form := _FORM.search(urlsplit(response.url).path):
            name = html.css_first(".job-name")
            if name is None or not node_text(name):
                raise ParseError(f"{response.url} does not name its posting")
            return ListingPage(jobs=(_job(config, form["id"], name),))
        table = html.css_first("#job_table")
        if table is None:
            raise ParseError(f"{response.url} is not a list of postings")
        cards = [card for card in table.css("a[href]") if _CARD.search(_path(card))]
        jobs = [job for card in cards if (job := _listed_job(config, card))]
        page, faults = number_in(request, "page"), list[str]()
        current_page = html.css_first(".pagination .current")
        if current_page and node_text(current_page) != str(page):
            faults.append(f"the response for page {page} is not that page")
        if not cards:
            faults.append("no posting was found")
        if len(jobs) < len(cards):
            faults.append("a posting could not be read")
        if not response.is_whole_html:
            faults.append("the page is cut")
        has_next_page = (
            html.css_first(".pagination a.next_page[href]:not(.disabled)") and not faults
        )
        return ListingPage(
            jobs=_with_texts(jobs, html),
            follow=(_request(config, page=page + 1),) if has_next_page else (),
            partial_reason="; ".join(faults) or None,
        )

    def parse_posting(self, content: str) -> JobPosting:
        job = JsonObject.parse(content)
        markup = JsonObject.of(job.raw("markup"), "the posting")
        posting = schema_posting.read(markup, heading=None)
        return complete(
            replace(posting, external_id=job.need("id"), url=job.text("url")),
            schema_posting.description_of(markup),
            method="jsonld",
        )


def _site(config: Mapping[str, Any]) -> str:
    return f"https://{subdomain(config, 'site')}.careerplug.com"


def _request(config: Mapping[str, Any], *, page: int) -> Request:
    return Request(url=based(config, f"{_site(config)}/jobs?page={page}"))


def _path(link: LexborNode) -> str:
    return (link.attributes["href"] or "").partition("?")[0]


def _job(config: Mapping[str, Any], number: str, title: LexborNode) -> ListedJob:
    url = f"{_site(config)}/jobs/{number}"
    page_url = based(config, url)
    return ListedJob(
        external_id=number,
        title=node_text(title),
        url=url,
        page_url=page_url if page_url != url else None,
        row_sha256=row_sha256(node_text(title)),
    )


def _listed_job(config: Mapping[str, Any], card: LexborNode) -> ListedJob | None:
    match, title = _CARD.search(_path(card)), card.css_first(".job-title")
    if match is None or title is None or not node_text(title):
        return None
    place = card.css_first(".job-location")
    for label in card.css(".job-row-title"):
        label.remove()
    return replace(
        _job(config, match["id"], title),
        location=(node_text(place) or None) if place else None,
        row_sha256=row_sha256(node_text(card)),
    )


def _with_texts(jobs: list[ListedJob], html: LexborHTMLParser) -> tuple[ListedJob, ...]:
    """Return the jobs, each with its JSON-LD as inline content.

    If the titles in the JSON-LD differ from the titles of the jobs, return the jobs unchanged.
    """
    postings = list(job_postings(html))
    titles = [one_line(unescape(posting.text("title") or "")) for posting in postings]
    if titles != [job.title for job in jobs]:
        return tuple(jobs)
    return tuple(
        replace(
            job,
            content=JsonObject(
                {"id": job.external_id, "url": job.url, "markup": posting.raw()}
            ).dump(),
            row_sha256=row_sha256([job.row_sha256, posting.raw()]),
        )
        for job, posting in zip(jobs, postings, strict=True)
    )
