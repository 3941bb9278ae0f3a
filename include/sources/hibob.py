"""The adapter of HiBob, whose career sites are at {site}.careers.hibob.com.

The adapter requests the API that the pages of these sites call. HiBob does not document this API.
One response holds every open posting in full, without a total and without paging. A request needs a
``Referer`` of the same site. Without it, the response is a 401. It is not known what the response
for an unknown site is. Therefore an empty list is partial. The text is in four parts, whose
headings a site may set (``sectionLabels``). ``site`` is the name of an office, which may be a city,
a country or "Remote".
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from include.core.fields.dates import parse_time
from include.core.fields.employment import employment_types
from include.core.fields.reading import complete
from include.core.formats.json_object import JsonObject
from include.core.formats.markup import section
from include.core.models import JobPosting, ListedJob, Location
from include.core.pay.pay_period import pay_period
from include.core.pay.salary import salary
from include.core.places.locations import locate
from include.core.places.workplaces import workplace_of
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based, subdomain
from include.sources.records import MAYBE_UNKNOWN, listing_page

_PARTS = {
    "description": None,
    "responsibilities": "Responsibilities",
    "requirements": "Requirements",
    "benefits": "Benefits",
}
"""The parts of the text in their order. The value of each is its heading if the site sets no other.
None means that the part then has no heading."""


class HiBob:
    source = "hibob"
    facts = SourceFacts(lists_by_api=True, reads_by_api=True)
    config_keys = ConfigKeys(
        required=("site",), readers={"site": subdomain}, home="https://{site}.careers.hibob.com"
    )
    volatile_keys = ()

    def first_request(self, config: Mapping[str, Any]) -> Request:
        home = _home(config)
        return Request(url=based(config, f"{home}/api/job-ad"), headers={"Referer": f"{home}/"})

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        ads = JsonObject.of(response.json(), "the list").raw("jobAdDetails")
        return listing_page(
            ads,
            lambda ad: _listed_job(config, ad),
            volatile=self.volatile_keys,
            partial_reason=None if ads else MAYBE_UNKNOWN,
        )

    def parse_posting(self, content: str) -> JobPosting:
        ad = JsonObject.parse(content)
        html = "\n".join(
            section(ad.text("sectionLabels", part) or heading, text)
            for part, heading in _PARTS.items()
            if (text := ad.html(part))
        )
        employment = ad.texts("employmentTypeId") + ad.texts("employmentType")
        location = _location(ad)
        return complete(
            JobPosting(
                title=ad.need("title"),
                external_id=ad.need("id"),
                url=ad.text("url"),
                department=ad.text("department"),
                language=ad.text("language"),
                locations=(location,) if location else (),
                workplace=workplace_of(ad.text("workspaceTypeId") or ad.text("workspaceType")),
                employment_types=employment_types(employment),
                employment_type_raw=", ".join(dict.fromkeys(employment)) or None,
                salary=salary(
                    low=ad.number("payTransparencyMinSalary"),
                    high=ad.number("payTransparencyMaxSalary"),
                    currency=ad.text("payTransparencySalaryCurrency"),
                    period=pay_period(ad.text("payTransparencySalaryPayPeriod")),
                    origin="structured",
                ),
                posted_at=parse_time(ad.text("publishedAt")),
                posted_at_raw=ad.text("publishedAt"),
            ),
            html,
        )


def _home(config: Mapping[str, Any]) -> str:
    return f"https://{subdomain(config, 'site')}.careers.hibob.com"


def _listed_job(config: Mapping[str, Any], ad: JsonObject) -> ListedJob:
    url = f"{_home(config)}/jobs/{quote(ad.need('id'), safe='')}"
    location = _location(ad)
    return ListedJob(
        external_id=ad.need("id"),
        title=ad.need("title"),
        url=url,
        location=location.raw if location else None,
        content=JsonObject({**ad.raw(), "url": url}).dump(),
    )


def _location(ad: JsonObject) -> Location | None:
    site, country = ad.text("site"), ad.text("country")
    raw = ", ".join(dict.fromkeys(filter(None, (site, country))))
    return locate(raw, country=country) if raw else None
