"""Tests of Radancy TalentBrew.

The responses are built by hand. They have the kinds of markup of three employers that public
crawlers recorded.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from include.errors import ListingError, ParseError
from include.sources.base import Request
from tests.sources.answers import answer
from tests.sources.boards import listing

SITE = {"url": "https://careers.acme.com/en"}
ROW = """<li><a href="/en/job/oslo/cook/185/{id}" data-job-id="{id}"><h2>Cook</h2>
    <span class="job-location">Oslo, Norway</span></a>
    <button class="js-save-job-btn" data-job-id="{id}" data-org-id="185">Save</button></li>"""


def results(rows: str, total: int) -> dict[str, Any]:
    section = f'<section id="search-results" data-total-results="{total}" data-total-pages="9">'
    return {"filters": "", "results": f"{section}<ul>{rows}</ul></section>", "hasJobs": True}


def site(
    count: int, *, stated: int | None = None, repeats: bool = False
) -> Callable[[Request], Any]:
    """Return a function that answers requests as a site with ``count`` postings does.

    Args:
        stated: the total that each response states; None for ``count``.
        repeats: True to answer every request with the first page.
    """

    def serve(request: Request) -> Any:
        parts = urlsplit(request.url)
        parameters = parse_qs(parts.query, keep_blank_values=True)
        assert (parts.netloc, parts.path) == ("careers.acme.com", "/en/search-jobs/results")
        assert parameters["SearchResultsModuleName"] == ["Search Results"]
        assert "SearchFiltersModuleName" not in parameters
        page = 1 if repeats else int(parameters["CurrentPage"][0])
        size = int(parameters["RecordsPerPage"][0])
        numbers = range(count)[(page - 1) * size : page * size]
        rows = "".join(ROW.format(id=number) for number in numbers)
        return results(rows, count if stated is None else stated)

    return serve


@pytest.mark.parametrize("count", [1, 100, 101, 350])
def test_a_site_is_read_to_its_total(count: int) -> None:
    result = listing("radancy", SITE, site(count))

    assert (len(result.jobs), result.complete, result.reason) == (count, True, None)


def test_half_of_a_surrogate_pair_is_replaced() -> None:
    row = ROW.format(id=7).replace("Cook", "Cook\ud800")

    (job,) = listing("radancy", SITE, lambda _: results(row, 1)).jobs

    assert job.title == "Cook?"


@pytest.mark.parametrize(
    "serve", [site(150, stated=151), site(150, stated=149), site(150, repeats=True)]
)
def test_an_inconsistent_list_is_partial(serve: Callable[[Request], Any]) -> None:
    assert not listing("radancy", SITE, serve).complete


def test_a_page_that_is_refused_leaves_the_list_partial() -> None:
    def serve(request: Request) -> Any:
        if "CurrentPage=2" in request.url:
            raise ListingError("answered with status 400")
        return site(150)(request)

    result = listing("radancy", SITE, serve)
    assert (len(result.jobs), result.complete) == (100, False)


@pytest.mark.parametrize(
    ("row", "title", "location"),
    [
        (ROW.format(id=97), "Cook", "Oslo, Norway"),
        (
            '<li><a class="search-results__job-link" href="/job/x/y/185/97" data-job-id="97">'
            '<span class="search-results__job-title">Cook &amp; Baker</span></a>'
            '<span class="search-results__job-info location">Amberley, Australia</span>'
            '<span class="search-results__job-info date">07/08/2026</span></li>',
            "Cook & Baker",
            "Amberley, Australia",
        ),
        (
            '<li class="search-results-list__item"><h5><a href="/en/job/x/y/3193/97" '
            'data-job-id="97">Cook</a></h5><ul><li class="search-results-list__job-info '
            'job-list-01-list__job-info--location"><i></i> <span>Bingen, Germany</span></li></ul>',
            "Cook",
            None,
        ),
        (
            '<tr><td><a href="/job/x/y/1/97" data-job-id="97" class="brand"><div><h2>Cook</h2>'
            '<span class="job-id job-info">1062355</span><span class="results job-location 1">'
            "Acton, Massachusetts</span></div></a></td></tr>",
            "Cook",
            "Acton, Massachusetts",
        ),
        (
            '<li><a href="/job/x/y/1/97" data-job-id="97"><h2>Cook</h2>'
            '<span class="job-location">Multiple Locations</span></a></li>',
            "Cook",
            None,
        ),
    ],
)
def test_a_row_is_read_in_every_markup(row: str, title: str, location: str | None) -> None:
    (job,) = answer("radancy", SITE, results(row, 1)).jobs

    assert (job.external_id, job.title) == ("97", title)
    assert job.url.startswith("https://careers.acme.com/")
    if location:  # the other markups need not be read with a location
        assert job.location == location


def test_a_link_that_is_not_http_leaves_the_list_partial() -> None:
    row = '<li><a href="javascript:x" data-job-id="7"><h2>Cook</h2></a></li>'
    page = answer("radancy", SITE, results(row + ROW.format(id=8), 2))

    assert [job.external_id for job in page.jobs] == ["8"]
    assert page.partial_reason == "a posting could not be read"


def test_requests_go_to_the_base_url_and_links_to_the_site() -> None:
    config = {**SITE, "base_url": "http://127.0.0.1:8090"}
    (job,) = answer("radancy", config, results(ROW.format(id=1), 1)).jobs

    assert job.url == "https://careers.acme.com/en/job/oslo/cook/185/1"
    assert job.page_url == "http://127.0.0.1:8090/en/job/oslo/cook/185/1"


@pytest.mark.parametrize(
    "body",
    [b"<html>", b"[]", b"{}", {"results": "", "hasJobs": False}, {"results": "<p>Nothing</p>"}],
)
def test_a_response_that_states_no_total_is_an_error(body: Any) -> None:
    with pytest.raises(ParseError):
        answer("radancy", SITE, body)
