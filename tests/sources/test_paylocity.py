import json
from typing import Any

import pytest

from include.errors import ParseError
from include.sources.completeness import prove
from include.sources.registry import adapter_for
from tests.recorded import recorded
from tests.sources.answers import answer
from tests.sources.configs import GUID

BOARD = {"board": GUID}


def job(**changes: Any) -> dict[str, Any]:
    return {
        "JobId": 4272751,
        "JobTitle": "Cook",
        "LocationName": "Paris, Kentucky",
        "ShouldDisplayLocation": True,
        "IsInternal": False,
    } | changes


def board(*jobs: dict[str, Any]) -> bytes:
    """Return a page like the recorded one. It has other scripts before and after the assignment."""
    page_data = json.dumps({"ModuleId": 1, "Jobs": list(jobs), "ModuleTitle": "Acme };"})
    script = f"<script>window.pageData = {page_data};</script>"
    return f"<html><script>window.other = {{}};</script>{script}<script>x</script></html>".encode()


def test_one_page_has_the_whole_board() -> None:
    request = adapter_for("paylocity").first_request({"board": GUID.upper()})
    page = answer("paylocity", BOARD, board(job(), job(JobId=2, JobTitle="Braces }; in it")))

    assert request.url == f"https://recruiting.paylocity.com/recruiting/jobs/All/{GUID}"
    assert prove([page]).complete
    assert [(each.external_id, each.title) for each in page.jobs] == [
        ("4272751", "Cook"),
        ("2", "Braces }; in it"),
    ]
    assert page.jobs[0].url == "https://recruiting.paylocity.com/Recruiting/Jobs/Details/4272751"
    assert page.jobs[0].location == "Paris, Kentucky"


def test_a_recorded_board_is_listed_completely() -> None:
    listing = prove([answer("paylocity", BOARD, recorded("paylocity/board-sendcutsend.html"))])

    assert listing.complete
    assert len(listing.jobs) == 7
    assert listing.jobs[0].title == "Production Technician - Swing Shift"
    assert {each.location for each in listing.jobs} == {"Paris, Kentucky", "Arlington, Texas"}


def test_a_numbered_host_has_its_own_pages() -> None:
    config = BOARD | {"base_url": "https://2000recruiting.paylocity.com"}
    (listed,) = answer("paylocity", config, board(job())).jobs

    assert listed.page_url == "https://2000recruiting.paylocity.com/Recruiting/Jobs/Details/4272751"


def test_postings_for_employees_and_hidden_locations_are_left_out() -> None:
    jobs = (job(IsInternal=True), job(JobId=2, ShouldDisplayLocation=False))
    (listed,) = answer("paylocity", BOARD, board(*jobs)).jobs

    assert (listed.external_id, listed.location) == ("2", None)


def test_an_unreadable_posting_makes_the_listing_partial() -> None:
    page = answer("paylocity", BOARD, board(job(), job(JobTitle=None)))

    assert len(page.jobs) == 1
    assert page.partial_reason == "posting 2 could not be read: no `JobTitle`"


@pytest.mark.parametrize(
    "page",
    [board(job())[:200], b"<h1>Job not found</h1>", b"<script>window.pageData = null;</script>"],
    ids=["cut", "another page", "no data"],
)
def test_a_page_without_the_whole_data_is_an_error(page: bytes) -> None:
    with pytest.raises(ParseError):
        answer("paylocity", BOARD, page)
