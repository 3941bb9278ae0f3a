"""The adapter of SmartRecruiters, which reads its Posting API.

The API is documented at developers.smartrecruiters.com/docs/posting-api. The list is paged by
``offset``, with at most 100 postings a page. Every page states the total in ``totalFound``. The
list has no descriptions. A description is in the posting's own document. The response for an
unknown company has the status 200 and a ``totalFound`` of 0, as for a company without openings.
Therefore an empty list is partial. The response for an unknown posting is a 404. The hours are read
from ``typeOfEmployment.label``, such as "Full-time". The ``id`` beside this label is "permanent",
which does not state the hours. The text is in four sections that have titles. The flags ``remote``
and ``hybrid`` of ``location`` are false by default. Therefore a false flag states nothing. Some
employers have a custom field for the workplace. Pay is only in the text.
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
from include.core.models import JobPosting, ListedJob, Workplace
from include.core.places.locations import location_from_parts
from include.core.places.workplaces import workplace_from_flags, workplace_of
from include.errors import PageGone
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based, name
from include.sources.paging import next_start, number_in
from include.sources.records import listing_page, reason_if_unproved

_API = "https://api.smartrecruiters.com/v1/companies"
_PAGE_SIZE = 100
_WORKPLACE_FIELD = re.compile(
    r"work(?:ing)? (?:flexibility|arrangement|model|mode|place)|workplace|remote|telework|"
    r"arbeitsmodell|télétravail",
    re.IGNORECASE,
)
_SECTIONS = ("companyDescription", "jobDescription", "qualifications", "additionalInformation")


class SmartRecruiters:
    source = "smartrecruiters"
    facts = SourceFacts(lists_by_api=True, reads_by_api=True)
    config_keys = ConfigKeys(required=("company",), home=_API)
    volatile_keys = ()

    def first_request(self, config: Mapping[str, Any]) -> Request:
        return _request(config, offset=0)

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        page = JsonObject.of(response.json(), "the list")
        total = page.number("totalFound")
        received = len(page.values("content"))
        next_offset = next_start(number_in(request, "offset"), received=received, total=total)
        return listing_page(
            page.raw("content"),
            lambda posting: _listed_job(config, posting),
            volatile=self.volatile_keys,
            total=total,
            follow=[_request(config, offset=next_offset)] if next_offset else (),
            partial_reason=reason_if_unproved(total, empty_is_proof=False),
        )

    def parse_posting(self, content: str) -> JobPosting:
        posting = JsonObject.parse(content)
        if posting.number("httpCode") == 404 or posting.flag("active") is False:
            raise PageGone("SmartRecruiters has no such open posting")
        parts = [JsonObject({"part": posting.raw("jobAd", "sections", key)}) for key in _SECTIONS]
        html = "\n".join(
            section(part.text("part", "title"), html)
            for part in parts
            if (html := part.html("part", "text"))
        )
        employment = posting.text("typeOfEmployment", "label")
        location = location_from_parts(
            city=posting.text("location", "city"),
            region=posting.text("location", "region"),
            country=posting.text("location", "country"),
            raw=posting.text("location", "fullLocation"),
        )
        return complete(
            JobPosting(
                title=posting.need("name"),
                external_id=posting.need("id"),
                requisition_id=posting.text("refNumber"),
                url=posting.text("postingUrl"),
                apply_url=posting.text("applyUrl"),
                company=posting.text("company", "name"),
                department=posting.text("department", "label"),
                language=posting.text("language", "code"),
                locations=(location,) if location else (),
                workplace=_workplace(posting),
                employment_types=employment_types(employment),
                employment_type_raw=employment,
                posted_at=parse_time(posting.text("releasedDate")),
                posted_at_raw=posting.text("releasedDate"),
            ),
            html,
        )


def _workplace(posting: JsonObject) -> Workplace | None:
    """Return the workplace that the flags of ``location`` state, or else a custom field."""
    workplace = workplace_from_flags(
        remote=posting.flag("location", "remote"), hybrid=posting.flag("location", "hybrid")
    )
    stated_workplaces = (
        field.text("valueLabel")
        for field in posting.objects("customField")
        if _WORKPLACE_FIELD.search(field.text("fieldLabel") or "")
    )
    return workplace or next(filter(None, map(workplace_of, stated_workplaces)), None)


def _request(config: Mapping[str, Any], *, offset: int) -> Request:
    url = f"{_API}/{name(config, 'company')}/postings?limit={_PAGE_SIZE}&offset={offset}"
    return Request(url=based(config, url))


def _listed_job(config: Mapping[str, Any], posting: JsonObject) -> ListedJob:
    key = quote(posting.need("id"), safe="")
    company = name(config, "company")
    return ListedJob(
        external_id=posting.need("id"),
        title=posting.need("name"),
        url=f"https://jobs.smartrecruiters.com/{company}/{key}",
        location=posting.text("location", "fullLocation") or posting.text("location", "city"),
        page_url=based(config, f"{_API}/{company}/postings/{key}"),
    )
