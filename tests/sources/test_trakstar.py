"""Tests of Trakstar Hire. The responses are built by hand, because none is recorded."""

from collections.abc import Callable
from typing import Any

import pytest

from include.core.models import EmploymentType, JobPosting, Location, Workplace
from include.errors import ListingError, ParseError
from include.sources.base import Request
from include.sources.paging import number_in
from tests.sources.answers import posting
from tests.sources.boards import listing

SITE = {"site": "acme"}
HOME = "https://acme.hire.trakstar.com/"
PAGE_SIZE = 250
INACTIVE = (
    '<html><head><link rel="canonical" href="https://www.trakstar.com/inactive-ats/"></head>'
    "Inactive account. This employer is no longer using Trakstar Hire.</html>"
)


def item(number: int | str = "fk0zowq", **changes: Any) -> dict[str, Any]:
    return {
        "id": str(number),
        "title": "Night Cook",
        "client_name": "acme",
        "hosted_url": f"{HOME}jobs/{number}",
        "description": "<p>We cook.</p>",
        "location": {"city": "Dallas", "state": "Texas", "country": "United States"},
        "allows_remote": False,
        "position_type": "full_time",
        "team": "Kitchen",
        "close_date": None,
    } | changes


def board(
    count: int, *, total: int | None = None, home: str = "<html>Jobs at Acme</html>"
) -> Callable[[Request], Any]:
    """Return a function that answers requests as a site with ``count`` postings does.

    Each response states the total ``total``; None for ``count``. ``home`` is the site's home page.
    """

    def serve(request: Request) -> Any:
        if request.url == HOME:
            return home
        start = number_in(request, "offset")
        query = f"client_name=acme&limit={PAGE_SIZE}&offset={start}"
        assert request.url == f"https://jsapi.recruiterbox.com/v1/openings?{query}"
        return {
            "meta": {"offset": start, "total": count if total is None else total},
            "objects": [item(number) for number in range(count)[start : start + PAGE_SIZE]],
        }

    return serve


def read(**changes: Any) -> JobPosting:
    answer = {"meta": {"total": 1}, "objects": [item(**changes)]}
    (job,) = listing("trakstar", SITE, lambda request: "" if request.url == HOME else answer).jobs
    return posting("trakstar", job)


def test_the_api_is_read_page_by_page() -> None:
    result = listing("trakstar", SITE, board(600))

    assert (len(result.jobs), result.complete) == (600, True)
    assert result.jobs[0].url == "https://acme.hire.trakstar.com/jobs/0"
    assert result.jobs[0].location == "Dallas, Texas, United States"


def test_an_inactive_account_is_an_error_although_the_api_still_lists_its_postings() -> None:
    with pytest.raises(ParseError, match="inactive"):
        listing("trakstar", SITE, board(395, home=INACTIVE))


@pytest.mark.parametrize("total", [601, 599, 5])
def test_a_total_that_is_not_the_number_of_postings_is_partial(total: int) -> None:
    assert not listing("trakstar", SITE, board(600, total=total)).complete


def test_a_site_without_postings_is_complete() -> None:
    assert listing("trakstar", SITE, board(0)).complete


def test_a_site_that_the_api_refuses_is_partial() -> None:
    def refuse(request: Request) -> Any:
        if request.url == HOME:
            return "<html>Jobs at Acme</html>"
        raise ListingError("answered with status 400")

    assert not listing("trakstar", SITE, refuse).complete


def test_a_posting_is_read_field_by_field() -> None:
    posting = read()

    assert (posting.external_id, posting.title, posting.team) == (
        "fk0zowq",
        "Night Cook",
        "Kitchen",
    )
    assert posting.locations == (
        Location(raw="Dallas, Texas, United States", city="Dallas", region="Texas", country="US"),
    )
    assert posting.employment_types == (EmploymentType.FULL_TIME,)
    assert (posting.posted_at, posting.salary, posting.workplace) == (None, None, None)
    assert posting.description_text == "We cook."


def test_an_escaped_description_is_unescaped() -> None:
    assert read(description="&lt;p&gt;We &amp;amp; you.&lt;/p&gt;").description_text == "We & you."


def test_a_remote_posting_may_have_no_place() -> None:
    posting = read(allows_remote=True, location={"city": None, "state": "", "country": None})

    assert (posting.workplace, posting.locations) == (Workplace.REMOTE, ())


@pytest.mark.parametrize("answer", ["<html>", "[]", {}, {"meta": {"total": 1}}, {"objects": []}])
def test_something_else_instead_of_the_list_is_partial(answer: Any) -> None:
    result = listing("trakstar", SITE, lambda request: "" if request.url == HOME else answer)

    assert (result.jobs, result.complete) == ((), False)
