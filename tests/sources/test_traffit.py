"""Tests of TRAFFIT. The responses are built by hand like those in the tests of other crawlers."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from include.core.models import (
    EmploymentType,
    JobPosting,
    Location,
    Page,
    PayPeriod,
    Salary,
    Workplace,
)
from include.errors import ListingError, ParseError
from include.sources.base import Request
from tests.sources.answers import answer, posting
from tests.sources.boards import listing

SITE = {"site": "acme"}
KRAKOW = {"locality": "Kraków", "region1": "Małopolskie", "country": "Polska", "iso": "pl"}
OPTIONS = {
    "job_type": ["Full time"],
    "remote": "0",
    "branches": "Administrative",
    "_Salary_MIN": "6000",
    "_Salary_MAX": "10000",
    "_Salary_Currency": "PLN",
    "_Salary_Rate": "Monthly",
    "_work_model": "Hybrid",
}


def item(number: int = 1, *, place: Any = KRAKOW, **options: Any) -> dict[str, Any]:
    texts = {
        "description": "<p>We count.</p>",
        "benefits": "<p>Free meals.</p>",
        "requirements": "<ul><li>Patience</li></ul>",
        "geolocation": place,
    }
    return {
        "id": number,
        "url": f"https://acme.traffit.com/public/an/{number}",
        "advert": {
            "id": 100,
            "name": "Finance Manager",
            "language": "en",
            "recruitment": {"id": 1, "nr_ref": "1/2/2026/JŁ/718"},
            "values": [{"field_id": name, "value": text} for name, text in texts.items()],
        },
        "valid_start": "2026-03-06 15:01:44",
        "valid_end": None,
        "awarded": False,
        "options": OPTIONS | options,
    }


def board(
    count: int, *, total: int | None = None, ends_at: int = 1000, states_page_count: bool = True
) -> Callable[[Request], Any]:
    """Return a function that answers requests as a board with ``count`` postings does.

    Args:
        total: the total that each response states; None for ``count``.
        ends_at: the number of the first page that is empty although it should not be.
        states_page_count: whether a header states the number of pages.
    """

    def serve(request: Request) -> Page:
        assert request.url == "https://acme.traffit.com/public/job_posts/published"
        page = int(request.headers["X-Request-Current-Page"])
        size = int(request.headers["X-Request-Page-Size"])
        rows = [item(number) for number in range((page - 1) * size, min(page * size, count))]
        headers = {"x-result-total-count": str(count if total is None else total)}
        if states_page_count:
            headers["x-result-total-pages"] = str(-(-count // size))
        body = json.dumps(rows if page < ends_at else []).encode()
        return Page(url=request.url, body=body, headers=headers)

    return serve


def read(**changes: Any) -> JobPosting:
    return posting("traffit", answer("traffit", SITE, [item(**changes)]).jobs[0])


def test_pages_are_requested_by_headers_until_the_total_is_reached() -> None:
    result = listing("traffit", SITE, board(215))

    assert (len(result.jobs), result.complete) == (215, True)
    assert result.jobs[0].url == "https://acme.traffit.com/public/an/0"
    assert result.jobs[0].location == "Kraków, Małopolskie, Polska"


@pytest.mark.parametrize("count", [0, 100, 101, 215])
def test_a_list_that_does_not_state_its_number_of_pages_is_read_to_its_total(count: int) -> None:
    result = listing("traffit", SITE, board(count, states_page_count=False))

    assert (len(result.jobs), result.complete) == (count, True)


@pytest.mark.parametrize(
    "serve", [board(215, total=216), board(215, total=3), board(215, ends_at=3)]
)
def test_a_list_that_is_not_as_long_as_its_total_is_partial(
    serve: Callable[[Request], Any],
) -> None:
    assert not listing("traffit", SITE, serve).complete


def test_a_site_that_ignores_the_page_is_partial_and_ends() -> None:
    def serve_first_page(request: Request) -> Page:
        headers = {"x-result-total-count": "215", "x-result-total-pages": "3"}
        body = json.dumps([item(number) for number in range(100)]).encode()
        return Page(url=request.url, body=body, headers=headers)

    result = listing("traffit", SITE, serve_first_page)

    assert result.reason == "the source states 215 postings, 100 were listed"


def test_a_list_without_a_total_is_partial() -> None:
    result = listing("traffit", SITE, lambda _: [item()])

    assert (len(result.jobs), result.reason) == (1, "the list did not state its total")


def test_a_later_page_that_is_refused_is_partial() -> None:
    def refusing(request: Request) -> Any:
        if request.headers["X-Request-Current-Page"] == "3":
            raise ListingError("answered with status 429")
        return board(215)(request)

    result = listing("traffit", SITE, refusing)

    assert (len(result.jobs), result.complete) == (200, False)


def test_a_site_without_postings_is_complete() -> None:
    assert listing("traffit", SITE, board(0)).complete


def test_a_posting_is_read_field_by_field() -> None:
    posting = read()

    assert (posting.external_id, posting.title) == ("1", "Finance Manager")
    assert (posting.requisition_id, posting.department) == ("1/2/2026/JŁ/718", "Administrative")
    assert posting.locations == (
        Location(
            raw="Kraków, Małopolskie, Polska", city="Kraków", region="Małopolskie", country="PL"
        ),
    )
    assert (posting.workplace, posting.language) == (Workplace.HYBRID, "en")
    assert posting.employment_types == (EmploymentType.FULL_TIME,)
    assert posting.salary == Salary(
        raw="PLN 6,000 – 10,000 per MONTH", min=6_000, max=10_000, currency="PLN",
        period=PayPeriod.MONTH, origin="structured",
    )  # fmt: skip
    assert posting.posted_at is not None
    assert posting.posted_at.isoformat() == "2026-03-06T15:01:44+00:00"
    assert posting.description_text == (
        "We count.\nRequirements\n- Patience\nBenefits\nFree meals."
    )


@pytest.mark.parametrize(
    ("place", "raw"),
    [
        (json.dumps(KRAKOW), "Kraków, Małopolskie, Polska"),
        ('{"locality": "Kraków"}', "Kraków"),
        ("not json", None),
        ("[]", None),
        (None, None),
    ],
)
def test_the_place_may_be_json_inside_a_string(place: Any, raw: str | None) -> None:
    assert [found.raw for found in read(place=place).locations] == ([raw] if raw else [])


@pytest.mark.parametrize(
    ("options", "workplace"),
    [
        ({"remote": "1"}, Workplace.REMOTE),
        ({"_work_model": "Remote"}, Workplace.REMOTE),
        ({"_work_model": None}, None),
    ],
)
def test_the_workplace_is_in_the_options(
    options: dict[str, Any], workplace: Workplace | None
) -> None:
    assert read(**options).workplace is workplace


def test_pay_without_a_known_rate_has_no_period() -> None:
    found = read(_Salary_Rate="Per project", _Salary_MAX=None).salary

    assert found is not None
    assert (found.min, found.max, found.period) == (6_000, None, None)


@pytest.mark.parametrize("body", [b"<html>", b"{}", b"null", b'[{"id"'])
def test_a_response_that_is_not_a_list_is_an_error(body: bytes) -> None:
    with pytest.raises(ParseError):
        answer("traffit", SITE, body)
