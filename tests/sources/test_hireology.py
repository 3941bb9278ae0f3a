"""Tests of Hireology. The responses are built by hand from those that public crawlers recorded."""

from collections.abc import Callable
from typing import Any

import pytest

from include.core.models import EmploymentType, Location, PayPeriod, Workplace
from include.errors import ParseError
from include.sources.base import Request
from include.sources.paging import number_in
from tests.sources.answers import answer, posting
from tests.sources.boards import listing

SITE = {"company": "acme&sons"}
URL = "https://careers.hireology.com/acmelincoln/2827500/description"


def job(number: int = 2827500, **changes: Any) -> dict[str, Any]:
    return {
        "id": number,
        "name": "Cook",
        "created_at": "2026-07-27T19:10:31.370Z",
        "status": "Open",
        "employment_status": "Full Time - hourly",
        "job_description": "<h2>Requirements</h2><ul><li>Patience</li></ul>",
        "locations": [{"city": "Lincoln", "state": "NE", "zip_code": "68521"}],
        "remote": False,
        "job_family": {"id": 9, "name": "Kitchen"},
        "career_site_url": URL,
        "organization": {"id": 21165, "name": "Acme of Lincoln", "type": "Location"},
        "compensation": {
            "is_comp_range": True,
            "comp_single_amount": "0.0",
            "comp_range_min": "25.0",
            "comp_range_max": "35.5",
            "comp_period": "hour",
            "comp_frequency": "weekly",
        },
    } | changes


def site(count: int, *, stated: int | None = None) -> Callable[[Request], Any]:
    """Return a function that answers requests as a company with ``count`` postings does.

    Each response states the total ``stated``; None for ``count``.
    """

    def serve(request: Request) -> Any:
        assert request.url.startswith("https://api.hireology.com/v2/public/careers/acme%26sons?")
        page, size = number_in(request, "page"), number_in(request, "page_size")
        numbers = range(count)[(page - 1) * size : page * size]
        total = count if stated is None else stated
        return {"data": [job(number) for number in numbers], "count": total, "page": page}

    return serve


@pytest.mark.parametrize("count", [0, 1, 500, 501, 1_001])
def test_a_site_is_read_to_its_count(count: int) -> None:
    result = listing("hireology", SITE, site(count))

    assert (len(result.jobs), result.complete, result.reason) == (count, True, None)


@pytest.mark.parametrize("serve", [site(600, stated=601), site(600, stated=599)])
def test_a_count_that_does_not_add_up_is_partial(serve: Callable[[Request], Any]) -> None:
    assert not listing("hireology", SITE, serve).complete


def test_a_posting_that_is_not_open_is_not_listed_and_leaves_the_list_partial() -> None:
    rows = [job(1), job(2, status="Closed")]
    result = listing("hireology", SITE, lambda _: {"data": rows, "count": 2})

    assert ([each.external_id for each in result.jobs], result.complete) == (["1"], False)


def test_a_posting_without_a_status_is_listed() -> None:
    row = job(1)
    del row["status"]

    assert listing("hireology", SITE, lambda _: {"data": [row], "count": 1}).complete


def test_a_posting_is_read_field_by_field() -> None:
    (listed,) = listing("hireology", SITE, site(1)).jobs
    read = posting("hireology", listed)

    assert (listed.external_id, listed.title, listed.url) == ("0", "Cook", URL)
    assert listed.location == "Lincoln, NE"
    assert (read.company, read.department, read.url) == ("Acme of Lincoln", "Kitchen", URL)
    assert read.locations == (Location(raw="Lincoln, NE", city="Lincoln", region="NE"),)
    assert read.employment_types == (EmploymentType.FULL_TIME,)
    assert read.posted_at is not None
    assert read.posted_at.isoformat() == "2026-07-27T19:10:31.370000+00:00"
    assert read.salary is not None
    assert (read.salary.min, read.salary.max) == (25, 35.5)
    assert (read.salary.period, read.salary.currency) == (PayPeriod.HOUR, None)
    assert (read.workplace, read.requirements) == (None, ("Patience",))


def test_a_single_amount_is_both_ends_of_the_pay() -> None:
    pay = {"is_comp_range": False, "comp_single_amount": "95", "comp_range_min": "0"}
    (listed,) = answer("hireology", SITE, {"data": [job(compensation=pay)], "count": 1}).jobs
    read = posting("hireology", listed)

    assert read.salary is not None
    assert (read.salary.min, read.salary.max, read.salary.period) == (95, 95, None)


@pytest.mark.parametrize("pay", [None, {"is_comp_range": True, "comp_range_min": "0"}])
def test_an_amount_of_zero_is_no_pay(pay: Any) -> None:
    row = job(compensation=pay, remote=True)
    (listed,) = answer("hireology", SITE, {"data": [row], "count": 1}).jobs
    read = posting("hireology", listed)

    assert (read.salary, read.workplace) == (None, Workplace.REMOTE)


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"count": 0}', b'{"data": {}, "count": 0}'])
def test_a_response_that_is_not_a_list_is_an_error(body: bytes) -> None:
    with pytest.raises(ParseError):
        answer("hireology", SITE, body)
