from collections.abc import Callable
from typing import Any

import pytest

from include.core.models import EmploymentType, Workplace
from include.errors import PageGone, ParseError
from include.sources.base import Request
from include.sources.paging import number_in
from tests.recorded import recorded
from tests.sources.answers import answer
from tests.sources.boards import document, listing

SITE = {"host": "acme.eightfold.ai", "domain": "acme.com"}
PAGE_SIZE = 10


def position(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "id": 1_000 + number,
        "displayJobId": f"JR{number}",
        "name": "Analyst",
        "locations": ["Mumbai, Maharashtra, India", "London, United Kingdom"],
        "postedTs": 1783900800,
        "department": "Strategy",
        "workLocationOption": "hybrid",
        "positionUrl": f"/careers/job/{1_000 + number}",
    } | changes


def search(positions: list[dict[str, Any]], count: int | None) -> dict[str, Any]:
    return {"status": 200, "data": {"positions": positions, "count": count}}


def site(count: int, *, stops_at: int = 10_000, wraps: bool = False) -> Callable[[Request], Any]:
    """Return a function that answers searches, which state ``count`` postings.

    Args:
        stops_at: the number of postings that can be listed, even if ``count`` is higher.
        wraps: True to show the first postings again after the last one; False to show none.
    """

    def serve(request: Request) -> Any:
        start = number_in(request, "start")
        if wraps:
            start %= stops_at
        numbers = range(min(count, stops_at))[start : start + PAGE_SIZE]
        return search([position(number) for number in numbers], count)

    return serve


@pytest.mark.parametrize("count", [0, 1, 10, 11, 2_500])
def test_a_site_is_read_in_pages_of_ten(count: int) -> None:
    result = listing("eightfold", SITE, site(count))

    assert result.complete
    assert len(result.jobs) == count


@pytest.mark.parametrize("wraps", [False, True])
def test_a_site_that_stops_early_or_repeats_its_pages_is_partial(wraps: bool) -> None:
    result = listing("eightfold", SITE, site(80, stops_at=50, wraps=wraps))

    assert not result.complete
    assert result.reason == "the source states 80 postings, 50 were listed"


def test_an_unregistered_domain_is_an_error() -> None:
    with pytest.raises(ParseError):
        answer("eightfold", SITE, b"<!doctype html><title>Careers</title>")


def test_a_job_has_its_employer_s_id_and_eightfold_s_urls() -> None:
    listed = answer("eightfold", SITE, search([position(1)], 1)).jobs[0]

    assert listed.external_id == "JR1"
    assert listed.location == "Mumbai, Maharashtra, India; London, United Kingdom"
    assert listed.url == "https://acme.eightfold.ai/careers/job/1001"
    assert listed.page_url == (
        "https://acme.eightfold.ai/api/pcsx/position_details?position_id=1001&domain=acme.com&hl=en"
    )


def test_a_position_is_read_field_by_field() -> None:
    read = document(
        "eightfold",
        {
            "status": 200,
            "data": position(
                1,
                jobDescription="<p>Base pay: $100,000 - $120,000 per year</p>",
                efcustomTextTextTimeType=["Full time"],
            ),
        },
    )

    assert [(place.city, place.country) for place in read.locations] == [
        ("Mumbai", "IN"),
        ("London", "GB"),
    ]
    assert read.workplace is Workplace.HYBRID
    assert read.employment_types == (EmploymentType.FULL_TIME,)
    assert read.posted_at is not None
    assert read.posted_at.date().isoformat() == "2026-07-13"
    assert read.salary is not None
    assert (read.salary.min, read.salary.currency) == (100_000, None)
    assert read.provenance["salary"] == "text"


def test_a_body_with_status_404_is_gone() -> None:
    gone = {"status": 404, "error": {"message": "Position not found"}, "data": {}}

    with pytest.raises(PageGone, match="Position not found"):
        document("eightfold", gone)
    with pytest.raises(ParseError):
        document("eightfold", gone | {"status": 200})


def test_a_recorded_search_and_position_are_read() -> None:
    page = answer("eightfold", SITE, recorded("eightfold/search_rsp.json"))
    read = document("eightfold", recorded("eightfold/position_details_rsp.json"))

    assert (page.total, len(page.jobs)) == (1330, 10)
    assert page.jobs[0].external_id == read.external_id == "PT-JR040351"
    assert page.jobs[0].title == read.title == "Vice President - Prin Software Eng"
    assert page.jobs[0].location == read.locations[0].raw == "Bengaluru, Karnataka, India"
    assert read.posted_at_raw == "1783900800"
    assert read.workplace is Workplace.HYBRID
    assert len(read.description_text) > 2_000


def test_a_position_may_have_a_single_location() -> None:
    stated = position(1) | {"locations": None, "location": "London, United Kingdom"}
    read = document("eightfold", {"status": 200, "data": stated})

    assert [place.city for place in read.locations] == ["London"]
