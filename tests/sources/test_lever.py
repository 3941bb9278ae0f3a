from datetime import UTC, datetime
from typing import Any

import pytest

from include.core.models import EmploymentType, PayPeriod, Workplace
from include.errors import ListingError, ParseError
from include.sources.base import ListingPage, Request
from include.sources.completeness import prove
from include.sources.registry import adapter_for
from tests.sources.answers import answer, posting
from tests.sources.boards import listing

SITE = {"site": "acme"}


def item(number: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "id": f"id-{number}",
        "text": "Writer",
        "hostedUrl": f"https://jobs.lever.co/acme/id-{number}",
        "applyUrl": f"https://jobs.lever.co/acme/id-{number}/apply",
        "categories": {
            "location": "Bombay, MH",
            "allLocations": ["Bombay, MH", "Pune, MH"],
            "commitment": "Regular Full Time (Salary)",
            "team": "Stories",
            "department": "Content",
        },
        "country": "IN",
        "workplaceType": "on-site",
        "salaryRange": {"min": 20, "max": 25, "currency": "INR", "interval": "per-hour-wage"},
        "createdAt": 1553186035299,
        "description": "<div>Opening</div>",
        "descriptionPlain": "Opening without its markup",
        "lists": [{"text": "Qualifications", "content": "<li>be smart</li><li>be kind</li>"}],
        "additional": "<div>Closing</div>",
    } | changes


def read_all(board: list[dict[str, Any]]) -> list[ListingPage]:
    """Read a board that is divided into pages of 100 postings, and return its listing pages."""
    pages: list[ListingPage] = []
    unsent: list[Request] = [adapter_for("lever").first_request(SITE)]
    while unsent:
        request = unsent.pop()
        skip = int(request.url.split("skip=")[1].split("&")[0])
        page = answer("lever", SITE, board[skip : skip + 100], request=request)
        pages.append(page)
        unsent += page.follow
    return pages


def test_the_eu_host_is_a_base_url() -> None:
    config = SITE | {"base_url": "https://api.eu.lever.co"}

    assert adapter_for("lever").first_request(config).url == (
        "https://api.eu.lever.co/v0/postings/acme?mode=json&skip=0&limit=100"
    )


@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 199, 200, 2_500])
def test_a_site_of_any_size_is_read_completely(count: int) -> None:
    read = prove(read_all([item(number) for number in range(count)]))

    assert read.complete
    assert len(read.jobs) == count


def test_a_posting_closed_between_two_pages_makes_the_listing_partial() -> None:
    """Close a posting of page 1, so that the postings of page 2 move up by one.

    The last posting of page 1 must be the first one of page 2. After the move, it is not.
    """
    board = [item(number) for number in range(150)]
    first = answer("lever", SITE, board[:100])
    (request,) = first.follow
    del board[3]
    second = answer("lever", SITE, board[99:], request=request)

    read = prove([first, second])

    assert not read.complete
    assert "id-99" not in {job.external_id for job in second.jobs}


def test_a_page_that_fails_makes_the_listing_partial() -> None:
    def refusing(request: Request) -> Any:
        if "skip=0&" in request.url:
            return [item(number) for number in range(100)]
        raise ListingError("429 Too Many Requests", code="rate_limited")

    read = listing("lever", SITE, refusing)

    assert len(read.jobs) == 100
    assert (read.complete, read.reason) == (False, "429 Too Many Requests")


def test_paging_stops_if_a_server_repeats_its_pages() -> None:
    full = [item(number) for number in range(100)]
    request = Request(url="https://api.lever.co/v0/postings/acme?mode=json&skip=20000&limit=100")

    page = answer("lever", SITE, full, request=request)

    assert page.follow == ()
    assert page.partial_reason is not None


def test_a_posting_is_read_field_by_field() -> None:
    read = posting("lever", answer("lever", SITE, [item()]).jobs[0])

    assert (read.external_id, read.title) == ("id-1", "Writer")
    assert [(place.raw, place.region, place.country) for place in read.locations] == [
        ("Bombay, MH", "MH", "IN"),
        ("Pune, MH", None, None),
    ]
    assert read.workplace is Workplace.ONSITE
    assert read.employment_types == (EmploymentType.FULL_TIME,)
    assert read.salary is not None
    assert (read.salary.min, read.salary.max) == (20, 25)
    assert read.salary.period is PayPeriod.HOUR
    assert read.posted_at == datetime(2019, 3, 21, 16, 33, 55, 299000, tzinfo=UTC)
    assert read.posted_at_raw == "1553186035299"
    assert (read.department, read.team) == ("Content", "Stories")
    assert read.apply_url == "https://jobs.lever.co/acme/id-1/apply"


def test_the_text_is_the_description_the_lists_and_the_rest() -> None:
    read = posting("lever", answer("lever", SITE, [item()]).jobs[0])

    assert read.description_text.splitlines() == [
        "Opening",
        "Qualifications",
        "- be smart",
        "- be kind",
        "Closing",
    ]
    assert read.requirements == ("be smart", "be kind")


def test_an_unspecified_workplace_is_unknown() -> None:
    listed = answer("lever", SITE, [item(workplaceType="unspecified")]).jobs[0]

    assert posting("lever", listed).workplace is None


@pytest.mark.parametrize("body", [b'{"ok": false, "error": "Document not found"}', b"null", b""])
def test_a_response_that_is_not_a_list_is_an_error(body: bytes) -> None:
    with pytest.raises(ParseError):
        answer("lever", SITE, body)
