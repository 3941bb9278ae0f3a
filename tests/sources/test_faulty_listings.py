"""Tests that a faulty response of a source never makes a complete listing.

The listing must be an error or partial, so that no posting expires. Each adapter lists a board of
one posting, which ``rows.py`` defines. The board's response is made faulty in all the ways that
real sources show.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from include.core.formats.urls import is_http
from include.core.models import Listing, Page
from include.errors import ListingError, ParseError
from include.sources.base import Request
from include.sources.registry import adapter_for, facts_of
from tests.sources.boards import listing
from tests.sources.markup_rows import WITHOUT_ROWS
from tests.sources.rows import SAMPLES
from tests.sources.sample import Sample

BOARDS = {sample.source: sample for sample in reversed((*SAMPLES, *WITHOUT_ROWS))}
"""The first sample of each source, by source."""
OTHER_PAGES = (
    b"<html><title>Just a moment...</title><body>Checking you</body></html>",
    b"<html><body><h1>Payroll made easy</h1></body></html>",
    b"",
    b'"maintenance"',
    b'{"error": "unavailable", "message": "try later"}',
)
URLS = [
    (source, key)
    for source, sample in BOARDS.items()
    if not isinstance(sample.wrap(sample.row), bytes)
    for key, value in sample.row.items()
    if isinstance(value, str) and is_http(value)
]
"""Each source, and each key of its JSON rows that holds a URL."""
TOTALS: dict[str, tuple[str | int, ...]] = {
    "adp_myjobs": ("count",),
    "adp_workforce_now": ("meta", "totalNumber"),
    "amazon": ("hits",),
    "apple": ("res", "totalRecords"),
    "applicantpro": ("data", "jobCount"),
    "bamboohr": ("meta", "totalCount"),
    "cornerstone": ("data", "totalCount"),
    "dayforce": ("maxCount",),
    "eightfold": ("data", "count"),
    "greenhouse": ("meta", "total"),
    "hireology": ("count",),
    "jibe": ("totalCount",),
    "join": ("data", "publicJobs", "pageInfo", "rowCount"),
    "manatal": ("count",),
    "oracle": ("items", 0, "TotalJobsCount"),
    "paycom": ("jobPostingPreviewsCount",),
    "phenom": ("refineSearch", "totalHits"),
    "smartrecruiters": ("totalFound",),
    "taleo": ("pagingData", "totalCount"),
    "trakstar": ("meta", "total"),
    "ultipro": ("totalCount",),
    "workable": ("total",),
    "workday": ("total",),
}
"""The path of the total in the JSON, by source.

A source that states no total in JSON is left out.
"""
WRITTEN_TOTALS = {
    "avature": (b"1 results", b"5 results"),
    "careerplug": (
        b"</html>",
        b'<div class="pagination"><em class="current">1</em><a class="next_page" href="?page=2">'
        b"next</a></div></html>",
    ),
    "hrmos": ("全 1 件".encode(), "全 5 件".encode()),
    "jazzhr": (b"</table>", b'</table><a href="/apply/jobs/details/another">Nurse</a>'),
    "jobvite": (b"</table>", b'</table><p class="jv-pagination-text">1-1 of 5</p>'),
    "pageup": (
        b"</html>",
        b'<a class="more-link" href="?page=2&page-items=100">More <span class="count">4</span></a>'
        b"</html>",
    ),
    "radancy": (b'total-results=\\"1\\"', b'total-results=\\"5\\"'),
    "softgarden": (b"[49734098]", b"[49734098, 53688446]"),
    "successfactors": (b"of <b>1</b>", b"of <b>5</b>"),
    "taleo_business": (
        b"</html>",
        b'<span class="oracletaleocwsv2-panel-number">5</span></html>',
    ),
}
"""A text on the page, and the text that makes the page state a larger total, by source.

