"""The adapter of UKG Pro, formerly UltiPro.

The adapter requests the API that the pages of job boards call. UKG does not document this API. In
``https://recruiting2.ultipro.com/ACM1000ACME/JobBoard/{uuid}/``, the ``host`` is
recruiting2.ultipro.com, the ``tenant`` is ACM1000ACME and the ``board`` is {uuid}. The possible
hosts are recruiting.ultipro.com, the same name with a number, recruiting.ultipro.ca, and subdomains
of rec.pro.ukg.net.

The list is requested by POST and paged by ``Skip`` and ``Top``. Each page states the total in
``totalCount``. A page may be shorter than ``Top`` although more postings follow. The response for
an unknown board is a web page that has the status 200.

A posting is a web page. A script in it calls ``CandidateOpportunityDetail`` with the posting as the
argument. The page of a posting that is gone has the status 200 and the same frame, but not this
call. ``JobLocationType`` is 0 for hybrid, 1 for on site and 2 for remote. Pay is read only if
``PayRangeVisible`` is true.

These facts are from recorded responses and from other crawlers' code.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from include.core.fields.dates import parse_time
from include.core.fields.reading import complete
from include.core.formats.json_object import JsonObject
from include.core.models import EmploymentType, JobPosting, ListedJob, Location, Salary, Workplace
from include.core.pay.salary import salary
from include.core.places.locations import location_from_parts
from include.core.places.workplaces import workplace_in
from include.errors import PageGone
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based, guid, host, name
from include.sources.paging import next_start
from include.sources.records import listing_page, reason_if_unproved

_PAGE_SIZE = 100
_POSTING = r"new US\.Opportunity\.CandidateOpportunityDetail\(\s*"
_FRAME, _CALL = "/AnonymousSessionCheck", "Opportunity.CandidateOpportunityDetail("
_WORKPLACES = {0: Workplace.HYBRID, 1: Workplace.ONSITE, 2: Workplace.REMOTE}
_HOURS = {True: EmploymentType.FULL_TIME, False: EmploymentType.PART_TIME}


class UltiPro:
    source = "ultipro"
    facts = SourceFacts(lists_by_api=True)
    config_keys = ConfigKeys(
        required=("host", "tenant", "board"),
        readers={"host": host, "board": guid},
        home="https://{host}",
    )
    volatile_keys = ("MatchScore", "MatchedLocations", "Distance", "Featured")
    """The keys whose values change although the posting does not. The first three depend on the
    search. ``Featured`` only affects the posting's position in the list."""

    def first_request(self, config: Mapping[str, Any]) -> Request:
        return _request(config, skip=0)

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        answer = JsonObject.of(response.json(), "the search")
        total, received = answer.number("totalCount"), len(answer.values("opportunities"))
        skip = JsonObject(request.json or {}).number("opportunitySearch", "Skip")
        next_offset = next_start(int(skip or 0), received=received, total=total)
        return listing_page(
            answer.raw("opportunities"),
            lambda posting: _listed_job(config, posting),
            volatile=self.volatile_keys,
            total=total,
            follow=() if next_offset is None else (_request(config, skip=next_offset),),
            partial_reason=reason_if_unproved(total),
        )

    def parse_posting(self, content: str) -> JobPosting | None:
        return None  # Postings are web pages, which include/extract reads.

    def parse_page(self, page: Response) -> JobPosting:
        text = page.text()
        if _CALL not in text and _FRAME in text:
            raise PageGone("UKG Pro has no such open posting")
        posting = JsonObject.of(page.json_after(_POSTING), "the posting")
        if posting.flag("OpportunityIsClosed"):
            raise PageGone("UKG Pro has closed this posting")
        places = tuple(filter(None, map(_location, posting.objects("Locations"))))
        full_time = posting.flag("FullTime")
        return complete(
            JobPosting(
                title=posting.need("Title"),
                external_id=posting.need("Id"),
                requisition_id=posting.text("RequisitionNumber"),
                url=page.url,
                department=posting.text("JobCategoryName"),
                locations=places,
                workplace=_workplace(posting) or workplace_in([each.raw for each in places]),
                employment_types=() if full_time is None else (_HOURS[full_time],),
                salary=_pay(posting),
                posted_at=parse_time(posting.text("PostedDate")),
                posted_at_raw=posting.text("PostedDate"),
                updated_at=parse_time(posting.text("UpdatedDate")),
                updated_at_raw=posting.text("UpdatedDate"),
            ),
            posting.html("Description"),
        )


def _board(config: Mapping[str, Any]) -> str:
    path = f"{name(config, 'tenant')}/JobBoard/{guid(config, 'board')}"
    return f"https://{host(config, 'host')}/{path}"


def _request(config: Mapping[str, Any], *, skip: int) -> Request:
    search: dict[str, Any] = {"Top": _PAGE_SIZE, "Skip": skip, "QueryString": "", "Filters": []}
    return Request(
        url=based(config, f"{_board(config)}/JobBoardView/LoadSearchResults"),
        method="POST",
        json={"opportunitySearch": search},
    )


def _listed_job(config: Mapping[str, Any], posting: JsonObject) -> ListedJob:
    posting_id = posting.need("Id")
    url = f"{_board(config)}/OpportunityDetail?opportunityId={quote(posting_id, safe='')}"
    page_url = based(config, url)
    places = filter(None, map(_location, posting.objects("Locations")))
    return ListedJob(
        external_id=posting_id,
        title=posting.need("Title"),
        url=url,
        location="; ".join(each.raw for each in places) or None,
        page_url=page_url if page_url != url else None,
    )


def _location(place: JsonObject) -> Location | None:
    return location_from_parts(
        city=place.text("Address", "City"),
        region=place.text("Address", "State", "Name"),
        country=place.text("Address", "Country", "Name"),
        code=place.text("Address", "Country", "Code"),
        raw=place.text("LocalizedName") or place.text("LocalizedDescription"),
    )


def _workplace(posting: JsonObject) -> Workplace | None:
    kind = posting.number("JobLocationType")
    return None if kind is None else _WORKPLACES.get(int(kind))


def _pay(posting: JsonObject) -> Salary | None:
    if not posting.flag("PayRangeVisible"):
        return None
    return salary(
        low=posting.number("PayRange", "PayRangeMinimum"),
        high=posting.number("PayRange", "PayRangeMaximum"),
        currency=posting.text("PayRangeCurrencyCode"),
        period=None,
        origin="structured",
    )
