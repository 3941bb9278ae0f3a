"""Tests of ADP Workforce Now.

The responses are built by hand from those of real career centers that public crawlers recorded.
"""

from collections.abc import Callable
from typing import Any

import pytest

from include.core.models import EmploymentType, Location, PayPeriod
from include.errors import ParseError
from include.sources.base import Request
from include.sources.paging import number_in
from tests.sources.answers import answer
from tests.sources.boards import document, listing
from tests.sources.configs import ADP_WORKFORCE_NOW, GUID

BOARD = f"cid={GUID}&ccId=19000101_000001&lang=en_US"
SITE = "https://workforcenow.adp.com/mascsr/default"
API = f"{SITE}/careercenter/public/events/staffing/v1/job-requisitions"


def field(code: str, **value: Any) -> dict[str, Any]:
    return {"nameCode": {"codeValue": code}, **value}


def job(number: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "itemID": f"9202920507783_{number}",
        "clientRequisitionID": "1041",
        "requisitionTitle": "Cook",
        "postDate": "2026-06-09T12:18:00.000-04:00",
        "workLevelCode": {"shortName": "Full Time"},
        "requisitionLocations": [
            {"nameCode": {"shortName": " Naperville,  IL, US "}},
            {"nameCode": {"shortName": "Naperville, IL, US"}},
        ],
        "payGradeRange": {
            "minimumRate": {"amountValue": 21.5, "currencyCode": "USD"},
            "maximumRate": {"amountValue": 25, "currencyCode": "USD"},
        },
        "customFieldGroup": {
            "codeFields": [field("SalaryType", shortName="Hourly")],
            "stringFields": [
                field("HomeDepartment", stringValue="Kitchen"),
                field("ExternalJobID", stringValue=f"56624{number}"),
            ],
        },
    } | changes


def center(
    count: int, *, stated_total: int | None = None, repeats_first_page: bool = False
) -> Callable[[Request], Any]:
    """Return a function that answers requests as a career center does.

    The center has ``count`` postings, numbered from 1, on pages of 20.

    Args:
        stated_total: the total that each response states; None for ``count``.
        repeats_first_page: True to answer every request with the first page.
    """

    def serve(request: Request) -> Any:
        assert request.url.startswith(f"{API}?{BOARD}&locale=en_US&$skip=")
        start = 1 if repeats_first_page else number_in(request, "skip")
        numbers = range(1, count + 1)[start - 1 : start + 19]
        total = count if stated_total is None else stated_total
        meta = {"startSequence": start, "totalNumber": total}
        return {"jobRequisitions": [job(number) for number in numbers], "meta": meta}

    return serve


@pytest.mark.parametrize("count", [1, 20, 21, 107])
def test_a_center_is_read_to_its_total(count: int) -> None:
    result = listing("adp_workforce_now", ADP_WORKFORCE_NOW, center(count))

    assert (len(result.jobs), result.complete, result.reason) == (count, True, None)


@pytest.mark.parametrize("serve", [center(30, stated_total=31), center(30, stated_total=29)])
def test_an_inconsistent_list_is_partial(serve: Callable[[Request], Any]) -> None:
    assert not listing("adp_workforce_now", ADP_WORKFORCE_NOW, serve).complete


def test_a_center_that_repeats_its_first_page_is_partial_and_not_asked_forever() -> None:
    result = listing("adp_workforce_now", ADP_WORKFORCE_NOW, center(107, repeats_first_page=True))

    assert (len(result.jobs), result.reason) == (
        20,
        "the response does not begin with posting 21; "
        "the source states 107 postings, 20 were listed",
    )


def test_a_row_leads_to_its_document_and_to_its_web_page() -> None:
    (found,) = listing("adp_workforce_now", ADP_WORKFORCE_NOW, center(1)).jobs

    assert (found.external_id, found.title) == ("9202920507783_1", "Cook")
    assert found.location == "Naperville, IL, US"
    assert found.page_url == f"{API}/9202920507783_1?{BOARD}&locale=en_US"
    assert found.url == (
        f"{SITE}/mdf/recruitment/recruitment.html?{BOARD}&selectedMenuKey=CareerCenter&jobId=566241"
    )


def test_requests_may_lack_the_center_and_name_another_language() -> None:
    def serve(request: Request) -> Any:
        assert request.url == f"{API}?cid={GUID}&lang=fr_CA&locale=fr_CA&$skip=1"
        row = job(customFieldGroup=None)
        return {"jobRequisitions": [row], "meta": {"startSequence": 1, "totalNumber": 1}}

    result = listing("adp_workforce_now", {"client": GUID, "lang": "fr_CA"}, serve)
    assert result.complete
    assert result.jobs[0].url.endswith("&jobId=9202920507783_1")


def test_a_document_is_read_field_by_field() -> None:
    text = "<ul><li>Patience</li></ul>"
    read = document("adp_workforce_now", job(requisitionDescription=f"<p>You bring:</p>{text}"))

    assert (read.title, read.external_id, read.requisition_id) == (
        "Cook", "9202920507783_1", "1041",
    )  # fmt: skip
    assert read.department == "Kitchen"
    assert read.locations == (
        Location(raw="Naperville, IL, US", city="Naperville", region="IL", country="US"),
    )
    assert read.employment_types == (EmploymentType.FULL_TIME,)
    assert read.salary is not None
    assert (read.salary.min, read.salary.max) == (21.5, 25)
    assert (read.salary.currency, read.salary.period) == ("USD", PayPeriod.HOUR)
    assert read.posted_at is not None
    assert read.posted_at.isoformat() == "2026-06-09T12:18:00-04:00"
    assert read.requirements == ("Patience",)


def test_a_place_may_have_only_an_address_and_pay_may_be_zero() -> None:
    address = {"cityName": "Oslo", "countryCode": {"codeValue": "NO"}}
    rates = {"minimumRate": {"amountValue": 0}, "maximumRate": {"amountValue": 0}}
    read = document(
        "adp_workforce_now", job(requisitionLocations=[{"address": address}], payGradeRange=rates)
    )

    assert read.locations == (Location(raw="Oslo, NO", city="Oslo", country="NO"),)
    assert read.salary is None


@pytest.mark.parametrize("content", [b"{}", b"[]", b"<html>", b'{"status": 500}'])
def test_the_document_of_a_posting_that_is_gone_is_an_error(content: bytes) -> None:
    with pytest.raises(ParseError):
        document("adp_workforce_now", content)


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"{}", b'{"meta": {"totalNumber": 0}}'])
def test_a_response_that_is_not_a_list_is_an_error(body: bytes) -> None:
    with pytest.raises(ParseError):
        answer("adp_workforce_now", ADP_WORKFORCE_NOW, body)
