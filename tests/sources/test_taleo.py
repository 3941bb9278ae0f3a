"""Tests of Taleo Enterprise.

The pages and responses are built by hand from those that crawlers recorded.
"""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from include.core.models import Page
from include.errors import ParseError
from include.pipeline.pages.read_page import read_page
from include.sources.base import Request
from tests.sources.answers import answer
from tests.sources.boards import listing
from tests.sources.configs import TALEO

SITE = "https://acme.taleo.net/careersection"
PAGE_SIZE = 25
VIEW = f"{SITE}/2/jobdetail.ftl?job=REQ-1001&lang=en"
PAGES = {
    "settings": "require.config({config: {'fs/FacetedSearchSettings': {portalNo: '2013811'}}});",
    "form": '<form action="/careersection/rest/jobboard/searchjobs?portal=2013811"></form>',
    "json": 'var cfg = {"portalId": "2013811"};',
}


def job(number: int = 1001, **changes: Any) -> dict[str, Any]:
    return {
        "jobId": str(number + 90_000),
        "contestNo": f"REQ-{number}",
        "column": ["Cook &amp; Baker", f"REQ-{number}", '["London","Remote - UK"]', "Apr 30, 2026"],
        "linkedColumn": 0,
        "locationsColumns": [2],
    } | changes


def section(
    count: int, *, stated: int | None = None, short: int = 0, page: str = PAGES["settings"]
) -> Callable[[Request], Any]:
    """Return a function that answers requests as a section with ``count`` postings does.

    Args:
        stated: the total that each response states; None for ``count``.
        short: the number of postings that are on the second page instead of the first page.
        page: the page of the section, which the first request loads.
    """

    def serve(request: Request) -> Any:
        if request.json is None:
            assert request.url == f"{SITE}/2/jobsearch.ftl?lang=en"
            return page
        assert request.url == f"{SITE}/rest/jobboard/searchjobs?lang=en&portal=2013811"
        assert request.headers["tz"] == "GMT+00:00"
        number = request.json["pageNo"]
        end = number * PAGE_SIZE
        numbers = range(count)[end - PAGE_SIZE : end]
        if number == 1:
            numbers = range(count)[: PAGE_SIZE - short]
        elif number == 2:
            numbers = range(count)[PAGE_SIZE - short : end]
        total = count if stated is None else stated
        return {
            "requisitionList": [job(each) for each in numbers],
            "pagingData": {"currentPageNo": number, "pageSize": PAGE_SIZE, "totalCount": total},
            "careerSectionUnAvailable": False,
        }

    return serve


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
@pytest.mark.parametrize("count", [1, 25, 26, 130])
def test_a_section_is_read_to_its_total(count: int, page: str) -> None:
    result = listing("taleo", TALEO, section(count, page=page))

    assert (len(result.jobs), result.complete, result.reason) == (count, True, None)


def test_a_short_page_in_the_middle_does_not_end_the_list() -> None:
    result = listing("taleo", TALEO, section(50, short=11))

    assert (len(result.jobs), result.complete) == (50, True)


@pytest.mark.parametrize("serve", [section(30, stated=31), section(30, stated=29)])
def test_an_inconsistent_list_is_partial(serve: Callable[[Request], Any]) -> None:
    assert not listing("taleo", TALEO, serve).complete


@pytest.mark.parametrize(
    "found",
    [
        {"careerSectionUnAvailable": True, "requisitionList": [], "pagingData": {"totalCount": 0}},
        {"requisitionList": None, "pagingData": None},
        "<html>",
    ],
)
def test_a_section_that_is_unavailable_is_partial(found: Any) -> None:
    read = listing("taleo", TALEO, lambda request: found if request.json else PAGES["form"])

    assert (read.jobs, read.complete) == ((), False)


@pytest.mark.parametrize("page", ["<title>Career Section Unavailable</title>", "", "portalNo: ''"])
def test_a_page_without_a_portal_is_an_error(page: str) -> None:
    with pytest.raises(ParseError):
        listing("taleo", TALEO, lambda _: page)


