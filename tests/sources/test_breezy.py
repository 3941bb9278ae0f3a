"""Tests of Breezy. The responses are built by hand from published samples of real boards."""

from typing import Any

import pytest

from include.core.models import EmploymentType, Page, Workplace
from include.errors import ParseError
from include.extract import read_posting
from include.sources.completeness import prove
from include.sources.registry import adapter_for
from tests.sources.answers import answer

SITE = {"site": "acme"}
TAMPA = {
    "country": {"name": "United States", "id": "US"},
    "state": {"id": "FL", "name": "Florida"},
    "city": "Tampa",
    "is_remote": True,
    "name": "Tampa, FL",
}


def position(**changes: Any) -> dict[str, Any]:
    return {
        "id": "18df3ec23bf901",
        "friendly_id": "18df3ec23bf901-cook",
        "name": "Cook",
        "url": "https://acme.breezy.hr/p/18df3ec23bf901-cook",
        "published_date": "2026-07-14T10:00:00.000Z",
        "type": {"id": "fullTime", "name": "Full-Time"},
        "location": TAMPA,
        "salary": "$115,000 – $145,000 / year",
    } | changes


def place(**location: Any) -> str | None:
    return answer("breezy", SITE, [position(location=location)]).jobs[0].location


def test_one_request_asks_for_the_whole_board() -> None:
    page = answer("breezy", SITE, [position(), position(id="2", name="Nurse")])
    listing = prove([page])

    assert adapter_for("breezy").first_request(SITE).url == "https://acme.breezy.hr/json"
    assert listing.complete
    assert [(job.external_id, job.title, job.location) for job in listing.jobs] == [
        ("18df3ec23bf901", "Cook", "Tampa, FL"),
        ("2", "Nurse", "Tampa, FL"),
    ]
    assert listing.jobs[0].url == "https://acme.breezy.hr/p/18df3ec23bf901-cook"
    assert (listing.jobs[0].page_url, listing.jobs[0].content) == (None, None)


def test_a_place_without_a_name_is_its_city_state_and_country() -> None:
    assert place(**{key: TAMPA[key] for key in ("city", "state", "country")}) == (
        "Tampa, Florida, United States"
    )
    assert place(is_remote=True, name="Worldwide") == "Worldwide"
    assert place(is_remote=False, city=None, state=None) is None


def test_several_places_are_all_listed() -> None:
    places = [TAMPA | {"name": "Oslo"}, TAMPA | {"name": "Bergen"}, TAMPA | {"name": "Oslo"}]
    (job,) = answer("breezy", SITE, [position(locations=places)]).jobs

    assert job.location == "Oslo; Bergen"


def test_the_pages_of_a_mirrored_board_are_at_the_base_url() -> None:
    config = {**SITE, "base_url": "http://127.0.0.1:8090/acme"}
    (job,) = answer("breezy", config, [position()]).jobs

    assert job.page_url == "http://127.0.0.1:8090/acme/p/18df3ec23bf901-cook"


@pytest.mark.parametrize(
    "other", [[{"name": "Cook"}], [{"id": 1, "name": "Cook"}], [1], [position(), {"id": "2"}]]
)
def test_an_array_of_something_else_is_partial(other: list[Any]) -> None:
    assert not prove([answer("breezy", SITE, other)]).complete


@pytest.mark.parametrize("body", [b"<html>Breezy HR</html>", b"{}", b'[{"id": "1", "na'])
def test_a_response_that_is_not_a_board_is_an_error(body: bytes) -> None:
    with pytest.raises(ParseError):
        answer("breezy", SITE, body)


def test_a_position_is_read_from_its_page() -> None:
    markup = """<html><head><title>Cook - Acme</title><script type="application/ld+json">
        {"@type": "JobPosting", "title": "Cook", "datePosted": "2026-07-14",
        "employmentType": "FULL_TIME", "jobLocationType": "TELECOMMUTE",
        "jobLocation": {"@type": "Place", "address": {"addressLocality": "Tampa",
        "addressRegion": "FL", "addressCountry": "US"}},
        "description": "<p>Cook and serve.</p>"}</script></head><body><h1>Cook</h1></body></html>"""
    read = read_posting(Page(url=position()["url"], body=markup.encode()))

    assert (read.title, read.workplace) == ("Cook", Workplace.REMOTE)
    assert read.employment_types == (EmploymentType.FULL_TIME,)
    assert [(at.city, at.region, at.country) for at in read.locations] == [("Tampa", "FL", "US")]
