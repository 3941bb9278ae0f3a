"""Tests of Manatal. The lists of two companies are recorded, and others are built like these."""

from collections.abc import Callable
from typing import Any

import pytest

from include.core.models import Salary
from include.errors import ParseError
from include.sources.base import Request
from include.sources.completeness import prove
from include.sources.paging import number_in
from tests.recorded import recorded
from tests.sources.answers import answer, posting
from tests.sources.boards import listing

ACME = {"company": "acme"}
PAGE_SIZE = 20


def job(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "id": number,
        "hash": f"H{number}",
        "position_name": "Cook",
        "description": "<p>We cook.</p>",
        "country": "Norway",
        "state": "",
        "city": "Oslo",
        "location_display": "Oslo, Norway",
        "is_salary_visible": False,
        "is_pinned_in_career_page": False,
    } | changes


def site(
    count: int, *, stated_total: int | None = None, repeats_posting: bool = False
) -> Callable[[Request], Any]:
    """Return a function that answers requests as a company with ``count`` postings does.

    Args:
        stated_total: the total that each response states; None for ``count``.
        repeats_posting: True to send the same posting in place of every posting.
    """

    def serve(request: Request) -> Any:
        page = number_in(request, "page")
        assert request.url == f"https://www.careers-page.com/api/v1.0/c/acme/jobs/?page={page}"
        end = page * PAGE_SIZE
        numbers = range(count)[end - PAGE_SIZE : end]
        found = [job(0 if repeats_posting else number) for number in numbers]
        # Only the presence of this URL says that there is another page. The URL is not followed.
        following = "https://elsewhere.test/?page=9" if end < count else None
        total = count if stated_total is None else stated_total
        return {"count": total, "next": following, "previous": None, "results": found}

    return serve


@pytest.mark.parametrize("count", [1, 20, 21, 168])
def test_a_company_is_read_to_its_total(count: int) -> None:
    result = listing("manatal", ACME, site(count))

    assert (result.complete, result.reason) == (True, None)
    assert len(result.jobs) == count


@pytest.mark.parametrize(
    "serve",
    [site(30, stated_total=31), site(30, stated_total=29), site(30, repeats_posting=True)],
)
def test_an_inconsistent_list_is_partial(serve: Callable[[Request], Any]) -> None:
    assert not listing("manatal", ACME, serve).complete


@pytest.mark.parametrize(
    ("name", "count", "first"),
    [
        (
            "manatal/list-calqulate.json",
            10,
            ("3550645", "AI Engineer", "San Diego, California, United States", "7X4W43WX"),
        ),
        (
            "manatal/list-ghostwerks.json",
            6,
            ("3226536", "Administrative Support", "Wharton, New Jersey, United States", "RY684VW6"),
        ),
    ],
)
def test_a_recorded_list_is_read(name: str, count: int, first: tuple[str, ...]) -> None:
    page = answer("manatal", ACME, recorded(name))
    found = prove([page])

    assert (len(found.jobs), found.complete) == (count, True)
    top = found.jobs[0]
    assert (top.external_id, top.title, top.location) == first[:3]
    assert top.url == f"https://www.careers-page.com/acme/job/{first[3]}"
    read = posting("manatal", top)
    assert [at.country for at in read.locations] == ["US"]
    assert len(read.description_text) > 1_000
    assert (read.posted_at, read.url) == (None, top.url)


def test_pay_is_read_only_if_it_is_visible() -> None:
    pay = {"salary_min": "30000.00", "salary_max": "35000.00", "currency_code": "NOK"}
    shown, hidden = (
        posting("manatal", answer("manatal", ACME, {"count": 1, "results": [row]}).jobs[0])
        for row in (job(1, **pay, is_salary_visible=True), job(1, **pay))
    )

    assert hidden.salary is None
    assert shown.salary == Salary(
        raw="NOK 30,000 – 35,000", min=30_000, max=35_000, currency="NOK", origin="structured"
    )


def test_the_company_s_name_is_read_if_it_is_stated() -> None:
    page = answer("manatal", ACME, {"count": 1, "results": [job(1, organization_name="Acme AS")]})

    assert posting("manatal", page.jobs[0]).company == "Acme AS"


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"{}", b'{"count": 1, "results": [{"id": 1'])
def test_a_response_that_is_not_a_list_is_an_error(body: bytes) -> None:
    with pytest.raises(ParseError):
        answer("manatal", ACME, body)
