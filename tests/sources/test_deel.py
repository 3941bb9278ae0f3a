"""Tests of Deel. The responses are built by hand, because none is recorded."""

from typing import Any

import pytest

from include.core.models import EmploymentType, JobPosting, Listing, Location, Salary, Workplace
from include.errors import ListingError, ParseError
from include.sources.base import Request
from include.sources.registry import adapter_for
from tests.sources.answers import posting
from tests.sources.boards import listing

COMPANY = {"company": "acme"}
ORGANIZATION = "https://api-prod.letsdeel.com/guest/ats/organizations"
SETTINGS = {"organizationId": "o/1", "jobBoard": {"id": "b-1"}}
PAY = {"minAmount": 100_000, "maxAmount": 150_000, "currencyIsoCode": "USD"}


def item(number: str = "69b25a17", **changes: Any) -> dict[str, Any]:
    return {
        "id": number,
        "title": "Night Cook, Zurich",
        "richtextDescription": "<p>We cook.</p>",
        "isCompensationVisible": False,
        "createdAt": "2026-03-09T18:26:23.272Z",
        "job": {
            "jobLocations": [
                {"location": {"name": "Zurich, Switzerland"}},
                {"location": {"name": "Oslo, Norway"}},
                {"location": None},
            ],
            "jobEmploymentTypes": [{"employmentType": {"name": "Full-time"}}],
            "jobDepartments": [{"department": {"name": "Kitchen"}}],
            "jobTeams": [{"team": {"name": "Night"}}],
            "currentCompensation": PAY,
        },
    } | changes


def board(postings: Any, settings: Any = SETTINGS) -> Listing:
    def serve(request: Request) -> Any:
        if request.url.endswith("/acme/career_page_settings"):
            return settings
        assert request.url == f"{ORGANIZATION}/o%2F1/job_boards/b-1/job_postings"
        return postings

    return listing("deel", COMPANY, serve)


def read(**changes: Any) -> JobPosting:
    return posting("deel", board([item(**changes)]).jobs[0])


def test_the_settings_lead_to_all_postings() -> None:
    first = adapter_for("deel").first_request(COMPANY)
    board_found = board([item(), item("2")])

    assert first.url == f"{ORGANIZATION}/acme/career_page_settings"
    assert [job.external_id for job in board_found.jobs] == ["69b25a17", "2"]
    assert board_found.jobs[0].url == "https://jobs.deel.com/acme/job-details/69b25a17/overview"
    assert board_found.jobs[0].location == "Zurich, Switzerland; Oslo, Norway"
    assert board_found.complete


def test_the_list_may_be_inside_an_object() -> None:
    assert board({"jobPostings": [item()]}) == board([item()])


def test_a_posting_is_read_field_by_field() -> None:
    posting = read()

    assert (posting.external_id, posting.title) == ("69b25a17", "Night Cook, Zurich")
    assert posting.locations == (
        Location(raw="Zurich, Switzerland", city="Zurich", country="CH"),
        Location(raw="Oslo, Norway", city="Oslo", country="NO"),
    )
    assert (posting.department, posting.team) == ("Kitchen", "Night")
    assert posting.employment_types == (EmploymentType.FULL_TIME,)
    assert posting.posted_at is not None
    assert posting.posted_at.isoformat() == "2026-03-09T18:26:23.272000+00:00"
    assert (posting.description_text, posting.workplace) == ("We cook.", None)


def test_a_posting_that_names_only_remote_places_is_remote() -> None:
    job = {"jobLocations": [{"location": {"name": "Remote - Europe"}}]}

    assert read(job=job).workplace is Workplace.REMOTE
    assert read(job=None).locations == ()


def test_only_visible_pay_is_read_and_it_has_no_period() -> None:
    assert read().salary is None
    assert read(isCompensationVisible="true").salary is None
    assert read(isCompensationVisible=True).salary == Salary(
        raw="USD 100,000 – 150,000", min=100_000, max=150_000, currency="USD", origin="structured"
    )


@pytest.mark.parametrize(
    "settings", [{}, {"organizationId": "o"}, {"organizationId": "o", "jobBoard": None}, []]
)
def test_settings_without_a_board_are_an_error(settings: Any) -> None:
    with pytest.raises(ParseError):
        board([], settings)


@pytest.mark.parametrize("postings", [{}, {"jobPostings": None}, "maintenance", "[{"])
def test_something_else_instead_of_the_postings_is_partial(postings: Any) -> None:
    board_found = board(postings)

    assert (board_found.jobs, board_found.complete) == ((), False)


@pytest.mark.parametrize("status", [401, 403, 429, 500])
def test_a_refusal_of_the_postings_is_partial(status: int) -> None:
    def serve(request: Request) -> Any:
        if request.url.endswith("/job_postings"):
            raise ListingError(f"answered with status {status}")
        return SETTINGS

    assert not listing("deel", COMPANY, serve).complete
