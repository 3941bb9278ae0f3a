"""Tests of Comeet.

The pages are built by hand from those of real boards that public crawlers recorded.
"""

import json
from typing import Any

import pytest

from include.core.models import EmploymentType, Location, Workplace
from include.errors import ParseError
from include.sources.completeness import prove
from include.sources.registry import adapter_for
from tests.sources.answers import answer, posting

BOARD = {"company": "acme", "uid": "30.005"}
URL = "https://www.comeet.com/jobs/acme/30.005/cook/7A.123"


def position(**changes: Any) -> dict[str, Any]:
    return {
        "uid": "7A.123",
        "name": "Cook",
        "company_name": "Acme",
        "department": "Kitchen",
        "employment_type": "Full-time",
        "workplace_type": "Hybrid",
        "location": {"name": "Tel Aviv", "city": "Tel Aviv-Yafo", "country": "IL", "state": None},
        "details": [
            {"name": "Requirements", "value": "<ul><li>Patience]; no</li></ul>", "order": 2},
            {"name": "Description", "value": "<p>We cook.</p>", "order": 1},
            {"name": "Extra", "value": None, "order": 3},
        ],
        "url_comeet_hosted_page": URL,
        "time_updated": "2026-06-13T14:58:22Z",
    } | changes


def page(*positions: dict[str, Any]) -> bytes:
    data = json.dumps(list(positions))
    return (
        f"<html><script>\n COMPANY_POSITIONS_DATA = {data};\nPOSITION_DATA = null;</script></html>"
    ).encode()


def read(**changes: Any) -> Any:
    return posting("comeet", answer("comeet", BOARD, page(position(**changes))).jobs[0])


def test_one_request_asks_for_the_whole_board() -> None:
    result = answer("comeet", BOARD, page(position(), position(uid="2")))

    assert adapter_for("comeet").first_request(BOARD).url == (
        "https://www.comeet.com/jobs/acme/30.005"
    )
    assert prove([result]).complete
    assert [(job.external_id, job.title, job.location) for job in result.jobs] == [
        ("7A.123", "Cook", "Tel Aviv"),
        ("2", "Cook", "Tel Aviv"),
    ]
    assert (result.jobs[0].url, result.jobs[0].modified) == (URL, "2026-06-13T14:58:22Z")


def test_a_position_is_read_field_by_field() -> None:
    posting = read()

    assert posting.locations == (Location(raw="Tel Aviv", city="Tel Aviv-Yafo", country="IL"),)
    assert posting.employment_types == (EmploymentType.FULL_TIME,)
    assert (posting.company, posting.department) == ("Acme", "Kitchen")
    assert posting.workplace is Workplace.HYBRID
    assert posting.updated_at.isoformat() == "2026-06-13T14:58:22+00:00"
    assert posting.posted_at is None


def test_the_parts_of_the_text_are_in_their_order() -> None:
    posting = read()

    assert posting.description_text == "Description\nWe cook.\nRequirements\n- Patience]; no"
    assert posting.requirements == ("Patience]; no",)


def test_a_remote_place_is_a_workplace_if_none_is_stated() -> None:
    remote = {"name": "Remote", "country": "IL", "is_remote": True}

    assert read(workplace_type=None, location=remote).workplace is Workplace.REMOTE
    assert read(workplace_type=None).workplace is None


def test_a_position_without_a_hosted_page_has_the_employer_s() -> None:
    own = {"url_comeet_hosted_page": None, "url_active_page": "https://acme.example/jobs/1"}

    assert read(**own).url == "https://acme.example/jobs/1"


@pytest.mark.parametrize(
    "body",
    [
        b"<html>Page not found</html>",
        b"[]",
        page(position())[:200],
        b"<script>COMPANY_POSITIONS_DATA = {};</script>",
        b"<script>COMPANY_POSITIONS_DATA = null;</script>",
    ],
)
def test_a_page_that_is_not_a_board_is_an_error(body: bytes) -> None:
    with pytest.raises(ParseError):
        answer("comeet", BOARD, body)
