from typing import Any

import pytest

from include.core.models import EmploymentType, Location, PayPeriod, Salary, Workplace
from include.errors import PageGone, ParseError
from include.sources.completeness import prove
from include.sources.registry import adapter_for
from tests.recorded import recorded
from tests.sources.answers import answer
from tests.sources.boards import document

BOARD = {"board": "Acme"}


def row(uuid: str | None, place: str | None, **changes: Any) -> dict[str, Any]:
    return {
        "uuid": uuid,
        "name": "Cook",
        "url": f"https://ats.rippling.com/Acme/jobs/{uuid}",
        "workLocation": {"id": place, "label": place},
    } | changes


def detail(**changes: Any) -> dict[str, Any]:
    return {
        "uuid": "u1",
        "name": "Cook",
        "url": "https://ats.rippling.com/Acme/jobs/u1",
        "companyName": "Acme",
        "department": {"name": "Kitchen", "base_department": "All"},
        "description": {"company": "<meta><p>Acme cooks.</p>", "role": "<p>You cook.</p>"},
        "workLocations": ["Remote (Stockholm, Stockholm County, SE)", "India - Remote"],
        "employmentType": {"label": "HOURLY_PT", "id": "Aushilfe"},
        "createdOn": "2026-06-25T09:07:41.686000-07:00",
        "payRangeDetails": [],
    } | changes


def pay(low: float, high: float, **changes: Any) -> dict[str, Any]:
    return {
        "location": "Tier 1",
        "currency": "USD",
        "frequency": "YEAR",
        "rangeStart": low,
        "rangeEnd": high,
    } | changes


def test_rows_of_one_job_are_one_posting_with_all_locations() -> None:
    rows = [row("u1", "Poland"), row("u2", "India"), row("u1", "Spain"), row("u1", "Poland")]
    page = answer("rippling", BOARD, rows)

    assert [(job.external_id, job.location) for job in page.jobs] == [
        ("u1", "Poland; Spain"),
        ("u2", "India"),
    ]
    assert prove([page]).complete


def test_a_row_without_id_makes_the_listing_partial() -> None:
    page = answer("rippling", BOARD, [row("u1", None), row(None, "Spain"), "odd"])

    assert [(job.external_id, job.location) for job in page.jobs] == [("u1", None)]
    assert not prove([page]).complete


def test_a_job_has_the_urls_of_its_page_and_its_document() -> None:
    config = BOARD | {"base_url": "http://127.0.0.1:1"}
    job = answer("rippling", config, [row("u1", "Spain")]).jobs[0]

    path = "/platform/api/ats/v1/board/Acme/jobs"
    assert adapter_for("rippling").first_request(config).url == f"http://127.0.0.1:1{path}"
    assert job.page_url == f"http://127.0.0.1:1{path}/u1"
    assert job.url == "https://ats.rippling.com/Acme/jobs/u1"


def test_a_job_is_read_field_by_field() -> None:
    read = document("rippling", detail())

    assert read.locations == (
        Location(
            raw="Remote (Stockholm, Stockholm County, SE)",
            city="Stockholm",
            region="Stockholm County",
            country="SE",
        ),
        Location(raw="India - Remote", country="IN"),
    )
    assert read.workplace is Workplace.REMOTE
    assert read.employment_types == (EmploymentType.PART_TIME,)
    assert read.employment_type_raw == "HOURLY_PT"
    assert read.description_text == "Acme cooks.\nYou cook."
    assert (read.company, read.department) == ("Acme", "Kitchen")
    assert read.salary is None


def test_an_employment_type_without_a_code_is_read_by_its_name() -> None:
    read = document("rippling", detail(employmentType={"label": None, "id": "Contractor"}))

    assert read.employment_types == (EmploymentType.CONTRACTOR,)
    assert read.employment_type_raw == "Contractor"


def test_pay_ranges_are_joined_if_currency_and_period_agree() -> None:
    tiers = [pay(100_000, 120_000), pay(90_000, 110_000, location="Tier 2")]
    mixed = [pay(100_000, 120_000), pay(40, 50, frequency="HOUR")]

    assert document("rippling", detail(payRangeDetails=tiers)).salary == Salary(
        raw="USD 100,000 – 120,000 per YEAR; USD 90,000 – 110,000 per YEAR",
        min=90_000,
        max=120_000,
        currency="USD",
        period=PayPeriod.YEAR,
        origin="structured",
    )
    unlike = document("rippling", detail(payRangeDetails=mixed)).salary
    assert unlike is not None
    assert (unlike.min, unlike.max, unlike.period) == (None, None, None)


def test_locations_with_different_workplaces_leave_it_unknown() -> None:
    assert document("rippling", detail(workLocations=["Oslo", "Remote"])).workplace is None


@pytest.mark.parametrize(
    "gone", [{"ok": False, "error": "not found"}, {"error_code": "RESOURCE_NOT_FOUND"}]
)
def test_a_missing_job_is_gone(gone: dict[str, Any]) -> None:
    with pytest.raises(PageGone):
        document("rippling", gone)


@pytest.mark.parametrize(
    "body", [b"<html>", b"{}", b'{"error_code": "RESOURCE_NOT_FOUND", "message": "none"}']
)
def test_a_response_that_is_not_a_board_is_an_error(body: bytes) -> None:
    with pytest.raises(ParseError):
        answer("rippling", BOARD, body)


def test_a_recorded_board_is_read_completely() -> None:
    page = answer("rippling", {"board": "pythian"}, recorded("rippling/jobs_rsp.json"))

    assert prove([page]).complete
    assert len(page.jobs) == 12
    first = page.jobs[0]
    assert first.external_id == "144f31c4-38a4-4666-97b4-2c88a3f123da"
    assert first.title == "DevOps Engineer"
    assert first.location == "Poland; Spain; Romania; India; United Kingdom"


def test_a_recorded_job_is_read_correctly() -> None:
    read = document("rippling", recorded("rippling/job_detail_rsp.json"))

    assert (read.external_id, read.title) == (
        "144f31c4-38a4-4666-97b4-2c88a3f123da",
        "DevOps Engineer",
    )
    assert [(place.raw, place.country) for place in read.locations] == [
        ("India", "IN"),
        ("United Kingdom", "GB"),
        ("Poland", "PL"),
        ("Spain", "ES"),
        ("Romania", "RO"),
    ]
    assert read.posted_at is not None
    assert read.posted_at.isoformat() == "2026-06-25T09:07:41.686000-07:00"
    assert read.employment_types == (EmploymentType.FULL_TIME,)
    assert (read.workplace, read.salary, read.department) == (None, None, "SRE")
    assert "<" not in read.description_text
