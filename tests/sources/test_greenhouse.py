from datetime import UTC, datetime
from html import escape
from typing import Any

import pytest

from include.core.models import JobPosting, Location, PayPeriod, Salary, Workplace
from include.errors import ParseError
from include.sources.completeness import prove
from include.sources.registry import adapter_for
from tests.sources.answers import answer, posting

BOARD = {"board": "acme"}


def job(**changes: Any) -> dict[str, Any]:
    return {
        "id": 11,
        "internal_job_id": 7,
        "title": "Account Executive, AI ",
        "absolute_url": "https://job-boards.greenhouse.io/acme/jobs/11",
        "requisition_id": "R-1",
        "company_name": "Acme",
        "language": "en",
        "first_published": "2026-01-09T14:59:08-05:00",
        "updated_at": "2026-03-18T10:32:18-04:00",
        "application_deadline": None,
        "location": {"name": "San Francisco, CA | Remote"},
        "offices": [{"name": "San Francisco, CA", "location": "San Francisco, California, USA"}],
        "departments": [{"name": "Sales"}],
        "metadata": [{"name": "Location Type", "value": "Hybrid"}],
        "content": escape("<h2>Requirements</h2><ul><li>R&amp;D</li></ul>"),
        "pay_input_ranges": [
            {"min_cents": 5000000, "max_cents": 6000050, "currency_type": "EUR", "title": "Annual:"}
        ],
    } | changes


def board(*jobs: dict[str, Any], total: int | None = None) -> dict[str, Any]:
    return {"jobs": list(jobs), "meta": {"total": len(jobs) if total is None else total}}


def test_one_request_asks_for_content_and_pay() -> None:
    greenhouse = adapter_for("greenhouse")

    assert greenhouse.first_request(BOARD).url == (
        "https://boards-api.greenhouse.io/v1/boards/acme/jobs?content=true&pay_transparency=true"
    )
    assert greenhouse.first_request(BOARD | {"base_url": "http://127.0.0.1:1/gh"}).url == (
        "http://127.0.0.1:1/gh/v1/boards/acme/jobs?content=true&pay_transparency=true"
    )


def test_a_board_lists_its_jobs_with_their_content() -> None:
    page = answer("greenhouse", BOARD, board(job()))

    listed = page.jobs[0]
    assert (listed.external_id, listed.title) == ("11", "Account Executive, AI")
    assert listed.url == "https://job-boards.greenhouse.io/acme/jobs/11"
    assert listed.location == "San Francisco, CA | Remote"
    assert listed.page_url is None
    assert page.total == 1
    assert prove([page]).complete


def test_a_job_is_read_field_by_field() -> None:
    read = posting("greenhouse", answer("greenhouse", BOARD, board(job())).jobs[0])

    assert read.locations == (
        Location(raw="San Francisco, CA", city="San Francisco", region="California", country="US"),
        Location(raw="Remote"),
    )
    assert read.workplace is Workplace.HYBRID
    assert read.salary == Salary(
        raw="EUR 50,000 – 60,000.50 per YEAR",
        min=50_000,
        max=60_000.5,
        currency="EUR",
        period=PayPeriod.YEAR,
        origin="structured",
    )
    assert read.posted_at == datetime(2026, 1, 9, 19, 59, 8, tzinfo=UTC)
    assert read.posted_at_raw == "2026-01-09T14:59:08-05:00"
    assert read.description_html == "<h2>Requirements</h2><ul><li>R&amp;D</li></ul>"
    assert read.requirements == ("R&D",)
    assert (read.company, read.department, read.requisition_id) == ("Acme", "Sales", "R-1")
    assert read.employment_types == ()
    assert set(read.provenance.values()) == {"api"}
    assert "valid_through" not in read.provenance


def test_a_board_that_differs_from_its_total_is_partial() -> None:
    assert not prove([answer("greenhouse", BOARD, board(job(), total=2))]).complete
    assert not prove([answer("greenhouse", BOARD, {"jobs": [job()]})]).complete


def test_a_prospect_post_is_listed() -> None:
    page = answer("greenhouse", BOARD, board(job(internal_job_id=None, requisition_id=None)))

    assert prove([page]).complete
    assert posting("greenhouse", page.jobs[0]).requisition_id is None


def test_an_unreadable_job_makes_the_listing_partial_but_others_are_read() -> None:
    page = answer("greenhouse", BOARD, board(job(), job(id=12, title=None), job(id=13)))

    assert [listed.external_id for listed in page.jobs] == ["11", "13"]
    assert page.partial_reason == "posting 2 could not be read: no `title`"


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"{}", b'{"jobs": null}', b"[" * 100_000])
def test_a_response_that_is_not_a_board_is_an_error(body: bytes) -> None:
    with pytest.raises(ParseError):
        answer("greenhouse", BOARD, body)


def read_job(**changes: Any) -> JobPosting:
    return posting(
        "greenhouse", prove([answer("greenhouse", BOARD, board(job(**changes)))]).jobs[0]
    )


@pytest.mark.parametrize("named", ["Hybrid", "In-Office", "On-site", "Distributed", "Various"])
def test_the_offices_are_the_locations_if_the_location_names_no_place(named: str) -> None:
    offices = [{"name": "Berlin", "location": "Berlin, Germany"}, {"name": "Paris, France"}]
    read = read_job(location={"name": named}, offices=offices, metadata=[])

    assert [(place.city, place.country) for place in read.locations] == [
        ("Berlin", "DE"),
        ("Paris", "FR"),
    ]


def test_a_remote_job_is_not_in_an_office() -> None:
    offices = [{"name": "Berlin", "location": "Berlin, Germany"}]
    read = read_job(location={"name": "Remote"}, offices=offices)

    assert read.locations == (Location(raw="Remote"),)


def test_pay_in_two_currencies_keeps_only_its_raw_text() -> None:
    ranges = [
        {"min_cents": 100, "max_cents": 200, "currency_type": currency, "title": "Hourly:"}
        for currency in ("EUR", "GBP")
    ]
    listed = answer("greenhouse", BOARD, board(job(pay_input_ranges=ranges))).jobs[0]

    salary = posting("greenhouse", listed).salary
    assert salary == Salary(raw="EUR 1 – 2 per HOUR; GBP 1 – 2 per HOUR", origin="structured")


def test_nul_and_lone_surrogates_do_not_reach_a_posting() -> None:
    body = board(job(title="Co\x00ok", content="&lt;p&gt;a\x00b \ud83d&lt;/p&gt;"))

    read = posting("greenhouse", answer("greenhouse", BOARD, body).jobs[0])

    assert read.title == "Cook"
    assert "\x00" not in read.description_text
    read.description_text.encode()
