"""Tests of Keka. The responses are built by hand like those in the tests of other crawlers."""

from typing import Any

import pytest

from include.core.models import EmploymentType, JobPosting, Listing, Location, Salary
from include.errors import ParseError
from include.sources.base import Request
from tests.sources.answers import posting
from tests.sources.boards import listing

SITE = {"site": "acme"}
EMPLOYER = "b5279857-cf81-4dde-a215-fc48957ee2b5"
SHELL = f"""<div id="content-container"></div><script>
    fetch('/ats/documents/{EMPLOYER}/careerportal/18096d20247d4ecfa4efcf04875cbda6.html')</script>"""
BENGALURU = {
    "id": 31395, "name": "Europa", "city": "Bengaluru", "state": "KA", "countryCode": "IN",
    "countryName": "India",
}  # fmt: skip


def item(number: int = 134831, **changes: Any) -> dict[str, Any]:
    return {
        "id": number,
        "title": "Night Cook",
        "description": "<div>Cook at night.</div>",
        "departmentName": "Kitchen",
        "jobNumber": "JOB-7",
        "jobLocations": [BENGALURU],
        "jobType": 2,
        "publishedOn": "2026-07-15T07:26:49.647Z",
        "salaryRange": {"minimum": 300_000, "maximum": 360_000, "currency": "INR",
                        "salaryPeriod": 4},
        "salaryRangeFormat": "INR 3,00,000.00 - 3,60,000.00",
    } | changes  # fmt: skip


def board(
    jobs: Any, *, page: str = SHELL, portal: str = "default", employer: str = EMPLOYER
) -> Listing:
    path = "" if portal == "default" else f"{portal}/"

    def serve(request: Request) -> Any:
        if request.url == f"https://acme.keka.com/careers/{path}":
            return page
        api = f"https://acme.keka.com/careers/api/embedjobs/{portal}/active/{employer}"
        assert request.url == api
        return jobs

    return listing("keka", SITE if portal == "default" else {**SITE, "portal": portal}, serve)


def read(**changes: Any) -> JobPosting:
    return posting("keka", board([item(**changes)]).jobs[0])


@pytest.mark.parametrize(
    "page",
    [
        SHELL,
        f'<script src="https://acme.keka.com/careers/api/embedjobs/js/{EMPLOYER}"></script>',
        f"<script>window.khConfig = {{identifier: '{EMPLOYER.upper()}'}}</script>",
    ],
)
def test_the_page_of_a_portal_leads_to_all_postings(page: str) -> None:
    board_found = board([item(), item(134239, jobLocations=[])], page=page)

    assert [(job.external_id, job.location) for job in board_found.jobs] == [
        ("134831", "Bengaluru, KA, India"),
        ("134239", None),
    ]
    assert board_found.jobs[0].url == "https://acme.keka.com/careers/jobdetails/134831"
    assert board_found.complete


def test_the_employer_may_be_stated_without_hyphens() -> None:
    employer = EMPLOYER.replace("-", "")

    assert board([item()], page=SHELL.replace(EMPLOYER, employer), employer=employer).complete


def test_another_portal_of_a_site_has_its_own_list() -> None:
    board_found = board([item()], portal="chefs")

    assert board_found.jobs[0].url == "https://acme.keka.com/careers/chefs/jobdetails/134831"


def test_a_posting_is_read_field_by_field() -> None:
    posting = read()

    assert (posting.external_id, posting.title) == ("134831", "Night Cook")
    assert (posting.requisition_id, posting.department) == ("JOB-7", "Kitchen")
    assert posting.locations == (
        Location(raw="Bengaluru, KA, India", city="Bengaluru", region="KA", country="IN"),
    )
    assert posting.employment_types == (EmploymentType.FULL_TIME,)
    assert posting.posted_at is not None
    assert posting.posted_at.isoformat() == "2026-07-15T07:26:49.647000+00:00"
    assert posting.description_text == "Cook at night."


def test_pay_has_no_period_because_its_number_may_mean_anything() -> None:
    assert read().salary == Salary(
        raw="INR 3,00,000.00 - 3,60,000.00", min=300_000, max=360_000, currency="INR",
        origin="structured",
    )  # fmt: skip
    assert read(salaryRange=None).salary is None


@pytest.mark.parametrize(
    ("stated", "expected"),
    [(1, (EmploymentType.PART_TIME,)), (3, ()), (None, ()), ("x", ())],
)
def test_only_known_job_types_are_read(stated: Any, expected: tuple[EmploymentType, ...]) -> None:
    assert read(jobType=stated).employment_types == expected


def test_all_places_are_read_and_unknown_parts_are_left_out() -> None:
    other = {"city": "NA", "state": "n/a", "countryName": "Norway", "countryCode": "NO"}
    named = {"name": "Head office", "city": None}

    assert [place.raw for place in read(jobLocations=[BENGALURU, other, named]).locations] == [
        "Bengaluru, KA, India",
        "Norway",
        "Head office",
    ]


@pytest.mark.parametrize(
    "page",
    [
        "<h1>Log in to Keka</h1>",
        f"<a href='/x/{EMPLOYER}'>x</a>",
        SHELL.replace(EMPLOYER, EMPLOYER[:-1]),
    ],
)
def test_a_page_without_an_employer_is_an_error(page: str) -> None:
    with pytest.raises(ParseError):
        board([], page=page)


@pytest.mark.parametrize("jobs", [{"message": "x"}, "<html>", "[{", [{"id": 1}]])
def test_something_else_instead_of_the_postings_is_partial(jobs: Any) -> None:
    board_found = board(jobs)

    assert (board_found.jobs, board_found.complete) == ((), False)


def test_a_portal_without_postings_is_complete() -> None:
    assert board([]).complete
