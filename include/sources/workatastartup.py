"""Read Work at a Startup, the site where companies funded by Y Combinator publish their postings.

``www.ycombinator.com/companies/{company}/jobs`` is the page of a company. It states all postings of
the company as JSON in an attribute (``data-page``), without paging and without a total. The JSON
can only be parsed if it is whole, so a listing that was parsed is complete. The list may hold
postings of other companies, which are left out; if it holds only those, it is partial. The page of
an unknown company responds with 404. A row states its ages ("20 days"), which change with time.

A posting is a web page with JSON-LD. The page of a posting that is gone redirects to the page of
its company, with the status 200. The facts are from recorded pages and from other crawlers' code
and tests.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from include.core.formats.json_object import JsonObject, read_json
from include.core.formats.urls import absolute
from include.core.models import JobPosting, ListedJob
from include.errors import PageGone, ParseError
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based, name
from include.sources.records import listing_page

_SITE = "https://www.ycombinator.com"
_LIST = "WaasShowJobsPage"


class WorkAtAStartup:
    source = "workatastartup"
    facts = SourceFacts()
    config_keys = ConfigKeys(required=("company",), home=_SITE)
    volatile_keys = ("createdAt", "lastActive")
    """The age of the posting, and the time since the company was last active."""

    def first_request(self, config: Mapping[str, Any]) -> Request:
        return Request(url=based(config, f"{_SITE}/companies/{name(config, 'company')}/jobs"))

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        state = _state(response)
        if state is None or state.text("component") != _LIST:
            raise ParseError(f"{response.url} is not the list of a company's postings")
        company, rows = state.need("props", "company", "slug"), state.raw("props", "jobPostings")
        found = listing_page(
            rows, lambda job: _listed(config, company, job), volatile=self.volatile_keys
        )
        if rows and not found.jobs and not found.partial_reason:
            return replace(found, partial_reason="no posting of the list is of its company")
        return found

    def parse_posting(self, content: str) -> JobPosting | None:
        return None

    def parse_page(self, page: Response) -> JobPosting | None:
        state = _state(page)
        if state and state.text("component") == _LIST:
            raise PageGone(f"{page.url} leads to the list of the company's postings")
        return None


def _state(page: Response) -> JsonObject | None:
    """Return the state of the page's JavaScript application; None if the page has none."""
    node = page.html().css_first("[data-page]")
    stated = node.attributes.get("data-page") if node else None
    return JsonObject.of(read_json(stated), "the page's state") if stated else None


def _listed(config: Mapping[str, Any], company: str, job: JsonObject) -> ListedJob | None:
    url = absolute(f"{_SITE}/", job.need("url"))
    if url is None or not url.startswith(f"{_SITE}/companies/"):
        raise ParseError("`url` is not the address of a posting")
    if not url.startswith(f"{_SITE}/companies/{company}/jobs/"):
        return None
    page_url = based(config, url)
    return ListedJob(
        external_id=job.need("id"),
        title=job.need("title"),
        url=url,
        location=job.text("location"),
        page_url=page_url if page_url != url else None,
    )
