"""The adapter of ApplicantPro and isolved Hire.

Career sites are at {company}.applicantpro.com or {company}.isolvedhire.com. The adapter requests
the API that their pages call, which isolved does not document. The front page of a site states the
number of the site (``domainId`` or ``domain_id``). One request that contains this number returns
all postings and their number, ``jobCount``. If the site has no postings, the list is empty. The
address of an unknown or unused site redirects to a page that does not state the number. The front
page of a disabled site has the status 200 and says that the site is disabled. If the site cannot
make the list, ``success`` is false.

The list has no descriptions. A posting is the web page ``/jobs/{id}.html``, which has JSON-LD.

These facts are from other crawlers' code.
"""

import re
from collections.abc import Mapping
from html import unescape
from typing import Any
from urllib.parse import quote

from include.core.formats.json_object import JsonObject
from include.core.models import JobPosting, ListedJob
from include.errors import ParseError
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based, host
from include.sources.records import listing_page, reason_if_unproved

_NUMBER = re.compile(r"\bdomain(?:Id|_id)[\"']?\s*:\s*[\"']?(\d+)")
_LIST = "/core/jobs/"
_PUBLIC = "?getParams=%7B%22isInternal%22%3A0%7D"
"""The query of the list's URL. It contains the JSON ``{"isInternal":0}``, which requests the
postings that everyone may see."""


class ApplicantPro:
    source = "applicantpro"
    facts = SourceFacts(lists_by_api=True)
    config_keys = ConfigKeys(required=("host",), readers={"host": host}, home="https://{host}")
    volatile_keys = ()

    def first_request(self, config: Mapping[str, Any]) -> Request:
        return Request(url=based(config, f"{_site(config)}/jobs/"))

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        if _LIST not in request.url:
            site_number = _NUMBER.search(response.text())
            if site_number is None:
                raise ParseError(f"{response.url} is not the front page of a career site")
            url = f"{_site(config)}{_LIST}{site_number[1]}{_PUBLIC}"
            return ListingPage(follow=(Request(url=based(config, url)),))
        answer = JsonObject.of(response.json(), "the list")
        if answer.flag("success") is False:
            raise ParseError(f"the site could not list its postings: {answer.text('message')}")
        total = answer.number("data", "jobCount")
        return listing_page(
            answer.raw("data", "jobs"),
            lambda job: _listed_job(config, job),
            volatile=self.volatile_keys,
            total=total,
            partial_reason=reason_if_unproved(total),
        )

    def parse_posting(self, content: str) -> JobPosting | None:
        return None  # Postings are web pages, which include/extract reads.


def _site(config: Mapping[str, Any]) -> str:
    return f"https://{host(config, 'host')}"


def _listed_job(config: Mapping[str, Any], job: JsonObject) -> ListedJob:
    number = job.need("id")
    url = f"{_site(config)}/jobs/{quote(number, safe='')}.html"
    page_url = based(config, url)
    parts = filter(None, map(job.text, ("city", "abbreviation", "iso3")))
    return ListedJob(
        external_id=number,
        title=unescape(job.need("title")),
        url=url,
        location=job.text("jobLocation") or ", ".join(parts) or None,
        page_url=page_url if page_url != url else None,
    )
