"""The adapter of Workable, whose job boards are at apply.workable.com.

The adapter requests the API that the pages of these boards call. The API that workable.readme.io
documents is not used, because it is for customers.

The list is requested by POST, with ten postings a page. ``nextPage`` of a response is the ``token``
of the next request. The last response has no ``nextPage``. Each response states the total in
``total``. The list has no descriptions. Each posting's own document has the description in three
parts. The response for an unknown account is a 404 whose body is text. If more than two requests
are sent at the same time, the response is a 429. ``type`` states the hours by values of its own
("full", "part"). A location whose ``hidden`` is true is not read, because the page does not show
it. Pay has no period.

There is another list, for embedding in websites:
``/api/v1/widget/accounts/{account}?details=true``. One response holds all postings and their
descriptions. This list has one row for each location of a job, and other names for some fields. The
adapter can read this list if a ``base_url`` serves it.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from include.core.fields.dates import parse_time
from include.core.fields.employment import employment_types
from include.core.fields.reading import complete
from include.core.formats.json_object import JsonObject
from include.core.formats.markup import section
from include.core.models import JobPosting, ListedJob, Location
from include.core.pay.salary import salary
from include.core.places.locations import location_from_parts
from include.core.places.workplaces import workplace_from_flags, workplace_of
from include.errors import PageGone
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based, name
from include.sources.records import listing_page, merged_by, reason_if_unproved

_SITE = "https://apply.workable.com"
_HOURS = {"full": "full-time", "part": "part-time"}
_CLOSED_STATES = frozenset({"closed", "archived"})


class Workable:
    source = "workable"
    facts = SourceFacts(lists_by_api=True, reads_by_api=True)
    config_keys = ConfigKeys(required=("account",), home=_SITE)
    volatile_keys = ()

    def first_request(self, config: Mapping[str, Any]) -> Request:
        return _request(config, {"query": ""})

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        page = JsonObject.of(response.json(), "the list")
        if "results" not in page and "jobs" in page:
            return listing_page(
                merged_by(page.raw("jobs"), "shortcode", "locations"),
                lambda job: replace(_listed_job(config, job), page_url=None, content=job.dump()),
                volatile=self.volatile_keys,
            )
        total, token = page.number("total"), page.text("nextPage")
        return listing_page(
            page.raw("results"),
            lambda job: _listed_job(config, job),
            volatile=self.volatile_keys,
            total=total,
            follow=[_request(config, {"query": "", "token": token})] if token else (),
            partial_reason=reason_if_unproved(total),
        )

    def parse_posting(self, content: str) -> JobPosting:
        job = JsonObject.parse(content)
        if job.text("state") in _CLOSED_STATES:
            raise PageGone(f"Workable says that the posting is {job.text('state')}")
        html = "\n".join(
            section(heading, html)
            for heading, html in (
                (None, job.html("description")),
                ("Requirements", job.html("requirements")),
                ("Benefits", job.html("benefits")),
            )
            if html
        )
        hours = job.text("type") or job.text("employment_type")
        published = job.text("published") or job.text("published_on")
        return complete(
            JobPosting(
                title=job.need("title"),
                external_id=job.need("shortcode"),
                requisition_id=job.text("code"),
                department=next(iter(job.texts("department")), None),
                language=job.text("language"),
                locations=_locations(job),
                workplace=workplace_of(job.text("workplace") or job.text("workplace_type"))
                or workplace_from_flags(
                    remote=job.flag("remote") or job.flag("telecommuting"), hybrid=None
                ),
                employment_types=employment_types(_HOURS.get(hours, hours) if hours else None),
                employment_type_raw=hours,
                salary=salary(
                    low=job.number("salary", "salary_from"),
                    high=job.number("salary", "salary_to"),
                    currency=job.text("salary", "salary_currency"),
                    period=None,
                    origin="structured",
                ),
                posted_at=parse_time(published),
                posted_at_raw=published,
            ),
            html,
        )


def _request(config: Mapping[str, Any], search: Mapping[str, Any]) -> Request:
    url = f"{_SITE}/api/v3/accounts/{name(config, 'account')}/jobs"
    return Request(url=based(config, url), method="POST", json=search)


def _listed_job(config: Mapping[str, Any], job: JsonObject) -> ListedJob:
    account, key = name(config, "account"), quote(job.need("shortcode"), safe="")
    return ListedJob(
        external_id=job.need("shortcode"),
        title=job.need("title"),
        url=f"{_SITE}/{account}/j/{key}/",
        location="; ".join(location.raw for location in _locations(job)) or None,
        page_url=based(config, f"{_SITE}/api/v2/accounts/{account}/jobs/{key}"),
    )


def _locations(job: JsonObject) -> tuple[Location, ...]:
    """Return the visible places in ``locations``, or else the place in ``location``.

    If there is neither, the parts of the place are fields of the posting itself.
    """
    visible_places = [each for each in job.objects("locations") if each.flag("hidden") is not True]
    locations = (
        location_from_parts(
            city=each.text("city"),
            region=each.text("region") or each.text("state"),
            country=each.text("country"),
            code=each.text("countryCode"),
        )
        for each in visible_places or job.objects("location") or (job,)
    )
    return tuple(location for location in locations if location)
