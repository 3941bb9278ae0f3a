"""The adapter of Rippling, which reads Rippling's job board API.

The API is documented at developer.rippling.com/documentation/job-board-api. One response holds the
whole list, without a total and without paging. The response for an unknown board is a 404. The
names of boards are case-sensitive. The list has one row for each location of a job. All rows of a
job have the same ``uuid``. Each job has its own document, which holds all locations, the
description in two parts, and the pay by place or level. In ``employmentType``, ``label`` is a code
such as "SALARIED_FT", or null. ``id`` is the text that people read.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from include.core.fields.dates import parse_time
from include.core.fields.employment import employment_types
from include.core.fields.reading import complete
from include.core.formats.json_object import JsonObject
from include.core.models import JobPosting, ListedJob
from include.core.pay.pay_period import pay_period
from include.core.pay.salary import salary, widest
from include.core.places.place_lists import locations_in
from include.core.places.workplaces import workplace_in
from include.errors import PageGone, ParseError
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based, name
from include.sources.records import listing_page, merged_by

_API = "https://api.rippling.com/platform/api/ats/v1/board"
_HOURS = (("_FT", " full-time"), ("_PT", " part-time"))


class Rippling:
    source = "rippling"
    facts = SourceFacts(lists_by_api=True, reads_by_api=True)
    config_keys = ConfigKeys(required=("board",), home=_API)
    volatile_keys = ()

    def first_request(self, config: Mapping[str, Any]) -> Request:
        return Request(url=based(config, f"{_API}/{name(config, 'board')}/jobs"))

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        rows = response.json()
        if not isinstance(rows, list):
            raise ParseError(f"the response of {response.url} is not a list of jobs")
        rows = merged_by(rows, "uuid", "workLocation")
        return listing_page(rows, lambda job: _listed_job(config, job), volatile=self.volatile_keys)

    def parse_posting(self, content: str) -> JobPosting:
        job = JsonObject.parse(content)
        if job.flag("ok") is False or job.text("error_code") == "RESOURCE_NOT_FOUND":
            raise PageGone("Rippling has no such job")
        html = "\n".join([job.html("description", "company"), job.html("description", "role")])
        places = job.texts("workLocations")
        code, label = job.text("employmentType", "label"), job.text("employmentType", "id")
        return complete(
            JobPosting(
                title=job.need("name"),
                external_id=job.need("uuid"),
                url=job.text("url"),
                company=job.text("companyName"),
                department=job.text("department", "name"),
                locations=tuple(place for each in places for place in locations_in(each)),
                workplace=workplace_in(places),
                employment_types=employment_types(filter(None, [_spelled_out(code), label])),
                employment_type_raw=code or label,
                salary=widest(
                    [
                        salary(
                            low=pay.number("rangeStart"),
                            high=pay.number("rangeEnd"),
                            currency=pay.text("currency"),
                            period=pay_period(pay.text("frequency")),
                            origin="structured",
                        )
                        for pay in job.objects("payRangeDetails")
                    ]
                ),
                posted_at=parse_time(job.text("createdOn")),
                posted_at_raw=job.text("createdOn"),
            ),
            html,
        )


def _listed_job(config: Mapping[str, Any], job: JsonObject) -> ListedJob:
    key = quote(job.need("uuid"), safe="")
    places = (each.text("label") for each in job.objects("workLocation"))
    return ListedJob(
        external_id=job.need("uuid"),
        title=job.need("name"),
        url=job.need("url"),
        location="; ".join(dict.fromkeys(filter(None, places))) or None,
        page_url=based(config, f"{_API}/{name(config, 'board')}/jobs/{key}"),
    )


def _spelled_out(code: str | None) -> str | None:
    """Return the code with its hours in words, such as "SALARIED full-time" for "SALARIED_FT"."""
    for short, full_form in _HOURS:
        code = code and code.replace(short, full_form)
    return code
