"""The adapter of HRMOS, whose career pages of Japanese companies are at hrmos.co/pages/{company}.

The list of jobs consists of web pages of 100 postings each. The parameter ``page`` counts the pages
from 1. Each page that has postings states the total ("全 203 件中 3 件" means 3 of 203). A page
after the last one has neither postings nor a total. A row of the list has tags of any kind.
Therefore it is unknown which tag is the place of the posting. For an unknown company, the response
is a 404.

A posting is a web page, which usually has JSON-LD. The page of a posting for new graduates has
none. It is read from its heading, table and text. When a posting is over, its page remains, but its
button says 募集終了 (no longer recruiting).
"""

import re
from collections.abc import Mapping
from typing import Any

from selectolax.lexbor import LexborNode

from include.core.fields.employment import employment_types
from include.core.fields.reading import complete
from include.core.formats.markup import node_text
from include.core.formats.urls import absolute
from include.core.models import JobPosting, ListedJob
from include.core.places.locations import locate
from include.errors import PageGone, ParseError
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based, name
from include.sources.paging import next_start, number_in, total_in
from include.sources.records import row_sha256

_SITE = "https://hrmos.co"
_PAGE_SIZE = 100
_TOTAL = re.compile(r"全\s*([\d,]+)\s*件")
_CLOSED = ".pg-apply-box .disabled"
_POSTING = re.compile(r"/jobs/(?P<id>[^/?#]+)$")


class Hrmos:
    source = "hrmos"
    facts = SourceFacts()
    config_keys = ConfigKeys(required=("company",), home=_SITE)
    volatile_keys = ()

    def first_request(self, config: Mapping[str, Any]) -> Request:
        return _request(config, page=1)

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        page = response.html()
        count_node = page.css_first(".pg-count")
        total = total_in(count_node.text(), _TOTAL) if count_node else None
        if total is None:
            raise ParseError(f"{response.url} does not state how many postings there are")
        rows = page.css(".jsc-joblist-cassette")
        jobs = [job for row in rows if (job := _listed_job(config, row, response.url))]
        page_number = number_in(request, "page")
        next_offset = next_start((page_number - 1) * _PAGE_SIZE, received=len(rows), total=total)
        return ListingPage(
            jobs=tuple(jobs),
            total=total,
            follow=() if next_offset is None else (_request(config, page=page_number + 1),),
            partial_reason=None if len(jobs) == len(rows) else "a posting could not be read",
        )

    def parse_posting(self, content: str) -> JobPosting | None:
        return None  # Postings are web pages, which include/extract reads.

    def parse_page(self, page: Response) -> JobPosting | None:
        """Return the posting of a page that has no JSON-LD.

        Return None if the page has JSON-LD, because ``extract`` then reads it, or if it has no
        heading. Raises PageGone if the page says that the job is no longer offered.
        """
        html = page.html()
        heading, button = html.css_first("h1.sg-corporate-name"), html.css_first(_CLOSED)
        if button and "募集終了" in button.text():
            raise PageGone(f"HRMOS says that the job is over ({node_text(button)})")
        if heading is None or html.css_first('script[type="application/ld+json"]'):
            return None
        facts = {
            node_text(label): node_text(value)
            for row in html.css("tr")
            if (label := row.css_first("th")) and (value := row.css_first("td"))
        }
        employment = facts.get("雇用形態")
        place = facts.get("勤務地", "").partition("地図で確認")[0].strip()
        return complete(
            JobPosting(
                title=node_text(heading),
                company=facts.get("会社名"),
                url=page.url,
                locations=(locate(place),) if place else (),
                employment_types=employment_types(employment),
                employment_type_raw=employment,
            ),
            "\n".join(part.html or "" for part in html.css(".pg-markdown")),
            method="html",
        )


def _request(config: Mapping[str, Any], *, page: int) -> Request:
    return Request(url=based(config, f"{_SITE}/pages/{name(config, 'company')}/jobs?page={page}"))


def _listed_job(config: Mapping[str, Any], row: LexborNode, page: str) -> ListedJob | None:
    link, heading = row.css_first("a[href]"), row.css_first("h2")
    url = (absolute(page, link.attributes["href"]) if link else None) or ""
    match = _POSTING.search(url)
    title = node_text(heading) if heading else ""
    if not (match and title):
        return None
    page_url = based(config, url)
    return ListedJob(
        external_id=match["id"],
        title=title,
        url=url,
        page_url=page_url if page_url != url else None,
        row_sha256=row_sha256(node_text(row)),
    )
