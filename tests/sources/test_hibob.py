"""Tests of HiBob. The responses are built by hand from published samples of real boards."""

from typing import Any

import pytest

from include.core.models import Location, PayPeriod, Salary, Workplace
from include.errors import ParseError
from include.sources.completeness import prove
from include.sources.registry import adapter_for
from tests.sources.answers import answer, posting

SITE = {"site": "acme"}


def ad(**changes: Any) -> dict[str, Any]:
    return {
        "id": "04e764ae-fb6c-4303-ba2f-509b917804c2",
        "title": "Cook",
        "department": "Kitchen",
        "employmentTypeId": "Permanent",
        "employmentType": "Full-time employee",
        "site": "New York",
        "country": "United States",
        "language": "en",
        "description": "<p>We cook.</p>",
        "responsibilities": "<ul><li>Serve</li></ul>",
        "requirements": "<ul><li>Patience</li></ul>",
        "benefits": "<p>Free meals.</p>",
        "sectionLabels": {},
        "publishedAt": "2026-04-22T07:20:46.518438210Z",
        "workspaceTypeId": "hybrid",
        "workspaceType": "Hybrid",
    } | changes


def read(**changes: Any) -> Any:
    return posting("hibob", answer("hibob", SITE, {"jobAdDetails": [ad(**changes)]}).jobs[0])


def test_the_request_names_the_site_as_its_referer() -> None:
    request = adapter_for("hibob").first_request(SITE)

    assert request.url == "https://acme.careers.hibob.com/api/job-ad"
    assert request.headers == {"Referer": "https://acme.careers.hibob.com/"}


def test_one_response_is_the_whole_site() -> None:
    page = answer("hibob", SITE, {"jobAdDetails": [ad(), ad(id="2")]})

    assert prove([page]).complete
    assert page.jobs[0].external_id == "04e764ae-fb6c-4303-ba2f-509b917804c2"
    assert page.jobs[0].location == "New York, United States"
    assert page.jobs[1].url == "https://acme.careers.hibob.com/jobs/2"


def test_an_ad_is_read_field_by_field() -> None:
    posting = read()

    assert posting.url == (
        "https://acme.careers.hibob.com/jobs/04e764ae-fb6c-4303-ba2f-509b917804c2"
    )
    assert [(at.raw, at.city, at.country) for at in posting.locations] == [
        ("New York, United States", "New York", "US")
    ]
    assert (posting.workplace, posting.department, posting.language) == (
        Workplace.HYBRID, "Kitchen", "en",
    )  # fmt: skip
    assert posting.employment_type_raw == "Permanent, Full-time employee"
    assert posting.posted_at.isoformat() == "2026-04-22T07:20:46.518438+00:00"


def test_the_text_has_all_four_parts() -> None:
    posting = read(sectionLabels={"benefits": "What we offer"})

    assert posting.description_text == (
        "We cook.\nResponsibilities\n- Serve\nRequirements\n- Patience\nWhat we offer\nFree meals."
    )
    assert posting.requirements == ("Patience",)


@pytest.mark.parametrize(
    ("site", "country", "expected"),
    [
        ("Israel", "Israel", Location(raw="Israel", country="IL")),
        ("Remote", "Portugal", Location(raw="Remote, Portugal", country="PT")),
        (None, "Norway", Location(raw="Norway", country="NO")),
    ],
)
def test_an_office_may_be_named_like_a_country_or_not_at_all(
    site: str | None, country: str, expected: Location
) -> None:
    assert read(site=site, country=country).locations == (expected,)
    assert read(site=None, country=None).locations == ()


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("remote", Workplace.REMOTE), ("on_site", Workplace.ONSITE), (None, None)],
)
def test_the_workplace_is_read_from_its_id(kind: str | None, expected: Any) -> None:
    assert read(workspaceTypeId=kind, workspaceType=None).workplace is expected


def test_pay_is_read() -> None:
    posting = read(
        payTransparencyMinSalary=70_000,
        payTransparencyMaxSalary=90_000,
        payTransparencySalaryCurrency="USD",
        payTransparencySalaryPayPeriod="annually",
    )

    assert posting.salary == Salary(
        raw="USD 70,000 – 90,000 per YEAR",
        min=70_000,
        max=90_000,
        currency="USD",
        period=PayPeriod.YEAR,
        origin="structured",
    )


def test_an_ad_without_an_id_makes_the_listing_partial() -> None:
    page = answer("hibob", SITE, {"jobAdDetails": [ad(), ad(id="")]})

    assert (len(page.jobs), prove([page]).complete) == (1, False)


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"{}", b'{"jobAdDetails": [{"id": "1"'])
def test_a_response_that_is_not_a_site_is_an_error(body: bytes) -> None:
    with pytest.raises(ParseError):
        answer("hibob", SITE, body)
