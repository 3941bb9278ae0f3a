"""Tests of Jibe. The responses are built by hand from those that public crawlers recorded."""

from collections.abc import Callable
from typing import Any

import pytest

from include.core.models import EmploymentType
from include.errors import ListingError, ParseError
from include.sources.base import Request
from include.sources.paging import number_in
from tests.sources.answers import answer, posting
from tests.sources.boards import listing

SITE = {"host": "careers.acme.com"}


def job(number: int | str = 27341, **changes: Any) -> dict[str, Any]:
    return {
        "data": {
            "slug": str(number),
            "req_id": str(number),
            "title": "Cook &amp; Baker",
            "description": "<p>We cook.</p>",
            "location_name": "Riverfront Campus",
            "city": "Savannah",
            "state": "Georgia",
            "country": "United States",
            "country_code": "US",
            "full_location": "Savannah, Georgia",
            "categories": [{"name": "Food"}],
            "department": "Kitchen",
            "salary_min_value": 120000,
            "salary_max_value": 150000,
            "employment_type": "FULL_TIME",
            "hiring_organization": "Acme Corp",
            "posted_date": "2026-05-20T14:27:00+0000",
            "update_date": "2026-05-21T17:14:56+0000",
            "apply_url": "https://careers-acme.icims.com/jobs/27341/login",
        }
        | changes
    }


def site(
    count: int, *, limit: int = 100, stated: int | None = None, stops_at: int = 10_000
) -> Callable[[Request], Any]:
    """Return a site of ``count`` postings. A page has at most ``limit``."""

    def serve(request: Request) -> Any:
        assert request.url.startswith("https://careers.acme.com/api/jobs?page=")
        page, size = number_in(request, "page"), min(number_in(request, "limit"), limit)
        numbers = range(min(count, stops_at))[(page - 1) * size : page * size]
        total = count if stated is None else stated
        return {"jobs": [job(number) for number in numbers], "totalCount": total}

    return serve


@pytest.mark.parametrize("limit", [10, 100])
@pytest.mark.parametrize("count", [1, 9, 10, 11, 100, 101, 257])
def test_a_site_is_read_to_its_total_whatever_its_page_size(count: int, limit: int) -> None:
    result = listing("jibe", SITE, site(count, limit=limit))

    assert (len(result.jobs), result.complete, result.reason) == (count, True, None)


@pytest.mark.parametrize("serve", [site(120, stated=121), site(120, stops_at=90)])
def test_an_inconsistent_list_is_partial(serve: Callable[[Request], Any]) -> None:
    assert not listing("jibe", SITE, serve).complete


def test_a_page_that_is_refused_leaves_the_list_partial() -> None:
    def serve(request: Request) -> Any:
        if number_in(request, "page") == 2:
            raise ListingError("answered with status 503")
        return site(150)(request)

    result = listing("jibe", SITE, serve)
    assert (len(result.jobs), result.complete) == (100, False)


def test_a_posting_is_read_field_by_field() -> None:
    (listed,) = answer("jibe", SITE, {"jobs": [job()], "totalCount": 1}).jobs
    read = posting("jibe", listed)

    assert (listed.external_id, listed.title) == ("27341", "Cook & Baker")
    assert (listed.url, listed.location) == (
        "https://careers.acme.com/jobs/27341",
        "Savannah, Georgia, United States",
    )
    assert (read.title, read.company, read.department) == ("Cook & Baker", "Acme Corp", "Kitchen")
    (place,) = read.locations
    assert (place.city, place.region, place.country) == ("Savannah", "Georgia", "US")
    assert read.employment_types == (EmploymentType.FULL_TIME,)
    assert read.salary is not None
    assert (read.salary.min, read.salary.max, read.salary.period) == (120_000, 150_000, None)
    assert (read.apply_url, read.description_text) == (
        "https://careers-acme.icims.com/jobs/27341/login",
        "We cook.",
    )
    assert read.posted_at is not None
    assert read.updated_at is not None
    assert read.posted_at.isoformat() == "2026-05-20T14:27:00+00:00"
    assert read.updated_at.isoformat() == "2026-05-21T17:14:56+00:00"


def test_further_places_are_read_and_a_place_without_a_city_has_its_text() -> None:
    more = {"city": "Oslo", "state": "", "country": "Norway", "country_code": "NO"}
    remote = {"city": "", "full_location": "Remote, United States"}
    rows = [job(1, additional_locations=[more]), job(2, **remote)]
    found = answer("jibe", SITE, {"jobs": rows, "totalCount": 2}).jobs

    assert [each.location for each in found] == [
        "Savannah, Georgia, United States; Oslo, Norway",
        "Remote, United States",
    ]


def test_a_zero_is_no_pay_and_the_category_stands_in_for_the_department() -> None:
    row = job(salary_min_value=0, salary_max_value=0, department="")
    (listed,) = answer("jibe", SITE, {"jobs": [row], "totalCount": 1}).jobs
    read = posting("jibe", listed)

    assert (read.salary, read.department) == (None, "Food")


def test_a_posting_in_two_languages_is_two_postings() -> None:
    rows = [job(1, language="en-us"), job(1, language="fr-ca")]
    result = listing("jibe", SITE, lambda _: {"jobs": rows, "totalCount": 2})

    assert result.complete
    assert [(each.external_id, each.url) for each in result.jobs] == [
        ("1", "https://careers.acme.com/jobs/1?lang=en-us"),
        ("1/fr-ca", "https://careers.acme.com/jobs/1?lang=fr-ca"),
    ]


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"{}", b'{"jobs": null, "totalCount": 0}'])
def test_a_response_that_is_not_a_list_is_an_error(body: bytes) -> None:
    with pytest.raises(ParseError):
        answer("jibe", SITE, body)
