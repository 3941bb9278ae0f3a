"""Tests of Avature. The pages of two portals are recorded, and others are built like these."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest

from include.core.models import Page
from include.errors import ParseError
from include.pipeline.pages.read_page import read_page
from include.sources.base import Request
from include.sources.completeness import prove
from tests.recorded import recorded
from tests.sources.answers import answer
from tests.sources.boards import listing

PORTAL = {"url": "https://acme.avature.net/en_US/careers"}
PAGE_SIZE = 12
ROW = """<article class="article article--result"><h3><a class="link"
    href="https://acme.avature.net/en_US/careers/JobDetail/Cook/{id}"> Cook </a></h3>
    <span class="list-item-location">Oslo, Norway</span>
    <a href="https://acme.avature.net/careers/SaveJob?jobId={id}">Save</a></article>"""


def portal(
    count: int,
    *,
    stated_total: int | None = None,
    states_total: bool = True,
    parameter: str = "jobOffset",
    repeats_first_page: bool = False,
) -> Callable[[Request], str]:
    """Return a function that answers requests as a portal with ``count`` postings does.

    Args:
        stated_total: the total that each page states; None for ``count``.
        states_total: False to state no total at all.
        parameter: the parameter of the URL that holds the number of the first posting.
        repeats_first_page: True to answer every request with the first page.
    """

    def serve(request: Request) -> str:
        parts = urlsplit(request.url)
        assert parts.path == "/en_US/careers/SearchJobs/"
        start = int(parse_qs(parts.query).get(parameter, ["0"])[0])
        end = start + PAGE_SIZE
        numbers = range(count)[:PAGE_SIZE] if repeats_first_page else range(count)[start:end]
        total = count if stated_total is None else stated_total
        legend = f'<div class="list-controls__text__legend" aria-label="{total} results"></div>'
        following = f'<a class="paginationNextLink" href="?{parameter}={end}">Next</a>'
        return "".join([
            legend if states_total else "",
            *(ROW.format(id=number) for number in numbers),
            following if end < count else "",
        ])  # fmt: skip

    return serve


@pytest.mark.parametrize("parameter", ["jobOffset", "offset"])
@pytest.mark.parametrize("count", [1, 12, 13, 436])
def test_a_portal_is_read_to_its_total(count: int, parameter: str) -> None:
    result = listing("avature", PORTAL, portal(count, parameter=parameter))

    assert (result.complete, result.reason) == (True, None)
    assert len(result.jobs) == count
    assert (result.jobs[0].title, result.jobs[0].location) == ("Cook", "Oslo, Norway")


@pytest.mark.parametrize(
    "serve",
    [portal(30, stated_total=31), portal(30, stated_total=29), portal(30, repeats_first_page=True)],
)
def test_an_inconsistent_list_is_partial(serve: Callable[[Request], str]) -> None:
    assert not listing("avature", PORTAL, serve).complete


def test_a_portal_without_a_total_is_read_to_its_end_and_partial() -> None:
    result = listing("avature", PORTAL, portal(30, states_total=False))

    assert (len(result.jobs), result.complete) == (30, False)


def test_all_requests_go_to_the_base_url() -> None:
    config = {**PORTAL, "base_url": "http://127.0.0.1:8090"}
    serve = portal(13)

    def here(request: Request) -> str:
        assert request.url.startswith("http://127.0.0.1:8090/en_US/careers/SearchJobs/")
        return serve(request)

    result = listing("avature", config, here)
    assert result.complete
    assert result.jobs[0].page_url == "http://127.0.0.1:8090/en_US/careers/JobDetail/Cook/0"


def test_a_number_may_be_in_the_query() -> None:
    row = ROW.replace("JobDetail/Cook/{id}", "JobDetail?jobId={id}").format(id=7)
    page = answer("avature", PORTAL, row.encode())

    assert [job.external_id for job in page.jobs] == ["7"]


@pytest.mark.parametrize("href", ["javascript:/JobDetail/x/8", "http://[/JobDetail/x/8"])
def test_a_row_with_a_link_that_is_not_http_is_partial(href: str) -> None:
    other = ROW.replace("https://acme.avature.net/en_US/careers/JobDetail/Cook/{id}", href)
    serve = portal(1, stated_total=2)
    other = other.replace("https://acme.avature.net/careers/SaveJob?jobId={id}", href)
    result = listing("avature", PORTAL, lambda request: serve(request) + other)

    assert ([job.external_id for job in result.jobs], result.complete) == (["0"], False)


def test_a_link_to_the_next_page_that_is_no_url_is_not_followed() -> None:
    page = portal(13)

    def with_invalid_link(request: Request) -> str:
        return page(request).replace('"?job', '"http://[?job')

    result = listing("avature", PORTAL, with_invalid_link)

    assert (len(result.jobs), result.complete) == (12, False)


@pytest.mark.parametrize(
    ("legend", "total"),
    [("1,234 results", 1_234), ("1-12 of 436 results", None), ("9" * 5_000, None)],
)
def test_only_a_single_number_is_a_total(legend: str, total: int | None) -> None:
    row = ROW.format(id=7)
    text = f'<p class="list-controls__text__legend" aria-label="{legend}"></p>{row}'

    assert answer("avature", PORTAL, text.encode()).total == total


@pytest.mark.parametrize("body", [b"<html>Sign in</html>", b"[]", b""])
def test_a_page_that_is_not_a_search_is_an_error(body: bytes) -> None:
    with pytest.raises(ParseError):
        answer("avature", PORTAL, body)


def test_a_recorded_search_leads_to_its_next_page() -> None:
    page = answer("avature", PORTAL, recorded("avature/search_rsp.html"))

    (request,) = page.follow
    assert request.url == (
        "https://bloomberg.avature.net/careers/SearchJobs/?jobRecordsPerPage=12&jobOffset=12"
    )


def test_a_recorded_search_without_results_is_complete() -> None:
    page = answer("avature", PORTAL, recorded("avature/search_no_results_rsp.html"))

    assert (page.jobs, prove([page]).complete) == ((), True)


def test_a_recorded_posting_is_read_from_its_fields() -> None:
    url = "https://koch.avature.net/en_US/careers/JobDetail/Operational-Technology/161128"
    body = recorded("avature/job_detail_fields_rsp.html")
    read = read_page("avature", Page(url=url, body=body, content_type="text/html"))

    assert (read.title, read.external_id) == (
        "Operational Technology (OT) Security Engineer", "161128",
    )  # fmt: skip
    assert (read.company, [at.raw for at in read.locations]) == ("Molex", ["Zhuhai, Guangdong"])
    assert read.description_text.startswith("Your Job")


def test_a_posting_may_have_error_in_its_title() -> None:
    url = "https://koch.avature.net/en_US/careers/JobDetail/Error-Analyst/161128"
    body = recorded("avature/job_detail_fields_rsp.html").replace(
        b"<title>", b"<title>Error Analyst - "
    )
    read = read_page("avature", Page(url=url, body=body, content_type="text/html"))

    assert read.external_id == "161128"


def test_a_recorded_error_page_is_not_a_posting() -> None:
    url = "https://bloomberg.avature.net/careers/JobDetail/Nonexistent-Job/999999999"
    body = recorded("avature/job_detail_not_found_rsp.html")

    with pytest.raises(ParseError):
        read_page("avature", Page(url=url, body=body, content_type="text/html"))
