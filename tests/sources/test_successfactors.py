from collections.abc import Callable

import pytest

from include.errors import ParseError
from include.sources.base import Request
from include.sources.paging import number_in
from tests.recorded import recorded
from tests.sources.answers import answer
from tests.sources.boards import listing

SITE = {"host": "jobs.acme.com"}
PAGE_SIZE = 25
NOTHING_FOUND = '<div id="noresults">There are currently no open positions</div>'


def row(number: int) -> str:
    link = f'<a href="/job/Berlin-Cook-%28mfd%29-10557/{number}/" class="jobTitle-link">Cook</a>'
    return f"""<tr class="data-row"><td class="colTitle">{link}
      <div class="visible-phone">{link}<span class="jobLocation"><span class="jobLocation">
      Berlin</span></span></div></td><td class="colLocation"><span class="jobLocation">
      Berlin, DE, 10557 </span></td></tr>"""


def results(rows: str, label: str) -> str:
    return f'{label}<table id="searchresults"><tbody>{rows}</tbody></table>{label}'


def label(first: int, last: int, total: int | str) -> str:
    shown = f"Ergebnisse <b>{first} – {last}</b> von <b>{total}</b>"
    return f'<span class="paginationLabel">{shown}</span>'


def site(
    count: int, *, total: int | None = None, wraps_at: int = 10_000
) -> Callable[[Request], str]:
    """Return a function that answers requests as a site with ``count`` postings does.

    Args:
        total: the total that each page states; None for ``count``.
        wraps_at: the number of postings after which the first page is shown again.
    """

    def serve(request: Request) -> str:
        start = number_in(request, "startrow") % wraps_at
        rows = range(count)[start : start + PAGE_SIZE]
        stated = count if total is None else total
        return results("".join(map(row, rows)), label(start, start + len(rows), stated))

    return serve


@pytest.mark.parametrize("count", [1, 25, 26, 2_500])
def test_a_site_is_read_to_its_total(count: int) -> None:
    result = listing("successfactors", SITE, site(count))

    assert result.complete
    assert len(result.jobs) == count


@pytest.mark.parametrize("stated", ["1,633", "1.633", "1 633"])
def test_a_total_may_have_a_thousands_separator(stated: str) -> None:
    page = answer("successfactors", SITE, results(row(1), label(1, 25, stated)).encode())

    assert page.total == 1633


@pytest.mark.parametrize("serve", [site(80, wraps_at=50), site(80, total=90), site(80, total=70)])
def test_a_site_that_differs_from_its_total_is_partial(serve: Callable[[Request], str]) -> None:
    assert not listing("successfactors", SITE, serve).complete


@pytest.mark.parametrize(
    "page",
    [results(row(1), ""), results(row(1) + '<tr class="data-row"></tr>', label(1, 1, 1))],
)
def test_a_listing_without_proof_is_partial(page: str) -> None:
    assert not listing("successfactors", SITE, lambda _: page).complete


def test_recent_postings_below_an_empty_search_are_not_listed() -> None:
    result = listing("successfactors", SITE, lambda _: NOTHING_FOUND + results(row(1), ""))

    assert (result.jobs, result.complete) == ((), True)


def test_a_page_built_with_javascript_is_an_error() -> None:
    with pytest.raises(ParseError):
        answer("successfactors", SITE, b'<div id="app"></div><script src="/ui.js"></script>')


def test_a_row_with_two_links_is_one_posting() -> None:
    page = answer("successfactors", SITE, results(row(9), label(1, 1, 1)).encode())

    (job,) = page.jobs
    assert (job.external_id, job.title, job.location) == ("9", "Cook", "Berlin, DE, 10557")
    assert job.url == "https://jobs.acme.com/job/Berlin-Cook-%28mfd%29-10557/9/"
    assert job.page_url is None


def test_a_tile_is_read_like_a_row() -> None:
    tile = """<li class="job-tile"><a class="jobTitle-link" href="/job/Cook/3/">Cook</a></li>"""
    page = answer("successfactors", SITE, results(tile, label(1, 1, 1)).encode())

    assert [job.external_id for job in page.jobs] == ["3"]


def test_a_recorded_search_is_the_first_page_of_a_listing() -> None:
    page = answer(
        "successfactors", {"host": "jobs.sap.com"}, recorded("successfactors/search_rsp.html")
    )

    assert (page.total, len(page.jobs)) == (633, 25)
    assert page.partial_reason is None
    assert number_in(page.follow[0], "startrow") == 25
    first = page.jobs[0]
    assert (first.external_id, first.title) == ("1414343333", "Developer Associate")
    assert first.location == "Bangalore, IN, 560066"


def test_a_recorded_error_page_is_an_error() -> None:
    with pytest.raises(ParseError):
        answer("successfactors", SITE, recorded("successfactors/job_detail_not_found_rsp.html"))
