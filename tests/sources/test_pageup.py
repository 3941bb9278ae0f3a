"""Tests of PageUp.

The pages are built by hand. They have the kinds of markup that crawlers recorded.
"""

from collections.abc import Callable
from typing import Any

import pytest

from include.core.models import EmploymentType, Location, Page
from include.errors import ParseError
from include.failure_codes import FailureCode
from include.pipeline.pages.read_page import read_page
from include.sources.base import Request
from include.sources.paging import number_in
from tests.sources.answers import answer
from tests.sources.boards import listing
from tests.sources.configs import PAGEUP

SITE = "https://careers.pageuppeople.com"
TABLE = """<tr><td><a class="job-link" href="/541/cw/en/job/{id}/cook">Cook {id}</a></td>
    <td><span class="location">Perth</span></td>
    <td><span class="close-date"><time datetime="2026-07-14">14 Jul</time></span></td></tr>
    <tr class="summary"><td>We cook.</td></tr>"""
CARD = """<li class="joblisting"><h3><a class="job-link" href="/541/cw/en/job/{id}/cook">Cook {id}
    </a></h3><span class="location">Perth</span><span class="work-type full-time">Full Time</span>
    <p><a class="job-link" href="/541/cw/en/job/{id}/cook">See Details</a></p></li>"""


def page(rows: str, *, left: int | str = 0, link: str = "?page=2&amp;page-items=100") -> str:
    """Return a page with ``rows``, which states that ``left`` postings are on later pages."""
    more = f'<a href="{link}" class="more-link">More Jobs <span class="count">{left}</span></a>'
    return (
        '<html><table><tbody id="search-results-content">'
        f"{rows}</tbody></table>{more if left else ''}<h2>Current Opportunities</h2><table>"
        f'<tbody id="recent-jobs-content">{rows}</tbody></table></html>'
    )


def site(
    count: int, *, size: int = 100, missing: int = 0, repeats: bool = False
) -> Callable[[Request], Any]:
    """Return a function that answers requests as a site with ``count`` postings does.

    Args:
        size: the maximum number of postings on a page.
        missing: the number of postings that are left out at the beginning of each page.
        repeats: True to answer every request with the first page.
    """

    def serve(request: Request) -> str:
        assert request.url.startswith(f"{SITE}/541/cw/en/listing/?page=")
        number = 1 if repeats else number_in(request, "page")
        items = min(size, number_in(request, "page-items"))
        end = number * items
        numbers = range(count)[end - items : end]
        rows = "".join(TABLE.format(id=each) for each in numbers[missing:])
        link = f"/541/cw/en/listing/?page={number + 1}&amp;page-items={items}"
        return page(rows, left=max(count - end, 0), link=link)

    return serve


@pytest.mark.parametrize("size", [20, 100])
@pytest.mark.parametrize("count", [1, 20, 21, 100, 101, 651])
def test_a_site_is_read_until_none_are_left_whatever_its_page_size(count: int, size: int) -> None:
    result = listing("pageup", PAGEUP, site(count, size=size))

    assert (len(result.jobs), result.complete, result.reason) == (count, True, None)


def test_pages_that_contradict_each_other_are_partial() -> None:
    """List 250 postings on three pages that each lack their first posting.

    The first page shows 99 postings and states that 150 are left.
    """
    result = listing("pageup", PAGEUP, site(250, missing=1))

    assert (result.complete, result.reason) == (
        False,
        "the source states 249 postings, 247 were listed",
    )


def test_a_site_that_repeats_its_first_page_is_not_asked_forever() -> None:
    result = listing("pageup", PAGEUP, site(250, repeats=True))

    assert (len(result.jobs), result.complete) == (100, False)
    assert "the response for page 2 is not that page" in (result.reason or "")


@pytest.mark.parametrize(
    "text",
    [
        page(TABLE.format(id=721024)),
        f'<html><ul id="search-results-content">{CARD.format(id=721024)}</ul></html>',
    ],
)
def test_a_row_is_listed_once_with_its_title(text: str) -> None:
    (job,) = answer("pageup", PAGEUP, text.encode()).jobs

    assert (job.external_id, job.title, job.location) == ("721024", "Cook 721024", "Perth")
    assert job.url == f"{SITE}/541/cw/en/job/721024/cook"


