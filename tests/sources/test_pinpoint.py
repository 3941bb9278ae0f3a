"""Tests of Pinpoint. The responses are built by hand, because none is recorded."""

from typing import Any

import pytest

from include.core.models import EmploymentType, Location, PayPeriod, Salary, Workplace
from include.errors import ParseError
from include.sources.completeness import prove
from include.sources.registry import adapter_for
from tests.sources.answers import answer, posting

SITE = {"site": "acme"}
PAY = {
    "compensation_visible": True,
    "compensation_minimum": 2_800,
    "compensation_maximum": 3_400.5,
    "compensation_currency": "GBP",
    "compensation_frequency": "month",
}


def item(**changes: Any) -> dict[str, Any]:
    return {
        "id": "412083",
        "title": "Cook",
        "url": "https://acme.pinpointhq.com/en/postings/9c1d",
        "description": "<p>We cook.</p>",
        "key_responsibilities_header": "What you do",
        "key_responsibilities": "<ul><li>Cook</li></ul>",
        "skills_knowledge_expertise_header": "What you need",
        "skills_knowledge_expertise": "<ul><li>Patience</li></ul>",
        "benefits_header": "Benefits",
        "benefits": "<p>Free meals.</p>",
        "location": {"id": "5", "name": "Leeds HQ", "city": "Leeds", "province": "Yorkshire"},
        "workplace_type": "hybrid",
        "employment_type": "permanent_full_time",
        "job": {
            "department": {"name": "Kitchen"},
            "division": {"name": "Food"},
            "requisition_id": "R-7",
        },
        "deadline_at": "2026-08-31T23:59:59+01:00",
    } | changes


def read(**changes: Any) -> Any:
    return posting("pinpoint", answer("pinpoint", SITE, {"data": [item(**changes)]}).jobs[0])


def test_one_request_asks_for_the_whole_site() -> None:
    page = answer("pinpoint", SITE, {"data": [item(), item(id="2")]})
    request = adapter_for("pinpoint").first_request(SITE)

    assert request.url == "https://acme.pinpointhq.com/postings.json"
    assert prove([page]).complete
    assert [job.external_id for job in page.jobs] == ["412083", "2"]
    assert (page.jobs[0].title, page.jobs[0].location) == ("Cook", "Leeds HQ")


def test_a_posting_is_read_field_by_field() -> None:
    posting = read()

    assert posting.locations == (Location(raw="Leeds HQ", city="Leeds", region="Yorkshire"),)
    assert posting.workplace is Workplace.HYBRID
    assert posting.employment_types == (EmploymentType.FULL_TIME,)
    assert (posting.department, posting.team, posting.requisition_id) == ("Kitchen", "Food", "R-7")
    assert posting.valid_through.isoformat() == "2026-08-31T23:59:59+01:00"
    assert (posting.posted_at, posting.salary) == (None, None)


def test_the_text_has_all_four_parts_with_their_headings() -> None:
    posting = read()

    assert posting.description_text == (
        "We cook.\nWhat you do\n- Cook\nWhat you need\n- Patience\nBenefits\nFree meals."
    )
    assert posting.requirements == ("Patience",)
    assert read(benefits=None, key_responsibilities="").description_text == (
        "We cook.\nWhat you need\n- Patience"
    )


def test_visible_pay_is_read() -> None:
    assert read(**PAY).salary == Salary(
        raw="GBP 2,800 – 3,400.50 per MONTH",
        min=2_800,
        max=3_400.5,
        currency="GBP",
        period=PayPeriod.MONTH,
        origin="structured",
    )


@pytest.mark.parametrize("visible", [False, None, "true"])
def test_hidden_pay_is_not_read(visible: Any) -> None:
    assert read(**PAY | {"compensation_visible": visible}).salary is None


@pytest.mark.parametrize(
    ("frequency", "period"),
    [
        ("year", PayPeriod.YEAR),
        ("annually", PayPeriod.YEAR),
        ("hourly", PayPeriod.HOUR),
        ("week", PayPeriod.WEEK),
        ("two_weeks", None),
        ("four_weeks", None),
        ("per_placement", None),
        (None, None),
    ],
)
def test_a_frequency_that_is_not_a_pay_period_is_unknown(
    frequency: str | None, period: PayPeriod | None
) -> None:
    assert read(**PAY | {"compensation_frequency": frequency}).salary.period is period


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"{}", b'{"data": null}', b'{"data": [{"id"'])
def test_a_response_that_is_not_a_site_is_an_error(body: bytes) -> None:
    with pytest.raises(ParseError):
        answer("pinpoint", SITE, body)
