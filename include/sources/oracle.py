"""The adapter of Oracle Recruiting, which reads the API of its candidate experience sites.

The API is documented at docs.oracle.com/en/cloud/saas/human-resources/farws.

The config has the ``host`` of a career site, such as ``eeho.fa.us2.oraclecloud.com``, and its
``site`` number, such as ``CX_1``. The limit and the offset of a search are inside the parameter
``finder``, because the API ignores separate parameters ``limit`` and ``offset``. The response has
one item, which holds a page of postings (``requisitionList``) and the total. A site may return
fewer postings than were requested. Therefore the offset of the next page is computed from the
number of postings that were returned.

The list has no descriptions. Each posting is a document of the API. For a posting that is gone, the
response has the status 200 and no items. The response for an unknown site is not documented.
Therefore an empty list is partial.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from include.core.fields.dates import parse_time
from include.core.fields.employment import employment_types
from include.core.fields.reading import complete
from include.core.formats.json_object import JsonObject
from include.core.formats.markup import section
from include.core.models import JobPosting, ListedJob, Location, Salary, Workplace
from include.core.pay.pay_text import salary_in
from include.core.places.locations import locate
from include.core.places.workplaces import workplace_of
from include.errors import PageGone, ParseError
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based, host, name
from include.sources.paging import next_start, number_in
from include.sources.records import listing_page

_PAGE_SIZE = 100
_SECTIONS = (
    (None, "ExternalDescriptionStr"),
    ("Responsibilities", "ExternalResponsibilitiesStr"),
    ("Qualifications", "ExternalQualificationsStr"),
    ("Company", "CorporateDescriptionStr"),
    ("Organization", "OrganizationDescriptionStr"),
)
_PAY_PROMPT = re.compile(r"\b(?:salary|pay range|compensation)\b", re.IGNORECASE)


class Oracle:
    source = "oracle"
    facts = SourceFacts(lists_by_api=True, reads_by_api=True)
    config_keys = ConfigKeys(
        required=("host", "site"), readers={"host": host}, home="https://{host}"
    )
    volatile_keys = ("Distance", "Relevancy", "TrendingFlag", "BeFirstToApplyFlag")
    """The keys whose values depend on the search, or on how many people viewed the posting or
    applied. ``HotJobFlag`` is not among them, because the employer sets it."""

    def first_request(self, config: Mapping[str, Any]) -> Request:
        return _request(config, offset=0)

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        results = JsonObject.of(response.json(), "the search").objects("items")
        if not results:
            raise ParseError("the search has no items; check the site number (`config.site`)")
        total = results[0].number("TotalJobsCount")
        received = len(results[0].values("requisitionList"))
        next_offset = next_start(number_in(request, "offset"), received=received, total=total)
        return listing_page(
            results[0].raw("requisitionList"),
            lambda job: _listed_job(config, job),
            volatile=self.volatile_keys,
            total=total,
            follow=() if next_offset is None else (_request(config, offset=next_offset),),
            partial_reason=None if total else "the site states no total, or a total of 0",
        )

    def parse_posting(self, content: str) -> JobPosting:
        answer = JsonObject.parse(content)
        if answer.raw("items") == []:
            raise PageGone("the site has no such posting")
        job = JsonObject.of(next(iter(answer.values("items")), None), "the posting")
        html = "\n".join(section(title, job.html(key)) for title, key in _SECTIONS if job.text(key))
        schedule = job.text("JobSchedule")
        return complete(
            JobPosting(
                title=job.need("Title"),
                external_id=job.need("Id"),
                company=job.text("LegalEmployer"),
                department=job.text("Category"),
                locations=_locations(job),
                workplace=_workplace(job),
                employment_types=employment_types(schedule),
                employment_type_raw=schedule,
                salary=_pay(job),
                posted_at=parse_time(job.text("ExternalPostedStartDate")),
                posted_at_raw=job.text("ExternalPostedStartDate"),
                valid_through=parse_time(job.text("ExternalPostedEndDate")),
                valid_through_raw=job.text("ExternalPostedEndDate"),
            ),
            html,
        )


def _request(config: Mapping[str, Any], *, offset: int) -> Request:
    finder = f"findReqs;siteNumber={name(config, 'site')},limit={_PAGE_SIZE},offset={offset}"
    expand = "requisitionList.secondaryLocations"
    return Request(url=_api(config, "recruitingCEJobRequisitions", expand, finder))


def _api(config: Mapping[str, Any], resource: str, expand: str, finder: str) -> str:
    url = f"https://{host(config, 'host')}/hcmRestApi/resources/latest/{resource}"
    return based(config, f"{url}?onlyData=true&expand={expand}&finder={finder}")


def _listed_job(config: Mapping[str, Any], job: JsonObject) -> ListedJob:
    posting_id, site = job.need("Id"), name(config, "site")
    finder = f"ById;Id=%22{quote(posting_id, safe='')}%22,siteNumber={site}"
    pages = f"https://{host(config, 'host')}/hcmUI/CandidateExperience/en/sites/{site}"
    return ListedJob(
        external_id=posting_id,
        title=job.need("Title"),
        url=f"{pages}/job/{quote(posting_id, safe='')}",
        location=job.text("PrimaryLocation"),
        page_url=_api(config, "recruitingCEJobRequisitionDetails", "all", finder),
    )


def _locations(job: JsonObject) -> tuple[Location, ...]:
    first = job.text("PrimaryLocation")
    locations = [locate(first, country=job.text("PrimaryLocationCountry"))] if first else []
    locations += [
        locate(raw, country=place.text("CountryCode"))
        for place in job.objects("secondaryLocations")
        if (raw := place.text("Name"))
    ]
    return tuple(dict.fromkeys(locations))


def _workplace(job: JsonObject) -> Workplace | None:
    """Return the workplace that its label states, or else its code, such as ``ORA_ON_SITE``.

    The code is needed because the label may be in any language.
    """
    return workplace_of(job.text("WorkplaceType")) or workplace_of(job.text("WorkplaceTypeCode"))


def _pay(job: JsonObject) -> Salary | None:
    """Return the pay in the first custom field of the employer whose label is about pay."""
    for field in job.objects("requisitionFlexFields"):
        if _PAY_PROMPT.search(field.text("Prompt") or ""):
            return salary_in(field.text("Value") or "")
    return None
