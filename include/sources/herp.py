"""The adapter of HERP Careers (herp.careers), where Japanese companies publish postings.

These companies use the applicant tracking system HERP Hire. The adapter requests the API that the
pages of HERP Careers call. HERP does not document this API. One response holds a company and all of
its postings in full, without a total and without paging. For a company that is not on HERP Careers,
the API responds with 404, even if the company has a page at herp.careers/v1. Each posting repeats
the facts about the company. Some of them change although the posting does not. When a posting takes
no more applications, its ``isApplicable`` becomes false. If ``companyIsApplicationEnabled`` is
false, the company takes applications only at herp.careers/v1, and the posting's ``url`` is there.

The title of a posting is in ``name``, while ``title`` is a slogan. The parts of the text are plain
text. Amounts of pay are in yen if the text beside them contains 円 (yen) or 万 (ten thousand yen).
A null ``jobRemoteworkType`` does not mean that the work is on site.
"""

import re
from collections.abc import Mapping
from html import escape
from typing import Any
from urllib.parse import quote

from include.core.fields.dates import parse_time
from include.core.fields.employment import employment_types
from include.core.fields.reading import complete
from include.core.formats.json_object import JsonObject
from include.core.formats.markup import section
from include.core.models import JobPosting, ListedJob, Location, Workplace
from include.core.pay.pay_period import pay_period
from include.core.pay.salary import salary
from include.core.places.locations import location_from_parts
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based, name
from include.sources.records import listing_page

_SITE = "https://herp.careers"
_WORKPLACES = {
    "FULL_REMOTEWORK": Workplace.REMOTE,
    "HYBRID_REMOTEWORK": Workplace.HYBRID,
}
_PARTS = {
    "title": None,
    "summary": "仕事概要",
    "requiredSkills": "必須スキル",
    "preferredSkills": "歓迎スキル",
    "personality": "求める人物像",
    "workingConditions": "勤務体系",
    "trial": "試用期間",
    "welfare": "福利厚生",
}
"""The parts of the text in their order. The value of each is the heading that the site shows. None
means that the part has no heading."""
_COUNTRY = "JP"


class Herp:
    source = "herp"
    facts = SourceFacts(lists_by_api=True, reads_by_api=True)
    config_keys = ConfigKeys(required=("company",), home=_SITE)
    volatile_keys = (
        "companyCumulativeFunding",
        "companyMembersVoiceCount",
        "companyNumberOfEmployees",
        "companyValuation",
        "companyYearsSinceFounded",
    )
    """The figures about the company in each row. They change although the posting does not."""

    def first_request(self, config: Mapping[str, Any]) -> Request:
        url = f"{_SITE}/careers/api/v1/companies/{name(config, 'company')}"
        return Request(url=based(config, url))

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        answer = JsonObject.of(response.json(), "the response")
        company = JsonObject.of(answer.raw("company"), "the company")
        return listing_page(
            company.raw("jobs"), lambda job: _listed_job(config, job), volatile=self.volatile_keys
        )

    def parse_posting(self, content: str) -> JobPosting:
        job = JsonObject.parse(content)
        html = "\n".join(
            # chr(10) is a line break, because an f-string must not contain a backslash.
            section(heading, f"<p>{escape(text).replace(chr(10), '<br>')}</p>")
            for part, heading in _PARTS.items()
            if (text := job.html(part).strip())
        )
        text = job.text("salary", "text") or ""
        return complete(
            JobPosting(
                title=job.need("name"),
                external_id=job.need("id"),
                requisition_id=job.text("requisitionId"),
                url=job.text("url"),
                company=job.text("companyName"),
                department=", ".join(role.text("name") or "" for role in job.objects("jobRoles"))
                or None,
                locations=_locations(job),
                workplace=_WORKPLACES.get(job.text("jobRemoteworkType") or ""),
                employment_types=employment_types(job.texts("jobEmploymentTypeIds")),
                employment_type_raw=job.text("formOfEmployment"),
                salary=salary(
                    low=job.number("salary", "minimum"),
                    high=job.number("salary", "maximum"),
                    currency="JPY" if re.search("[円万]", text) else None,
                    period=pay_period(job.text("salary", "period")),
                    raw=text,
                    origin="structured",
                ),
                posted_at=parse_time(job.text("jobPublishedAt")),
                posted_at_raw=job.text("jobPublishedAt"),
                updated_at=parse_time(job.text("updatedAt")),
                updated_at_raw=job.text("updatedAt"),
            ),
            html,
        )


def _listed_job(config: Mapping[str, Any], job: JsonObject) -> ListedJob | None:
    if job.flag("isApplicable") is False:
        return None
    company, number = name(config, "company"), quote(job.need("id"), safe="")
    is_at_v1 = job.flag("companyIsApplicationEnabled") is False
    path = f"v1/{company}" if is_at_v1 else f"careers/companies/{company}/jobs"
    url = f"{_SITE}/{path}/{number}"
    return ListedJob(
        external_id=job.need("id"),
        title=job.need("name"),
        url=url,
        location="; ".join(location.raw for location in _locations(job)) or None,
        content=JsonObject({**job.raw(), "url": url}).dump(),
        modified=job.text("updatedAt"),
    )


def _locations(job: JsonObject) -> tuple[Location, ...]:
    """Return the places of a posting, which are prefectures and cities of Japan.

    The text of a place has the prefecture before the city, as in a Japanese address.
    """
    names = (
        (place.text("prefName"), place.text("cityName")) for place in job.objects("jobLocations")
    )
    locations = (
        location_from_parts(
            city=city, region=region, country=None, code=_COUNTRY, raw=f"{region}{city or ''}"
        )
        for region, city in names
        if region
    )
    return tuple(dict.fromkeys(location for location in locations if location))
