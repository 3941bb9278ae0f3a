"""Tests of Jobvite.

The pages are built by hand from those of real boards that public crawlers recorded.
"""

from collections.abc import Callable

import pytest

from include.errors import ParseError
from include.sources.base import Request
from include.sources.paging import number_in
from tests.sources.answers import answer
from tests.sources.boards import listing

ACME = {"company": "acme"}
PAGE_SIZE = 50
NAME = "<script>window.jv = {careersiteName: 'acme'};</script>"
TABLE = """<tr><td class="jv-job-list-name"><a href="/{company}/job/{id}">{title}</a></td>
    <td class="jv-job-list-type">Full-Time</td>
    <td class="jv-job-list-location">\n {place} \n</td></tr>"""
CARD = """<li class="row"><a href="/careers/{company}/job/{id}">
    <div class="jv-job-list-name">{title}</div>
    <div class="jv-job-list-location">{place}</div></a></li>"""


def row(number: int, *, form: str = TABLE, company: str = "acme", place: str = "Oslo") -> str:
    return form.format(company=company, id=f"oJob{number}", title="Cook", place=place)


def search(rows: str, stated: str = "", *, name: str = NAME) -> str:
    shown = f'<div class="jv-pagination-text">{stated}</div>' if stated else ""
    return (
        f'<html><body class="jv-page-search">{name}<h3>Kitchen</h3>'
        f'<table class="jv-job-list"><tbody>{rows}</tbody></table>{shown}</body></html>\n'
    )


def site(
    count: int, *, total: int | None = None, form: str = TABLE, wraps_at: int = 1_000
) -> Callable[[Request], str]:
    """Return a function that answers requests as a board with ``count`` postings does.

    Args:
        total: the total that the pages state; None for ``count``. Pages state no total if all
            postings fit on one page.
        form: the markup of a posting.
        wraps_at: the number of pages after which the first page is shown again.
    """

    def serve(request: Request) -> str:
        assert request.url.startswith("https://jobs.jobvite.com/acme/search/?p=")
        page = number_in(request, "p") % wraps_at
        start = page * PAGE_SIZE
        numbers = range(count)[start : start + PAGE_SIZE]
        rows = "".join(row(number, form=form) for number in numbers)
        stated_total = count if total is None else total
        if stated_total <= PAGE_SIZE:
            return search(rows)
        return search(rows, f"{start + 1}-{start + len(numbers)} of {stated_total:,}")

    return serve


@pytest.mark.parametrize("form", [TABLE, CARD])
@pytest.mark.parametrize("count", [1, 49, 51, 100, 266, 1_234])
def test_a_board_is_read_to_its_total(count: int, form: str) -> None:
    result = listing("jobvite", ACME, site(count, form=form))

    assert (result.complete, result.reason) == (True, None)
    assert len(result.jobs) == count


def test_a_row_is_read_field_by_field() -> None:
    page = answer("jobvite", ACME, search(row(1, place="Oslo, Norway")).encode())

    (job,) = page.jobs
    assert (job.external_id, job.title, job.location) == ("oJob1", "Cook", "Oslo, Norway")
    assert job.url == "https://jobs.jobvite.com/acme/job/oJob1"
    assert job.page_url is None


def test_a_number_of_locations_is_not_a_location() -> None:
    assert (
        answer("jobvite", ACME, search(row(1, place="2 Locations")).encode()).jobs[0].location
        is None
    )


@pytest.mark.parametrize("serve", [site(80, total=90), site(80, total=70), site(120, wraps_at=2)])
def test_an_inconsistent_list_is_partial(serve: Callable[[Request], str]) -> None:
    assert not listing("jobvite", ACME, serve).complete


def test_a_full_page_without_a_total_is_partial() -> None:
    rows = "".join(map(row, range(PAGE_SIZE)))

    assert not listing("jobvite", ACME, lambda request: search(rows)).complete


def test_a_page_that_was_cut_is_partial() -> None:
    whole = search("".join(map(row, range(30))))

    assert listing("jobvite", ACME, lambda request: whole).complete
    assert not listing("jobvite", ACME, lambda request: whole[: len(whole) // 2]).complete


def test_postings_of_other_companies_are_not_listed() -> None:
    page = search(row(1) + row(2, company="other") + row(3, company="ACME"))
    result = listing("jobvite", ACME, lambda request: page)

    assert [job.external_id for job in result.jobs] == ["oJob1", "oJob3"]


def test_a_row_without_a_link_to_a_posting_is_partial() -> None:
    page = search(row(1) + '<tr><td class="jv-job-list-name">Cook</td></tr>')
    result = listing("jobvite", ACME, lambda request: page)

    assert (len(result.jobs), result.complete) == (1, False)


def test_a_row_without_a_title_is_partial() -> None:
    page = search(row(1) + row(2).replace("Cook", " "))
    result = listing("jobvite", ACME, lambda request: page)

    assert (len(result.jobs), result.complete) == (1, False)


@pytest.mark.parametrize("page", [search("<p>No results found</p>"), search("", "0-0 of 0")])
def test_a_search_without_results_is_complete(page: str) -> None:
    result = listing("jobvite", ACME, lambda request: page)

    assert (result.jobs, result.complete, result.reason) == ((), True, None)


@pytest.mark.parametrize(
    "page",
    [
        "<html><body>Job seeker support</body></html>",
        search(row(1, company="other"), name="<script>careersiteName: 'other'</script>"),
        search(""),
        search("<script>const NONE = 'No results found';</script>"),
        search("", "1-50 of ,"),
        search("", "1-50 of 266"),
        "[]",
    ],
)
def test_a_page_that_is_not_the_company_s_list_is_an_error(page: str) -> None:
    with pytest.raises(ParseError):
        answer("jobvite", ACME, page.encode())


def test_all_requests_go_to_the_base_url() -> None:
    config = {**ACME, "base_url": "http://127.0.0.1:8090"}

    def serve(request: Request) -> str:
        assert request.url == "http://127.0.0.1:8090/acme/search/?p=0"
        return search(row(1))

    (job,) = listing("jobvite", config, serve).jobs
    assert job.page_url == "http://127.0.0.1:8090/acme/job/oJob1"
