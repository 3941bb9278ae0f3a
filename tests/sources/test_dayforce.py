"""Tests of Dayforce. The lists of three boards are recorded, and others are built like these."""

from collections.abc import Callable
from typing import Any

import pytest

from include.core.models import Workplace
from include.errors import ListingError, ParseError
from include.sources.base import Request, Response
from include.sources.registry import adapter_for
from tests.recorded import recorded
from tests.sources.answers import answer, posting
from tests.sources.boards import document, listing

BOARD = {"tenant": "acme", "board": "CANDIDATEPORTAL"}
SITE = "https://jobs.dayforcehcm.com"
PAGE_SIZE = 25


def job(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "jobPostingId": number,
        "jobReqId": 7,
        "jobTitle": "Cook",
        "jobDescription": "We cook &amp; serve.\n&nbsp;\nEvery day.",
        "hasVirtualLocation": False,
        "postingLocations": [
            {
                "formattedAddress": "1 High Street, Leeds, UK",
                "cityName": "Leeds",
                "stateCode": None,
                "isoCountryCode": "GB",
            }
        ],
    } | changes


def site(
    count: int, *, stated_total: int | None = None, repeats_posting: bool = False
) -> Callable[[Request], Any]:
    """Return a function that answers requests as a board with ``count`` postings does.

    Args:
        stated_total: the total that each response states; None for ``count``.
        repeats_posting: True to send the same posting in place of every posting.
    """

    def serve(request: Request) -> Any:
        if request.json is None:
            assert request.url == f"{SITE}/api/auth/csrf"
            return {"csrfToken": "secret"}
        assert request.url == f"{SITE}/api/geo/acme/jobposting/search"
        assert request.headers == {"X-CSRF-TOKEN": "secret"}
        start = request.json["paginationStart"]
        numbers = range(count)[start : start + PAGE_SIZE]
        found = [job(0 if repeats_posting else number) for number in numbers]
        total = count if stated_total is None else stated_total
        return {"jobPostings": found, "maxCount": total}

    return serve


@pytest.mark.parametrize("count", [1, 25, 26, 352])
def test_a_board_is_read_to_its_total(count: int) -> None:
    result = listing("dayforce", BOARD, site(count))

    assert (result.complete, result.reason) == (True, None)
    assert len(result.jobs) == count


@pytest.mark.parametrize(
    "serve",
    [site(30, stated_total=31), site(30, stated_total=29), site(30, repeats_posting=True), site(0)],
)
def test_a_list_that_does_not_add_up_or_is_empty_is_partial(
    serve: Callable[[Request], Any],
) -> None:
    assert not listing("dayforce", BOARD, serve).complete


@pytest.mark.parametrize("code", ["not_found", "rate_limited"])
def test_a_search_that_is_refused_is_partial(code: str) -> None:
    def serve(request: Request) -> Any:
        if request.json:
            raise ListingError("refused", code=code)
        return {"csrfToken": "secret"}

    result = listing("dayforce", BOARD, serve)
    assert (result.jobs, result.complete) == ((), False)


def test_a_search_asks_for_the_board_and_its_language() -> None:
    config = BOARD | {"culture": "fr-CA"}
    (search,) = answer("dayforce", config, {"csrfToken": "secret"}).follow

    assert search.json == {
        "clientNamespace": "acme",
        "jobBoardCode": "CANDIDATEPORTAL",
        "cultureCode": "fr-CA",
        "paginationStart": 0,
    }


def test_a_posting_is_read_field_by_field() -> None:
    (listed,) = listing("dayforce", BOARD, site(1)).jobs
    read = posting("dayforce", listed)

    assert listed.url == f"{SITE}/en-US/acme/CANDIDATEPORTAL/jobs/0"
    assert (read.external_id, read.requisition_id, read.url) == ("0", "7", listed.url)
    assert [(at.raw, at.city, at.country) for at in read.locations] == [
        ("1 High Street, Leeds, UK", "Leeds", "GB")
    ]
    assert read.description_text == "We cook & serve.\nEvery day."


@pytest.mark.parametrize(
    ("places", "virtual", "workplace"),
    [(None, True, Workplace.REMOTE), ([], True, Workplace.REMOTE), (None, False, None)],
)
def test_a_posting_without_a_place_is_remote_if_it_says_so(
    places: Any, virtual: bool, workplace: Workplace | None
) -> None:
    read = document("dayforce", job(1, postingLocations=places, hasVirtualLocation=virtual))

    assert (read.locations, read.workplace) == ((), workplace)


def test_a_posting_with_a_place_may_be_remote_too() -> None:
    serve = site(1)
    remote = {"maxCount": 1, "jobPostings": [job(1, hasVirtualLocation=True)]}
    result = listing("dayforce", BOARD, lambda request: remote if request.json else serve(request))

    assert result.jobs[0].location == "1 High Street, Leeds, UK; Remote"
    assert posting("dayforce", result.jobs[0]).workplace is None


def test_two_recorded_pages_are_one_listing() -> None:
    adapter = adapter_for("dayforce")
    request = Request(url=SITE, json={"paginationStart": 0}, headers={"X-CSRF-TOKEN": "t"})
    pages = [recorded(f"dayforce/{name}.json") for name in ("search_rsp", "search_page2_rsp")]
    first = adapter.parse_listing(BOARD, request, Response(url=SITE, body=pages[0]))
    (following,) = first.follow
    second = adapter.parse_listing(BOARD, following, Response(url=SITE, body=pages[1]))

    assert following.json is not None
    assert (following.json["paginationStart"], first.total, second.total) == (25, 352, 352)
    assert not {job.external_id for job in first.jobs} & {job.external_id for job in second.jobs}


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"{}", b'{"csrfToken": null}'])
def test_a_response_without_a_token_is_an_error(body: bytes) -> None:
    with pytest.raises(ParseError):
        answer("dayforce", BOARD, body)
