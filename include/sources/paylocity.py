"""The adapter of Paylocity, whose career sites are at recruiting.paylocity.com.

Paylocity has no public API. Therefore the adapter reads web pages. The page of a board is
``https://recruiting.paylocity.com/recruiting/jobs/All/{guid}``. The ``board`` in the config is this
{guid}. A script in the page assigns all postings to ``window.pageData``, without paging and without
a total. Therefore the listing is complete if the assigned JSON is whole. An unknown board has no
such page. Postings that are only for employees (``IsInternal``) are not listed. The description in
the list is cut.

A posting is a web page that has JSON-LD. Its URL does not name the board. Some boards are on a
numbered host, such as ``2000recruiting.paylocity.com``, and need a ``base_url``.

These facts are from a recorded board and from other crawlers' code. Paylocity documents only a feed
that needs a key.
"""

from collections.abc import Mapping
from typing import Any

from include.core.formats.json_object import JsonObject
from include.core.models import JobPosting, ListedJob
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based, guid
from include.sources.records import listing_page

_SITE = "https://recruiting.paylocity.com"


class Paylocity:
    source = "paylocity"
    facts = SourceFacts()
    config_keys = ConfigKeys(required=("board",), readers={"board": guid}, home=_SITE)
    volatile_keys = ()

    def first_request(self, config: Mapping[str, Any]) -> Request:
        url = f"{_SITE}/recruiting/jobs/All/{guid(config, 'board')}"
        return Request(url=based(config, url))

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        board = JsonObject.of(response.json_after(r"window\.pageData\s*=\s*"), "the board")
        return listing_page(
            board.raw("Jobs"), lambda job: _listed_job(config, job), volatile=self.volatile_keys
        )

    def parse_posting(self, content: str) -> JobPosting | None:
        return None  # Postings are web pages, which include/extract reads.


def _listed_job(config: Mapping[str, Any], job: JsonObject) -> ListedJob | None:
    if job.flag("IsInternal"):
        return None
    posting_id = job.need("JobId")
    url = f"{_SITE}/Recruiting/Jobs/Details/{posting_id}"
    page_url = based(config, url)
    return ListedJob(
        external_id=posting_id,
        title=job.need("JobTitle"),
        url=url,
        location=None if job.flag("ShouldDisplayLocation") is False else job.text("LocationName"),
        page_url=page_url if page_url != url else None,
    )
