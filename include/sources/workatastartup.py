"""The adapter of Work at a Startup, the job site of companies that Y Combinator funds.

The page of a company is ``www.ycombinator.com/companies/{company}/jobs``. Its attribute
``data-page`` holds all postings of the company as JSON, without paging and without a total. JSON
that is cut cannot be parsed. Therefore a listing that could be parsed is complete. The list may
hold postings of other companies, which are left out. If it holds only such postings, the listing is
partial. The page of an unknown company responds with 404. A row states ages, such as "20 days",
instead of dates.

A posting is a web page that has JSON-LD. The address of a posting that is gone redirects to the
page of the company, which has the status 200. These facts are from recorded pages and from other
crawlers' code and tests.
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
    """The keys of the posting's age, and of the time since the company was last active."""

    def first_request(self, config: Mapping[str, Any]) -> Request:
        return Request(url=based(config, f"{_SITE}/companies/{name(config, 'company')}/jobs"))

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        state = _state(response)
        if state is None or state.text("component") != _LIST:
            raise ParseError(f"{response.url} is not the list of a company's postings")
        company, rows = state.need("props", "company", "slug"), state.raw("props", "jobPostings")
        page = listing_page(
            rows, lambda job: _listed_job(config, company, job), volatile=self.volatile_keys
        )
        if rows and not page.jobs and not page.partial_reason:
            return replace(page, partial_reason="no posting of the list is of its company")
        return page

    def parse_posting(self, content: str) -> JobPosting | None:
        return None  # Postings are web pages, which include/extract reads.

    def parse_page(self, page: Response) -> JobPosting | None:
        state = _state(page)
        if state and state.text("component") == _LIST:
            raise PageGone(f"{page.url} leads to the list of the company's postings")
        return None


def _state(page: Response) -> JsonObject | None:
    """Return the JSON in the page's attribute ``data-page``, or None if there is none."""
    node = page.html().css_first("[data-page]")
    page_data = node.attributes.get("data-page") if node else None
    return JsonObject.of(read_json(page_data), "the page's state") if page_data else None


def _listed_job(config: Mapping[str, Any], company: str, job: JsonObject) -> ListedJob | None:
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
