from typing import Any

import pytest

from include.core.models import EmploymentType, Location, PayPeriod, Salary, Workplace
from include.errors import ParseError
from include.sources.completeness import prove
from include.sources.registry import adapter_for
from tests.sources.answers import answer, posting

SITE = {"site": "acme"}
UTRECHT = {"name": "Head office", "city": "Utrecht", "state": "Utrecht", "country_code": "NL"}


def offer(**changes: Any) -> dict[str, Any]:
    return {
        "id": 2547884,
        "title": "Cook",
        "status": "published",
        "careers_url": "https://jobs.acme.example/o/cook",
        "careers_apply_url": "https://jobs.acme.example/o/cook/c/new",
        "company_name": "Acme",
        "department": "Kitchen",
        "locations": [
            UTRECHT | {"country": "Nederland"},
            {"city": "İstanbul", "state": "İstanbul", "country": "Türkiye", "country_code": "TR"},
        ],
        "remote": False,
        "hybrid": True,
        "on_site": False,
        "employment_type_code": "fulltime_permanent",
        "salary": {"min": "2800.00", "max": "3400.50", "period": "month", "currency": "EUR"},
        "published_at": "2025-12-05 21:44:46 UTC",
        "close_at": None,
        "description": "<p>Cook.</p>",
        "requirements": "<ul><li>Kind</li></ul>",
    } | changes


def read(**changes: Any) -> Any:
    return posting("recruitee", answer("recruitee", SITE, {"offers": [offer(**changes)]}).jobs[0])


def test_one_request_asks_for_the_whole_site() -> None:
    page = answer("recruitee", SITE, {"offers": [offer()]})
    request = adapter_for("recruitee").first_request(SITE)

    assert request.url == "https://acme.recruitee.com/api/offers/"
    assert prove([page]).complete
    assert page.jobs[0].external_id == "2547884"
    assert page.jobs[0].location == "Utrecht, Nederland; İstanbul, Türkiye"


def test_an_offer_is_read_field_by_field() -> None:
    posting = read()

    assert posting.locations == (
        Location(raw="Utrecht, Nederland", city="Utrecht", region="Utrecht", country="NL"),
        Location(raw="İstanbul, Türkiye", city="İstanbul", region="İstanbul", country="TR"),
    )
    assert posting.workplace is Workplace.HYBRID
    assert posting.employment_types == (EmploymentType.FULL_TIME,)
    assert posting.posted_at.isoformat() == "2025-12-05T21:44:46+00:00"
    assert (posting.company, posting.department) == ("Acme", "Kitchen")


def test_pay_is_read_from_strings() -> None:
    assert read().salary == Salary(
        raw="EUR 2,800 – 3,400.50 per MONTH",
        min=2_800,
        max=3_400.5,
        currency="EUR",
        period=PayPeriod.MONTH,
        origin="structured",
    )


@pytest.mark.parametrize(
    "stated", [None, {"min": None, "max": None, "period": None, "currency": None}, {}]
)
def test_pay_that_is_not_stated_is_none(stated: Any) -> None:
    assert read(salary=stated).salary is None


def test_description_and_requirements_are_both_in_the_text() -> None:
    assert read().description_text == "Cook.\nJob requirements\n- Kind"
    assert read().requirements == ("Kind",)
    assert read(requirements=None).description_text == "Cook."


def test_an_offer_with_a_choice_of_workplaces_has_none() -> None:
    assert read(remote=True, hybrid=True).workplace is None
    assert read(hybrid=False, on_site=True).workplace is Workplace.ONSITE


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("parttime_fixed_term", (EmploymentType.PART_TIME, EmploymentType.TEMPORARY)),
        ("freelance", (EmploymentType.CONTRACTOR,)),
        ("internship", (EmploymentType.INTERN,)),
        (None, ()),
    ],
)
def test_employment_types_are_read_from_codes(
    code: str | None, expected: tuple[EmploymentType, ...]
) -> None:
    assert read(employment_type_code=code).employment_types == expected


def test_a_location_is_read_from_the_fields_of_older_sites() -> None:
    posting = read(
        locations=[],
        location="Berlin, Berlin, Germany",
        city="Berlin",
        country="Germany",
        country_code="DE",
        state_name="Berlin",
    )

    assert posting.locations == (
        Location(raw="Berlin, Berlin, Germany", city="Berlin", region="Berlin", country="DE"),
    )


def test_unpublished_offers_are_not_in_the_listing() -> None:
    page = answer("recruitee", SITE, {"offers": [offer(), offer(id=2, status="draft")]})

    assert [job.external_id for job in page.jobs] == ["2547884"]
    assert prove([page]).complete


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"{}", b'{"offers": null}'])
def test_a_response_that_is_not_a_site_is_an_error(body: bytes) -> None:
    with pytest.raises(ParseError):
        answer("recruitee", SITE, body)
