import json
from collections.abc import Callable
from typing import Any

import pytest

from include.core.models import Location, Page, Workplace
from include.errors import ListingError, ParseError
from include.sources.base import Request
from include.sources.registry import adapter_for
from tests.recorded import recorded
from tests.sources.boards import document, listing

QUERY = {"query": "retail"}
TOKEN = "x-apple-csrf-token"
PAGE_SIZE = 20


def result(number: int) -> dict[str, Any]:
    return {
        "positionId": str(number),
        "postingTitle": "Specialist",
        "transformedPostingTitle": "specialist",
        "locations": [{"name": "Köln", "countryName": "Germany"}, {"name": "Bonn"}],
    }


def site(
    count: int, *, total: int | None = None, stops_at: int = 10_000
) -> Callable[[Request], Page]:
    """Return a function that answers requests as Apple's site does.

    Every response has a new token. A search that lacks the latest token is refused (status 436).

    Args:
        total: the total that each response states; None for ``count``.
        stops_at: the number of postings after which the list ends, even if ``count`` is higher.
    """
    tokens = ["no token was sent yet"]

    def answered(request: Request, body: str) -> Page:
        tokens.append(f"token {len(tokens)}")
        return Page(url=request.url, body=body.encode(), headers={TOKEN: tokens[-1]})

    def serve(request: Request) -> Page:
        if request.url.endswith("/api/v1/CSRFToken"):
            return answered(request, "")
        if request.headers.get(TOKEN) != tokens[-1]:
            raise ListingError("436")
        assert request.json is not None
        start = (request.json["page"] - 1) * PAGE_SIZE
        numbers = range(min(count, stops_at))[start : start + PAGE_SIZE]
        rows = [result(number) for number in numbers]
        stated = count if total is None else total
        res = {"res": {"searchResults": rows, "totalRecords": stated}}
        return answered(request, json.dumps(res))

    return serve


def position(**changes: Any) -> dict[str, Any]:
    return {
        "res": {
            "positionId": "1",
            "reqId": "PIPE-1",
            "postingTitle": "Specialist",
            "transformedPostingTitle": "specialist",
            "jobSummary": "Sell <3 & smile.\nEvery day.",
            "description": "Why?",
            "minimumQualifications": "Patience",
            "preferredQualifications": None,
            "teamNames": ["Retail"],
            "employmentType": "Standard",
            "homeOffice": False,
            "postDateInGMT": "2026-06-29T10:44:03.484+00:00",
            "locations": [
                {"name": "Cupertino", "stateProvince": "California", "countryName": "United States"}
            ],
        }
        | changes
    }


@pytest.mark.parametrize("count", [0, 1, 20, 21, 2_500])
def test_searches_send_the_latest_token_and_are_paged_from_1(count: int) -> None:
    result = listing("apple", QUERY, site(count))

    assert result.complete
    assert len(result.jobs) == count


def test_a_token_is_sent_again_until_a_response_has_a_new_one() -> None:
    serve = site(25)

    def without_later_tokens(request: Request) -> Page:
        page = serve(request)
        is_first = request.json is None
        return page if is_first else Page(url=page.url, body=page.body)

    result = listing("apple", QUERY, without_later_tokens)

    # The server required a new token for the second search, but did not send one.
    assert not result.complete
    assert (result.reason or "").startswith("436;")
    assert len(result.jobs) == 20


@pytest.mark.parametrize("serve", [site(50, stops_at=40), site(50, total=60), site(50, total=45)])
def test_a_search_that_differs_from_its_total_is_partial(serve: Callable[[Request], Page]) -> None:
    assert not listing("apple", QUERY, serve).complete


def test_a_response_without_a_token_is_an_error() -> None:
    with pytest.raises(ParseError, match="has no search token"):
        listing("apple", QUERY, lambda request: Page(url=request.url, body=b""))


def test_a_result_has_the_urls_of_its_page_and_its_document() -> None:
    listed = listing("apple", QUERY | {"base_url": "http://127.0.0.1:9"}, site(1)).jobs[0]

    assert listed.url == "https://jobs.apple.com/en-us/details/0/specialist"
    assert listed.page_url == "http://127.0.0.1:9/api/v1/jobDetails/0?locale=en-us"
    assert listed.location == "Köln; Bonn"


def test_a_position_is_read_field_by_field() -> None:
    read = document("apple", position())

    assert read.locations == (
        Location(raw="Cupertino", city="Cupertino", region="California", country="US"),
    )
    assert (read.team, read.requisition_id) == ("Retail", "PIPE-1")
    assert (read.workplace, read.employment_types) == (None, ())
    assert read.employment_type_raw == "Standard"
    assert read.description_text.splitlines() == [
        "Sell <3 & smile.",
        "Every day.",
        "Description",
        "Why?",
        "Minimum qualifications",
        "Patience",
    ]


def test_a_home_office_is_remote_and_null_is_unknown() -> None:
    assert document("apple", position(homeOffice=True)).workplace is Workplace.REMOTE
    assert document("apple", position(homeOffice=None)).workplace is None


@pytest.mark.parametrize("body", [{}, {"res": None}, {"error": "no such job"}, []])
def test_an_invalid_document_is_an_error_and_not_gone(body: Any) -> None:
    with pytest.raises(ParseError):
        document("apple", json.dumps(body))


def test_a_recorded_search_and_position_are_read() -> None:
    def serve(request: Request) -> Page:
        body = recorded("apple/jobs_rsp.json") if request.json else b""
        return Page(url=request.url, body=body, headers={TOKEN: "t"})

    result = listing("apple", QUERY, serve)
    read = document("apple", recorded("apple/job_detail_rsp.json"))

    assert result.complete
    assert len(result.jobs) == 11
    first = result.jobs[0]
    assert first.external_id == read.external_id == "200624996"
    assert first.title == read.title == "SoC Packaging Engineer"
    assert first.location == "Taipei"
    assert [(place.raw, place.country) for place in read.locations] == [("Taipei", "TW")]
    assert read.posted_at_raw == "2026-06-29T10:44:03.484+00:00"
    assert read.workplace is None


def test_every_search_sends_the_query() -> None:
    assert adapter_for("apple").first_request(QUERY).json is None

    queries: list[Any] = []

    def serve(request: Request) -> Page:
        queries.append(request.json and (request.json["query"], request.json["sort"]))
        return site(0)(request) if request.json is None else empty(request)

    def empty(request: Request) -> Page:
        return Page(url=request.url, body=b'{"res": {"searchResults": [], "totalRecords": 0}}')

    assert listing("apple", QUERY, serve).complete
    assert queries == [None, ("retail", "relevance")]
