"""Tests of Zoho Recruit. The pages are built by hand from those that public crawlers recorded."""

import json
from html import escape
from typing import Any

import pytest

from include.core.models import EmploymentType, JobPosting, Location, Page, PayPeriod, Workplace
from include.errors import PageGone, ParseError
from include.pipeline.pages.read_page import read_page
from include.sources.base import Response
from include.sources.completeness import prove
from include.sources.registry import adapter_for, facts_of
from tests.sources.answers import answer, posting

SITE = {"host": "acme.zohorecruit.eu"}
URL = "https://acme.zohorecruit.eu/jobs/Careers/741923000037955058"


def job(**changes: Any) -> dict[str, Any]:
    return {
        "id": "741923000037955058",
        "Posting_Title": "Cook & baker",
        "City": "Pune",
        "State": "Maharashtra",
        "Country": "India",
        "Date_Opened": "2026-07-14",
        "Job_Type": "Full time",
        "Remote_Job": False,
        "Job_Description": '<p>We cook "well" &amp; often.</p>',
        "Publish": True,
        "Is_Locked": False,
    } | changes


def site(*jobs: dict[str, Any]) -> bytes:
    value = escape(json.dumps(list(jobs)))
    return (
        f'<html><body><input type="hidden" value="{value}" id="jobs">'
        '<input type="hidden" value="{}" id="meta"></body></html>'
    ).encode()


def page(*jobs: dict[str, Any]) -> bytes:
    r"""Return the page of a posting. Quotes and tags in its script are written as ``\xNN``."""
    text = json.dumps(jobs).replace("\\", "\\\\").replace("'", "\\'")
    for character in '"<>&':
        text = text.replace(character, f"\\x{ord(character):02x}")
    return f"<html><body><script>var jobs = JSON.parse('{text}');</script></body></html>".encode()


def read(**changes: Any) -> JobPosting:
    return posting("zoho", answer("zoho", SITE, site(job(**changes))).jobs[0])


def test_one_request_asks_for_the_whole_site() -> None:
    page = answer("zoho", SITE, site(job(), job(id="2", Posting_Title=None, Job_Opening_Name="B")))

    assert adapter_for("zoho").first_request(SITE).url == "https://acme.zohorecruit.eu/jobs/Careers"
    assert prove([page]).complete
    assert [(each.external_id, each.title) for each in page.jobs] == [
        ("741923000037955058", "Cook & baker"),
        ("2", "B"),
    ]
    assert page.jobs[0].url == URL
    assert page.jobs[0].location == "Pune, Maharashtra, India"


def test_a_job_is_read_field_by_field() -> None:
    posting = read()

    assert posting.locations == (
        Location(raw="Pune, Maharashtra, India", city="Pune", region="Maharashtra", country="IN"),
    )
    assert posting.employment_types == (EmploymentType.FULL_TIME,)
    assert posting.description_text == 'We cook "well" & often.'
    assert (posting.url, posting.workplace, posting.salary) == (URL, None, None)


@pytest.mark.parametrize("opened", ["2026-07-14", 1_783_987_200, 1_783_987_200_000, "1783987200"])
def test_a_date_is_a_text_or_a_number_of_seconds_or_milliseconds(opened: Any) -> None:
    posted = read(Date_Opened=opened).posted_at

    assert posted is not None
    assert posted.isoformat() == "2026-07-14T00:00:00+00:00"


@pytest.mark.parametrize(
    ("fields", "raw"),
    [
        (
            {"City": "Riyadh", "State": "Riyadh", "Country": "Saudi Arabia"},
            ["Riyadh, Saudi Arabia"],
        ),
        (
            {"City": "Pune, Delhi,", "State": ".", "Country": "India"},
            ["Pune, India", "Delhi, India"],
        ),
        ({"City": None, "State": "--", "Country": "India"}, ["India"]),
        ({"City": "", "State": None, "Country": None}, []),
    ],
)
def test_places_are_read_without_placeholders(fields: dict[str, Any], raw: list[str]) -> None:
    assert [at.raw for at in read(**fields).locations] == raw


