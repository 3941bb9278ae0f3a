"""Ashby's public job posting API (developers.ashbyhq.com/docs/public-job-posting-api).

One request answers the whole board, with no total and no paging; 404 is an unknown board (the
hosted page answers 200 for any name). Postings with ``isListed`` false are shared by link only and
are none of a board's listing. ``isRemote`` is true of hybrids too, so only ``workplaceType`` says
how one works. Pay is there if ``includeCompensation`` is asked for; of its components only
``Salary`` is pay, and its interval is a number and a unit ("1 YEAR", "2 WEEK").
"""

from collections.abc import Mapping
from typing import Any

from include.core.dates import moment
from include.core.employment import employment_types
from include.core.json_object import JsonObject
from include.core.locations import locate, workplace_of
from include.core.markup import describe
from include.core.models import JobPosting, ListedJob, Location, Salary
from include.core.provenance import credit
from include.core.salary import pay_period, salary, widest
from include.sources.base import ListingPage, Request, Response
from include.sources.config import ConfigKeys, based, name
from include.sources.records import listing_page

_API = "https://api.ashbyhq.com/posting-api/job-board"


class Ashby:
    source = "ashby"
    config_keys = ConfigKeys(required=("board",))

    def first_request(self, config: Mapping[str, Any]) -> Request:
        url = f"{_API}/{name(config, 'board')}?includeCompensation=true"
        return Request(url=based(config, url))

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        return listing_page(JsonObject.of(response.json(), "the board").raw("jobs"), _listed)

    def parse_posting(self, content: str) -> JobPosting:
        job = JsonObject.parse(content)
        description = describe(job.html("descriptionHtml"))
        employment = job.text("employmentType")
        return credit(
            JobPosting(
                title=job.need("title"),
                external_id=job.need("id"),
                url=job.text("jobUrl"),
                apply_url=job.text("applyUrl"),
                department=job.text("department"),
                team=job.text("team"),
                locations=tuple(
                    location
                    for place in (job, *job.objects("secondaryLocations"))
                    if (location := _location(place))
                ),
                workplace=workplace_of(job.text("workplaceType")),
                employment_types=employment_types(employment),
                employment_type_raw=employment,
                salary=_pay(job),
                description_html=description.html,
                description_text=description.text,
                requirements=description.requirements,
                posted_at=moment(job.text("publishedAt")),
                posted_at_raw=job.text("publishedAt"),
            ),
            "api",
        )


def _listed(job: JsonObject) -> ListedJob | None:
    if job.flag("isListed") is False:
        return None
    return ListedJob(
        external_id=job.need("id"),
        title=job.need("title"),
        url=job.need("jobUrl"),
        location=job.text("location"),
        content=job.dump(),
    )


def _location(place: JsonObject) -> Location | None:
    raw = place.text("location")
    if raw is None:
        return None
    address = ("address", "postalAddress")
    read = locate(raw, country=place.text(*address, "addressCountry"))
    return Location(
        raw=raw,
        city=place.text(*address, "addressLocality") or read.city,
        region=place.text(*address, "addressRegion") or read.region,
        country=read.country,
    )


def _pay(job: JsonObject) -> Salary | None:
    summary = job.text("compensation", "compensationTierSummary")
    return widest(
        [
            salary(
                low=part.number("minValue"),
                high=part.number("maxValue"),
                currency=part.text("currencyCode"),
                period=pay_period(part.text("interval")),
                raw=summary,
                origin="structured",
            )
            for part in job.objects("compensation", "summaryComponents")
            if part.text("compensationType") == "Salary"
        ]
    )
