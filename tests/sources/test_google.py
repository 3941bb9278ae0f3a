"""Tests of Google's feed. The feeds are built by hand like those in the tests of other crawlers."""

from xml.sax.saxutils import escape

import pytest

from include.core.models import EmploymentType, JobPosting, Location, Workplace
from include.errors import ParseError
from include.sources.completeness import prove
from include.sources.registry import adapter_for
from tests.sources.answers import answer, posting

ZURICH = "<location><city>Zürich</city><state/><country>Switzerland</country></location>"
AUSTIN = "<location><city>Austin</city><state>TX</state><country>USA</country></location>"
FEED = "https://www.google.com/about/careers/applications/jobs/feed.xml"


def item(number: str = "123456789012", *, places: str = ZURICH + AUSTIN, remote: str = "No") -> str:
    return f"""<job><jobid>{number}</jobid><title>Software Engineer, Search &amp; Ads</title>
        <url>https://careers.google.com/jobs/results/{number}-software-engineer/</url>
        <published>2026-03-17T09:00:15.503Z</published><employer>YouTube</employer>
        <isRemote>{remote}</isRemote><jobtype>FULL_TIME</jobtype>
        <locations>{places}</locations><categories><category>SOFTWARE_ENGINEERING</category>
        <category>JOB_CATEGORY_UNSPECIFIED</category></categories>
        <description>{escape("<p>Build &amp; run.</p><ul><li>Go</li></ul>")}</description></job>"""


def feed(*items: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?><jobs>{"".join(items)}</jobs>'.encode()


def read(body: bytes) -> JobPosting:
    return posting("google", answer("google", {}, body).jobs[0])


def test_one_request_asks_for_the_whole_feed_and_permits_its_size() -> None:
    request = adapter_for("google").first_request({})
    page = answer("google", {}, feed(item(), item("2")))

    assert (request.url, request.max_bytes) == (FEED, 32 * 1024 * 1024)
    assert prove([page]).complete
    assert [(job.external_id, job.title, job.location) for job in page.jobs] == [
        ("123456789012", "Software Engineer, Search & Ads", "Zürich, Switzerland; Austin, TX, USA"),
        ("2", "Software Engineer, Search & Ads", "Zürich, Switzerland; Austin, TX, USA"),
    ]
    assert page.jobs[0].url == (
        "https://www.google.com/about/careers/applications/jobs/results/123456789012"
    )


def test_a_feed_at_another_address_has_the_usual_limit() -> None:
    mirror = {"base_url": "https://mirror.example"}

    assert adapter_for("google").first_request(mirror).max_bytes is None


def test_a_posting_is_read_field_by_field() -> None:
    posting = read(feed(item()))

    assert (posting.company, posting.department) == ("YouTube", "Software Engineering")
    assert posting.locations == (
        Location(raw="Zürich, Switzerland", city="Zürich", country="CH"),
        Location(raw="Austin, TX, USA", city="Austin", region="TX", country="US"),
    )
    assert posting.employment_types == (EmploymentType.FULL_TIME,)
    assert posting.posted_at is not None
    assert posting.posted_at.isoformat() == "2026-03-17T09:00:15.503000+00:00"
    assert (posting.description_text, posting.workplace) == ("Build & run.\n- Go", None)


def test_a_place_may_be_one_text_or_missing() -> None:
    text = read(feed(item(places="<location>London, UK</location><location/>", remote="Yes")))

    assert [(place.raw, place.country) for place in text.locations] == [("London, UK", "GB")]
    assert text.workplace is Workplace.REMOTE
    assert read(feed(item(places=""))).locations == ()


def test_a_position_without_a_title_makes_the_feed_partial() -> None:
    broken = item("2").replace(
        "<title>Software Engineer, Search &amp; Ads</title>", "<title> </title>"
    )
    page = answer("google", {}, feed(item(), broken))

    assert ([job.external_id for job in page.jobs], prove([page]).complete) == (
        ["123456789012"],
        False,
    )


@pytest.mark.parametrize(
    "body", [b"<html><body>Sorry</body></html>", b"{}", feed(item())[:-9], b"<feed></feed>"]
)
def test_a_response_that_is_not_the_feed_is_an_error(body: bytes) -> None:
    with pytest.raises(ParseError):
        answer("google", {}, body)