@pytest.mark.parametrize("flag", [True, "true", "Yes", 1])
def test_a_flag_may_have_any_type(flag: Any) -> None:
    assert read(Remote_Job=flag).workplace is Workplace.REMOTE


@pytest.mark.parametrize(
    "fields",
    [{"Is_Locked": True}, {"Publish": False}, {"Publish": "false"}, {"Keep_on_Career_Site": 0}],
)
def test_a_job_that_is_not_published_is_not_listed(fields: dict[str, Any]) -> None:
    page = answer("zoho", SITE, site(job(), job(id="2", **fields)))

    assert [each.external_id for each in page.jobs] == ["741923000037955058"]
    assert prove([page]).complete


@pytest.mark.parametrize(("count", "complete"), [(49, True), (50, False), (51, True), (750, False)])
def test_a_number_of_postings_at_which_sites_cut_their_list_is_partial(
    count: int, complete: bool
) -> None:
    page = answer("zoho", SITE, site(*(job(id=str(number)) for number in range(count))))

    assert (len(page.jobs), prove([page]).complete) == (count, complete)
    assert facts_of("zoho").is_fragile


def test_a_job_without_a_description_in_the_list_is_read_from_its_page() -> None:
    (listed,) = answer("zoho", SITE, site(job(Job_Description=None))).jobs
    assert (listed.content, listed.url) == (None, URL)

    body = page(job(Salary="30,000 - 40,000 per month", Currency="INR"))
    found = read_page("zoho", Page(url=URL, body=body, content_type="text/html"))

    assert (found.title, found.external_id, found.url) == (
        "Cook & baker", "741923000037955058", URL,
    )  # fmt: skip
    assert found.description_text == 'We cook "well" & often.'
    assert found.salary is not None
    assert (found.salary.min, found.salary.currency, found.salary.period) == (
        30_000, "INR", PayPeriod.MONTH,
    )  # fmt: skip


def test_a_character_beyond_two_bytes_is_read_from_its_two_escapes() -> None:
    body = page(job(Posting_Title="Cook ROCKET")).replace(b"ROCKET", rb"\ud83d\ude80")
    read = read_page("zoho", Page(url=URL, body=body, content_type="text/html"))

    assert read.title == "Cook \U0001f680"


def test_the_page_of_a_posting_that_is_gone_says_so() -> None:
    body = b"<html><body><h1>This job posting is no longer available.</h1></body></html>"

    with pytest.raises(PageGone):
        read_page("zoho", Page(url=URL, body=body, content_type="text/html"))


@pytest.mark.parametrize(
    "body",
    [
        b"<html><body><p>Sorry, this page is currently unavailable.</p></body></html>",
        page(job())[:200],
        b"<script>jobs = JSON.parse('[{\\x22id\\x22: 1')</script>",
        page(),
    ],
)
def test_a_page_without_a_readable_posting_is_an_error(body: bytes) -> None:
    """Read pages of a host that limits requests, and pages that are cut or have no posting."""
    with pytest.raises(ParseError):
        read_page("zoho", Page(url=URL, body=body, content_type="text/html"))


def test_a_mirrored_page_is_at_the_base_url() -> None:
    config = {**SITE, "base_url": "http://127.0.0.1:8090"}
    (listed,) = answer("zoho", config, site(job(Job_Description=""))).jobs

    assert listed.page_url == "http://127.0.0.1:8090/jobs/Careers/741923000037955058"


@pytest.mark.parametrize(
    "body",
    [
        b"<html>Sorry, this page is currently unavailable.</html>",
        site(job())[:150],
        b'<input id="jobs" value="{}">',
        b'<input id="jobs">',
        b"[]",
    ],
)
def test_a_page_that_is_not_a_site_is_an_error(body: bytes) -> None:
    with pytest.raises(ParseError):
        answer("zoho", SITE, body)


def test_a_page_of_another_kind_is_left_to_the_reader_of_web_pages() -> None:
    adapter = adapter_for("zoho")

    assert adapter.parse_page(Response(url=URL, body=b"<html></html>")) is None  # pyright: ignore
