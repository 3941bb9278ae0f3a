"""The adapter of Pinpoint, whose career sites are at {site}.pinpointhq.com.

The adapter requests the list of a site at ``/postings.json``. One response holds every open posting
in full, without a total and without paging. It is not known what the response for an unknown site
is. Therefore an empty list is partial. The text is in four parts. Each part except the first has a
heading. Pay is read only if ``compensation_visible`` is true, because the response also contains
pay that the employer hides. The frequency of the pay may be one that ``PayPeriod`` does not have,
such as ``two_weeks``. A posting has no date of publication, and its place has no country.
"""

from collections.abc import Mapping
from typing import Any

from include.core.fields.dates import parse_time
from include.core.fields.employment import employment_types
from include.core.fields.reading import complete
from include.core.formats.json_object import JsonObject
from include.core.formats.markup import section
from include.core.models import JobPosting, ListedJob, Location, Salary
from include.core.pay.pay_period import pay_period
from include.core.pay.salary import salary
from include.core.places.locations import location_from_parts
from include.core.places.workplaces import workplace_of
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based, subdomain
from include.sources.records import MAYBE_UNKNOWN, listing_page

_PARTS = ("description", "key_responsibilities", "skills_knowledge_expertise", "benefits")


class Pinpoint:
    source = "pinpoint"
    facts = SourceFacts(lists_by_api=True, reads_by_api=True)
    config_keys = ConfigKeys(
        required=("site",),
        readers={"site": subdomain},
        home="https://{site}.pinpointhq.com",
        overridden=("site",),
    )
    volatile_keys = ()

    def first_request(self, config: Mapping[str, Any]) -> Request:
        url = f"https://{subdomain(config, 'site')}.pinpointhq.com/postings.json"
        return Request(url=based(config, url))

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        postings = JsonObject.of(response.json(), "the list").raw("data")
        return listing_page(
            postings,
            _listed_job,
            volatile=self.volatile_keys,
            partial_reason=None if postings else MAYBE_UNKNOWN,
        )

    def parse_posting(self, content: str) -> JobPosting:
        posting = JsonObject.parse(content)
        html = "\n".join(
            section(posting.text(f"{part}_header"), text)
            for part in _PARTS
            if (text := posting.html(part))
        )
        employment = posting.text("employment_type_text") or posting.text("employment_type")
        location = _location(posting)
        return complete(
            JobPosting(
                title=posting.need("title"),
                external_id=posting.need("id"),
                requisition_id=posting.text("job", "requisition_id"),
                url=posting.url("url"),
                department=posting.text("job", "department", "name"),
                team=posting.text("job", "division", "name"),
                locations=(location,) if location else (),
                workplace=workplace_of(posting.text("workplace_type")),
                employment_types=employment_types(employment),
                employment_type_raw=employment,
                salary=_pay(posting),
                valid_through=parse_time(posting.text("deadline_at")),
                valid_through_raw=posting.text("deadline_at"),
            ),
            html,
        )


def _listed_job(posting: JsonObject) -> ListedJob:
    location = _location(posting)
    return ListedJob(
        external_id=posting.need("id"),
        title=posting.need("title"),
        url=posting.need_url("url"),
        location=location.raw if location else None,
        content=posting.dump(),
    )


def _location(posting: JsonObject) -> Location | None:
    return location_from_parts(
        city=posting.text("location", "city"),
        region=posting.text("location", "province"),
        country=None,
        raw=posting.text("location", "name"),
    )


def _pay(posting: JsonObject) -> Salary | None:
    if posting.flag("compensation_visible") is not True:
        return None
    frequency = posting.text("compensation_frequency") or ""
    return salary(
        low=posting.number("compensation_minimum"),
        high=posting.number("compensation_maximum"),
        currency=posting.text("compensation_currency"),
        # This keeps "two_weeks" from being read as a week.
        period=pay_period(frequency) if frequency.isalpha() else None,
        origin="structured",
    )