These are the sources that state the total in a text of the page. The second text replaces the first
one.
"""
DETECT_MISSING_END = frozenset({"factorial", "gusto", "jazzhr"})
"""The fragile sources whose adapters notice that the end of a page is missing."""
IN_HEADERS = frozenset({"traffit"})
"""The sources that state the total in a header. The tests of these sources send wrong totals."""
WITHOUT_TOTAL = frozenset({
    "ashby", "breezy", "comeet", "deel", "factorial", "gem", "google", "gupy", "gusto", "herp",
    "hibob", "html", "icims", "json", "keka", "lever", "neogov", "paylocity", "personio",
    "pinpoint", "recruitee", "rippling", "sitemap", "teamtailor", "workatastartup", "zoho",
})  # fmt: skip


def with_total(sample: Sample, total: int) -> bytes:
    """Return the response that contains one posting, but states ``total`` as the total."""
    found = sample.wrap(sample.row)
    at: Any = found
    *path, last = TOTALS[sample.source]
    for step in path:
        at = at[step]
    at[last] = total
    return json.dumps(found).encode()


def listed(sample: Sample, answer: Callable[[Request], bytes]) -> Listing:
    """Return the listing of a board whose response with postings is made by ``answer``."""
    first = adapter_for(sample.source).first_request(sample.config)

    def serve(request: Request) -> Page:
        is_first = sample.first_response and request.url == first.url
        body = sample.first_response.encode() if is_first else answer(request)
        headers = {"x-apple-csrf-token": "t", "x-result-total-count": "1"}
        return Page(url=request.url, body=body, headers=headers)

    return listing(sample.source, sample.config, serve)


def never_complete(sample: Sample, answer: Callable[[Request], bytes]) -> None:
    """Check that the listing fails, or is partial and has a reason."""
    try:
        found = listed(sample, answer)
    except (ListingError, ParseError):
        return
    assert not found.complete, found
    assert found.reason, found


@pytest.mark.parametrize("source", BOARDS)
def test_the_board_without_a_fault_is_complete(source: str) -> None:
    sample = BOARDS[source]
    found = listed(sample, lambda _: sample.body(sample.row))

    assert (len(found.jobs), found.complete, found.reason) == (1, True, None)


@pytest.mark.parametrize("source", BOARDS)
def test_a_refusal_is_never_complete(source: str) -> None:
    def refuse(_: Request) -> bytes:
        raise ListingError("answered with status 503")

    never_complete(BOARDS[source], refuse)


@pytest.mark.parametrize("source", BOARDS)
def test_something_else_instead_of_the_list_is_never_complete(source: str) -> None:
    for page in OTHER_PAGES:
        never_complete(BOARDS[source], lambda _, page=page: page)


@pytest.mark.parametrize(
    "source",
    sorted(each for each in BOARDS if each in DETECT_MISSING_END or not facts_of(each).is_fragile),
)
def test_a_cut_response_is_never_complete_without_its_posting(source: str) -> None:
    """Check that a cut response is refused, is partial, or still contains the only posting.

    Some fragile sources are left out, because their adapters do not look for the end of a page and
    so cannot detect that a page is cut.
    """
    sample = BOARDS[source]
    whole = sample.body(sample.row).rstrip()
    for share in (0.25, 0.5, 0.75):
        cut = whole[: int(len(whole) * share)]
        try:
            found = listed(sample, lambda _, cut=cut: cut)
        except (ListingError, ParseError):
            continue
        assert found.jobs or not found.complete, cut


@pytest.mark.parametrize("url", ["javascript:alert(1)", "http://[", "/jobs/1", 7])
@pytest.mark.parametrize("base", [{}, {"base_url": "https://mirror.example"}])
@pytest.mark.parametrize(("source", "key"), URLS)
def test_a_posting_is_not_listed_with_a_url_that_is_not_http(
    source: str, key: str, base: dict[str, str], url: Any
) -> None:
    sample = BOARDS[source]
    body = sample.body(sample.row | {key: url})
    found = listed(replace(sample, config={**sample.config, **base}), lambda _: body)

    assert all(is_http(job.url) for job in found.jobs if job.url)


@pytest.mark.parametrize("source", TOTALS)
def test_a_total_that_is_too_high_is_never_complete(source: str) -> None:
    sample = BOARDS[source]
    lying = with_total(sample, 5)

    never_complete(sample, lambda _: lying)


@pytest.mark.parametrize("source", WRITTEN_TOTALS)
def test_a_page_that_states_more_postings_is_never_complete(source: str) -> None:
    sample = BOARDS[source]
    written, lying = WRITTEN_TOTALS[source]
    body = sample.body(sample.row).replace(written, lying)

    assert body != sample.body(sample.row)
    never_complete(sample, lambda _: body)


@pytest.mark.parametrize("source", TOTALS)
def test_a_later_page_that_fails_is_never_complete(source: str) -> None:
    sample = BOARDS[source]
    # The total is larger than a page of any source, so that there is a second request.
    pages = iter([with_total(sample, 150)])

    def then_refuse(_: Request) -> bytes:
        if body := next(pages, None):
            return body
        raise ListingError("answered with status 503")

    never_complete(sample, then_refuse)