@pytest.mark.parametrize(
    ("changes", "title", "location"),
    [
        ({}, "Cook & Baker", "London; Remote - UK"),
        ({"column": ["Cook", "Toronto, ON"], "locationsColumns": [1]}, "Cook", "Toronto, ON"),
        ({"column": ["Oslo", "Cook"], "linkedColumn": 1, "locationsColumns": [0]}, "Cook", "Oslo"),
        ({"column": ["Cook", '["AB-Calgary"]'], "locationsColumns": None}, "Cook", "AB-Calgary"),
        ({"column": ["Cook", "Full-time"], "locationsColumns": []}, "Cook", None),
        ({"column": ["Cook", "[]"], "locationsColumns": [1]}, "Cook", None),
        ({"column": ["Cook", "[broken"], "locationsColumns": [1, 7]}, "Cook", "[broken"),
    ],
)  # fmt: skip
def test_the_columns_of_a_row_are_found(
    changes: dict[str, Any], title: str, location: str | None
) -> None:
    request = Request(url=f"{SITE}/rest/jobboard/searchjobs", json={"pageNo": 1})
    found = {"requisitionList": [job(**changes)], "pagingData": {"totalCount": 1, "pageSize": 25}}
    (read,) = answer("taleo", TALEO, found, request=request).jobs

    assert (read.external_id, read.url) == ("REQ-1001", VIEW)
    assert (read.title, read.location) == (title, location)


@pytest.mark.parametrize("columns", [[], [""], [None], "Cook"])
def test_a_row_without_a_title_leaves_the_list_partial(columns: Any) -> None:
    request = Request(url=f"{SITE}/rest/jobboard/searchjobs", json={"pageNo": 1})
    found = {"requisitionList": [job(column=columns, linkedColumn=3)]}

    assert answer("taleo", TALEO, found, request=request).partial_reason


def test_a_posting_without_a_contest_number_has_its_own_number() -> None:
    request = Request(url=f"{SITE}/rest/jobboard/searchjobs", json={"pageNo": 1})
    found = {"requisitionList": [job(contestNo=None)]}

    assert answer("taleo", TALEO, found, request=request).jobs[0].external_id == "91001"


def read(body: str) -> Any:
    return read_page("taleo", Page(url=VIEW, body=body.encode(), content_type="text/html"))


def test_a_posting_is_read_from_the_input_element_of_its_page() -> None:
    texts = ("<p>We cook: daily.</p>", "<p>Requirements</p><ul><li>Patience</li></ul>")
    escaped = [quote(text).replace("%3A", "%5C:") for text in texts]
    fields = [
        "true",
        "Cook &amp; Baker 100%",
        "REQ-1001",
        "GB-London",
        *(f"!*!{e}" for e in escaped),
    ]
    posting = read(
        f"<html><body><input id='initialHistory' value=\"{'!|!'.join(fields)}\"></body></html>"
    )

    assert (posting.title, posting.external_id, posting.url) == (
        "Cook & Baker 100%",
        "REQ-1001",
        VIEW,
    )
    assert posting.description_text == "We cook: daily.\nRequirements\n- Patience"
    assert posting.requirements == ("Patience",)


@pytest.mark.parametrize("text", ["<p>We cook.</p>", quote("<p>We cook.</p>")])
def test_a_posting_is_read_from_json_ld_also_if_its_text_is_escaped(text: str) -> None:
    markup = {
        "@type": "JobPosting",
        "title": "Cook",
        "datePosted": "2026-09-01",
        "description": text,
        "jobLocation": {"address": {"addressLocality": "Oslo", "addressCountry": "NO"}},
    }
    posting = read(f'<html><script type="application/ld+json">{json.dumps(markup)}</script></html>')

    assert (posting.title, posting.external_id, posting.description_text) == (
        "Cook", "REQ-1001", "We cook.",
    )  # fmt: skip
    assert [(at.city, at.country) for at in posting.locations] == [("Oslo", "NO")]
    assert posting.posted_at is not None
    assert posting.posted_at.isoformat() == "2026-09-01T00:00:00+00:00"
