"""Tests of Gem. The responses are built by hand from published samples of real boards."""

from typing import Any

import pytest

from include.core.models import EmploymentType, Location, Workplace
from include.errors import ParseError
from include.sources.completeness import prove
from include.sources.registry import adapter_for
from tests.recorded import recorded
from tests.sources.answers import answer, posting

BOARD = {"board": "acme"}


def post(**changes: Any) -> dict[str, Any]:
    return {
        "id": "am9icG9zdDrT",
        "title": "Cook",
        "absolute_url": "https://jobs.gem.com/acme/am9icG9zdDrT",
        "content": "<p>We cook.</p><h3>Requirements</h3><ul><li>Patience</li></ul>",
        "location": {"name": "Paris, France"},
        "location_type": "hybrid",
        "offices": [{"name": "Paris", "location": {"name": "Paris, France"}}],
        "departments": [{"id": "1", "name": "Kitchen"}],
        "employment_type": "full_time",
        "requisition_id": "R-7",
        "first_published_at": "2025-06-12T14:58:22.887Z",
        "updated_at": "2025-06-13T14:58:22.887Z",
    } | changes


def read(**changes: Any) -> Any:
    return posting("gem", answer("gem", BOARD, [post(**changes)]).jobs[0])


def test_one_request_asks_for_the_whole_board() -> None:
    page = answer("gem", BOARD, [post(), post(id="2")])
    request = adapter_for("gem").first_request(BOARD)

    assert request.url == "https://api.gem.com/job_board/v0/acme/job_posts/"
    assert prove([page]).complete
    assert [(job.external_id, job.location) for job in page.jobs] == [
        ("am9icG9zdDrT", "Paris, France"),
        ("2", "Paris, France"),
    ]


def test_a_post_is_read_field_by_field() -> None:
    posting = read()

    assert posting.locations == (Location(raw="Paris, France", city="Paris", country="FR"),)
    assert posting.workplace is Workplace.HYBRID
    assert posting.employment_types == (EmploymentType.FULL_TIME,)
    assert (posting.department, posting.requisition_id) == ("Kitchen", "R-7")
    assert posting.posted_at.isoformat() == "2025-06-12T14:58:22.887000+00:00"
    assert posting.requirements == ("Patience",)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("remote", Workplace.REMOTE),
        ("in_office", Workplace.ONSITE),
        ("hybrid", Workplace.HYBRID),
        (None, None),
    ],
)
def test_the_workplace_is_the_type_of_location(kind: str | None, expected: Any) -> None:
    assert read(location_type=kind).workplace is expected


def test_a_post_without_a_location_has_those_of_its_offices() -> None:
    offices = [{"name": "HQ", "location": {"name": "Oslo, Norway"}}, {"name": "Bergen, Norway"}]

    assert [at.raw for at in read(location=None, offices=offices).locations] == [
        "Oslo, Norway",
        "Bergen, Norway",
    ]


def test_a_recorded_response_of_another_api_is_partial() -> None:
    page = answer("gem", BOARD, recorded("gem/gem-batch-response.json"))

    assert (page.jobs, prove([page]).complete) == ((), False)


@pytest.mark.parametrize("body", [b"<html>", b"{}", b'{"error": "not found"}', b'[{"id": 1, "t'])
def test_a_response_that_is_not_a_board_is_an_error(body: bytes) -> None:
    with pytest.raises(ParseError):
        answer("gem", BOARD, body)