def test_a_stated_total_is_read() -> None:
    text = page(TABLE.format(id=1)).replace("<table>", '<span class="result-count">1,234</span>', 1)

    assert answer("pageup", PAGEUP, text.encode()).total == 1_234


@pytest.mark.parametrize(
    "text",
    [
        page(TABLE.format(id=1)).removesuffix("</html>"),
        page(TABLE.format(id=1), left="some"),
        page(""),
    ],
)
def test_a_page_that_shows_that_something_is_missing_is_partial(text: str) -> None:
    assert answer("pageup", PAGEUP, text.encode()).partial_reason


@pytest.mark.parametrize("body", [b"", b"[]", b"<div class='careersite-cards'></div>"])
def test_a_page_that_is_not_a_list_is_an_error(body: bytes) -> None:
    """Read pages that are no lists.

    The empty body is what a site sends, with the status 202, if requests come too fast.
    """
    with pytest.raises(ParseError):
        answer("pageup", PAGEUP, body)


def test_requests_go_to_the_base_url_and_links_to_the_site() -> None:
    config = PAGEUP | {"base_url": "http://127.0.0.1:8090"}
    (job,) = answer("pageup", config, page(TABLE.format(id=1)).encode()).jobs

    assert job.url == f"{SITE}/541/cw/en/job/1/cook"
    assert job.page_url == "http://127.0.0.1:8090/541/cw/en/job/1/cook"


def test_a_posting_is_read_from_the_fields_of_its_page() -> None:
    body = """<html><head><meta property="og:site_name" content="Compass Group"></head><body>
        <div id="job-content"><h2>Karratha Cook</h2>
        <b>Job no:</b> <span class="job-externalJobNo">725443</span>
        <b>Work type:</b> <span class="work-type full-time">Full Time</span>
        <b>Location:</b> <span class="location">Karratha, WA</span>
        <b>Categories:</b> <span class="categories">Kitchen</span>
        <div id="job-details"><p>We cook for miners.</p><h3>Requirements</h3><ul><li>Patience</li>
        </ul></div><p>Advertised: <span class="open-date"><time datetime="2026-09-21T08:30:00Z">
        21 Sep</time></span></p><p>Applications close: <span class="close-date">
        <time datetime="2026-10-21T13:55:00Z">21 Oct</time></span></p></div></body></html>"""
    url = f"{SITE}/541/cw/en/job/725443/karratha-cook"
    read = read_page("pageup", Page(url=url, body=body.encode(), content_type="text/html"))

    assert (read.title, read.external_id, read.requisition_id) == (
        "Karratha Cook", "725443", "725443",
    )  # fmt: skip
    assert (read.company, read.department, read.url) == ("Compass Group", "Kitchen", url)
    assert read.locations == (Location(raw="Karratha, WA", city="Karratha", region="WA"),)
    assert read.employment_types == (EmploymentType.FULL_TIME,)
    assert read.posted_at is not None
    assert read.valid_through is not None
    assert read.posted_at.isoformat() == "2026-09-21T08:30:00+00:00"
    assert read.valid_through.isoformat() == "2026-10-21T13:55:00+00:00"
    assert (read.description_text.splitlines()[0], read.requirements) == (
        "We cook for miners.",
        ("Patience",),
    )


def test_the_page_of_an_unknown_posting_is_an_error_and_expires_no_posting() -> None:
    body = b"""<html><div id="job-content"></div><p>Sorry, we can't provide additional information
        about this job right now.</p></html>""".replace(b"\n        ", b" ")
    page = Page(url=f"{SITE}/541/cw/en/job/1/x", body=body, content_type="text/html")

    with pytest.raises(ParseError) as refused:
        read_page("pageup", page)

    assert refused.value.code is FailureCode.SOFT_404
