"""The adapter of ADP Workforce Now, whose career centers are at workforcenow.adp.com.

The adapter requests the API that the pages of these career centers call. ADP does not document this
API. The address of a career center has three parameters. ``cid`` names the employer (``client`` in
the config), ``ccId`` the career center (``center``), and ``lang`` the language. Some addresses have
no ``ccId``.

The list has 20 postings a page, whatever value ``$top`` has. The parameter ``$skip`` is the number
of the first posting of a page, counted from 1. Each page states the total in ``totalNumber``, and
the number of its first posting in ``startSequence``. It is not known what the API responds for an
unknown client. Therefore an empty list is partial. The list has no descriptions. Each posting is
read from its own document, which the API returns, because the HTML of the posting's web page does
not contain the posting. The document of a posting that is gone has neither a title nor a
description.

The address of a posting's web page contains the posting's ``ExternalJobID``, or its ``itemID`` if
it has no ``ExternalJobID``. A place has a name and often an address. The name may begin with the
name of a site ("Main Hospital - Paris, IL, US"). Pay of 0 means that no pay is stated.

These facts are from other crawlers' code.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from include.core.fields.dates import parse_time
from include.core.fields.employment import employment_types
from include.core.fields.reading import complete
from include.core.formats.json_object import JsonObject
from include.core.models import JobPosting, ListedJob, Location, Salary
from include.core.pay.pay_period import pay_period
from include.core.pay.salary import salary
from include.core.places.locations import locate, location_from_parts
from include.core.places.workplaces import workplace_in
from include.sources.base import ListingPage, Request, Response, SourceFacts
from include.sources.config import ConfigKeys, based, guid, text
from include.sources.paging import next_start, number_in
from include.sources.records import listing_page, reason_if_unproved

_HOST = "https://workforcenow.adp.com"
_API = f"{_HOST}/mascsr/default/careercenter/public/events/staffing/v1/job-requisitions"
_PAGE = f"{_HOST}/mascsr/default/mdf/recruitment/recruitment.html"
_LANGUAGE = "en_US"


class AdpWorkforceNow:
    source = "adp_workforce_now"
    facts = SourceFacts(lists_by_api=True, reads_by_api=True)
    config_keys = ConfigKeys(
        required=("client",),
        optional=("center", "lang"),
        readers={"client": guid},
        defaults={"lang": _LANGUAGE},
        home=_HOST,
    )
    volatile_keys = ()

    def first_request(self, config: Mapping[str, Any]) -> Request:
        return _request(config, start=1)

    def parse_listing(
        self, config: Mapping[str, Any], request: Request, response: Response
    ) -> ListingPage:
        answer = JsonObject.of(response.json(), "the response")
        total, offset = answer.number("meta", "totalNumber"), number_in(request, "skip")
        received = len(answer.values("jobRequisitions"))
        next_offset = next_start(offset - 1, received=received, total=total)
        is_another_page = received and answer.number("meta", "startSequence") != offset
        if is_another_page:
            partial_reason = f"the response does not begin with posting {offset}"
        else:
            partial_reason = reason_if_unproved(total, empty_is_proof=False)
        is_last_page = is_another_page or next_offset is None
        return listing_page(
            answer.raw("jobRequisitions"),
            lambda job: _listed_job(config, job),
            volatile=self.volatile_keys,
            total=total,
            follow=() if is_last_page else [_request(config, start=offset + received)],
            partial_reason=partial_reason,
        )

    def parse_posting(self, content: str) -> JobPosting:
        job = JsonObject.parse(content)
        locations = _locations(job)
        return complete(
            JobPosting(
                title=job.need("requisitionTitle"),
                external_id=job.need("itemID"),
                requisition_id=job.text("clientRequisitionID"),
                department=_custom(job, "stringFields", "HomeDepartment", "stringValue"),
                locations=locations,
                workplace=workplace_in([location.raw for location in locations]),
                employment_types=employment_types(job.text("workLevelCode", "shortName")),
                employment_type_raw=job.text("workLevelCode", "shortName"),
                salary=_pay(job),
                posted_at=parse_time(job.text("postDate")),
                posted_at_raw=job.text("postDate"),
            ),
            job.html("requisitionDescription"),
        )


def _board_query(config: Mapping[str, Any]) -> dict[str, str]:
    """Return the query parameters that identify the career center and its language."""
    center = {"ccId": text(config, "center")} if "center" in config else {}
    language = text(config, "lang") if "lang" in config else _LANGUAGE
    return {"cid": guid(config, "client"), **center, "lang": language}


def _api_query(config: Mapping[str, Any]) -> str:
    board = _board_query(config)
    return urlencode({**board, "locale": board["lang"]})


def _request(config: Mapping[str, Any], *, start: int) -> Request:
    return Request(url=based(config, f"{_API}?{_api_query(config)}&$skip={start}"))


def _listed_job(config: Mapping[str, Any], job: JsonObject) -> ListedJob:
    posting_id = job.need("itemID")
    shown_id = _custom(job, "stringFields", "ExternalJobID", "stringValue") or posting_id
    query = urlencode(
        {**_board_query(config), "selectedMenuKey": "CareerCenter", "jobId": shown_id}
    )
    return ListedJob(
        external_id=posting_id,
        title=job.need("requisitionTitle"),
        url=f"{_PAGE}?{query}",
        location="; ".join(location.raw for location in _locations(job)) or None,
        page_url=based(config, f"{_API}/{quote(posting_id, safe='')}?{_api_query(config)}"),
    )


def _custom(job: JsonObject, kind: str, code: str, key: str) -> str | None:
    """Return the value of the employer's custom field that has this code.

    Return None if the posting has no such field, or if the field has no value. The custom fields
    of one type are in the list ``kind``. The value of such a field is at ``key``.
    """
    for field in job.objects("customFieldGroup", kind):
        if field.text("nameCode", "codeValue") == code:
            return field.text(key)
    return None


def _locations(job: JsonObject) -> tuple[Location, ...]:
    locations: list[Location] = []
    for place in job.objects("requisitionLocations"):
        place_name = (place.text("nameCode", "shortName") or "").replace(" ,", ",")
        address = location_from_parts(
            city=place.text("address", "cityName"),
            region=place.text("address", "countrySubdivisionLevel1", "codeValue"),
            country=place.text("address", "countryCode", "codeValue"),
        )
        if place_name:
            locations.append(locate(place_name))
        elif address:
            locations.append(address)
    return tuple(dict.fromkeys(locations))


def _pay(job: JsonObject) -> Salary | None:
    low, high = (
        JsonObject.of(job.raw("payGradeRange", end) or {}, "the pay")
        for end in ("minimumRate", "maximumRate")
    )
    return salary(
        low=low.number("amountValue"),
        high=high.number("amountValue"),
        currency=low.text("currencyCode") or high.text("currencyCode"),
        period=pay_period(_custom(job, "codeFields", "SalaryType", "shortName")),
        origin="structured",
    )
