"""Tests that an unknown tenant is never taken for a board without postings.

The listing of an unknown tenant must be an error or partial. Only the listing of an empty board is
complete and expires the board's jobs.
"""

from collections.abc import Callable
from typing import Any, cast

import pytest

from include.errors import ListingError, ParseError
from include.sources.base import Request
from include.sources.records import MAYBE_UNKNOWN
from tests.sources.boards import listing
from tests.sources.configs import (
    ADP_WORKFORCE_NOW,
    COMEET,
    CORNERSTONE,
    DAYFORCE,
    GUID,
    GUSTO,
    PAGEUP,
    PAYCOM,
    PHENOM,
    TALEO,
    TALEO_BUSINESS,
    ULTIPRO,
)
from tests.sources.json_rows import CSOD_PAGE, PORTAL_PAGE

OTHER_PAGE = "<html><body><h1>Payroll made easy</h1></body></html>"
GUPY = (
    '<script id="__NEXT_DATA__" type="application/json">{"props": {"pageProps": {"jobs": []}}}'
    "</script>"
)
NO_PREVIEWS: dict[str, Any] = {"jobPostingPreviews": [], "jobPostingPreviewsCount": 0}
NO_HITS: dict[str, Any] = {"totalHits": 0, "data": {"jobs": []}}
JOIN_PAGE = (
    '<script id="__NEXT_DATA__">{"props": {"pageProps": {"initialState": {"company": {"id": 1}, '
    '"jobs": {"pagination": {"total": 0}}}}}}</script>'
)
NO_JOBS: dict[str, Any] = {
    "data": {"publicJobs": {"items": [], "pageInfo": {"pageCount": 0, "rowCount": 0}}}
}
NO_STARTUP_JOBS = (
    '<div data-page="{&quot;component&quot;: &quot;WaasShowJobsPage&quot;, &quot;props&quot;: '
    '{&quot;company&quot;: {&quot;slug&quot;: &quot;acme&quot;}, &quot;jobPostings&quot;: []}}">'
)
NO_RESULTS = "<script>careersiteName: 'acme'</script><p>No results found</p>"
FORM = '<form id="searchForm"></form>'
ORACLE = {"host": "acme.fa.us2.oraclecloud.com", "site": "CX_1"}
WORKDAY = {"host": "acme.wd5.myworkdayjobs.com", "tenant": "acme", "site": "External"}
EIGHTFOLD = {"host": "acme.eightfold.ai", "domain": "acme.com"}
GONE = ListingError("no such board", code="not_found")


TENANTS: dict[str, tuple[dict[str, str], Any, Any]] = {
    "greenhouse": ({"board": "acme"}, GONE, {"jobs": [], "meta": {"total": 0}}),
    "lever": ({"site": "acme"}, GONE, []),
    "ashby": ({"board": "acme"}, GONE, {"jobs": []}),
    "workday": (WORKDAY, GONE, {"total": 0, "jobPostings": []}),
    "workable": ({"account": "acme"}, GONE, {"total": 0, "results": []}),
    "recruitee": ({"site": "acme"}, GONE, {"offers": []}),
    "personio": ({"site": "acme"}, GONE, "<workzag-jobs></workzag-jobs>"),
    "teamtailor": ({"site": "acme"}, GONE, {"items": []}),
    "bamboohr": ({"site": "acme"}, OTHER_PAGE, {"meta": {"totalCount": 0}, "result": []}),
    "rippling": ({"board": "acme"}, GONE, []),
    "breezy": ({"site": "acme"}, OTHER_PAGE, []),
    "avature": (
        {"url": "https://acme.avature.net/careers"},
        OTHER_PAGE,
        '<p class="list-controls__text__legend" aria-label="0 results"></p>',
    ),
    "comeet": (COMEET, OTHER_PAGE, "<script>COMPANY_POSITIONS_DATA = [];</script>"),
    "deel": (
        {"company": "acme"},
        GONE,
        {"organizationId": "o-1", "jobBoard": {"id": "b-1"}, "jobPostings": []},
    ),
    "factorial": (
        {"site": "acme"},
        OTHER_PAGE,
        "<html><div data-controller='job-filters'></div></html>",
    ),
    "gem": ({"board": "acme"}, GONE, []),
    "keka": ({"site": "acme"}, OTHER_PAGE, None),
    "traffit": ({"site": "acme"}, GONE, None),
    "trakstar": ({"site": "acme"}, GONE, None),
    "gusto": (
        GUSTO,
        OTHER_PAGE,
        "<html><h3>There are no open positions currently</h3></html>",
    ),
    "workatastartup": ({"company": "acme"}, OTHER_PAGE, NO_STARTUP_JOBS),
    "adp_myjobs": (
        {"site": "acme"},
        {"requestId": "ed12cd0d", "message": "Careersite not found"},
        {"myJobsToken": "secret", "count": 0, "jobRequisitions": []},
    ),
    "adp_workforce_now": (ADP_WORKFORCE_NOW, GONE, None),
    "applicantpro": (
        {"host": "acme.applicantpro.com"},
        "This career site has been disabled.",
        None,
    ),
    "careerplug": ({"site": "acme"}, "<form action='/users/sign_in'></form>", None),
    "cornerstone": (CORNERSTONE, "<h1>Something went wrong</h1>", None),
    "hireology": ({"company": "acme"}, GONE, {"data": [], "count": 0, "page": 1}),
    "jibe": ({"host": "careers.acme.com"}, OTHER_PAGE, None),
    "pageup": (PAGEUP, GONE, None),
    "radancy": ({"url": "https://careers.acme.com"}, {"results": "", "hasJobs": False}, None),
    "taleo": (TALEO, "<title>Career Section Unavailable</title>", None),
    "taleo_business": (TALEO_BUSINESS, OTHER_PAGE, None),
    "herp": ({"company": "acme"}, GONE, {"company": {"jobs": []}, "statusCode": 200}),
    "hrmos": ({"company": "acme"}, GONE, '<p class="pg-count">全 0 件中 0 件</p>'),
    "jobvite": ({"company": "acme"}, OTHER_PAGE, NO_RESULTS),
    "join": ({"company": "acme"}, OTHER_PAGE, (JOIN_PAGE, NO_JOBS)),
    "softgarden": ({"site": "acme"}, GONE, "<script>var complete_job_id_list = [];</script>"),
    "zoho": ({"host": "acme.zohorecruit.eu"}, OTHER_PAGE, None),
    "eightfold": (EIGHTFOLD, OTHER_PAGE, {"data": {"count": 0, "positions": []}}),
    "gupy": ({"site": "acme"}, OTHER_PAGE, GUPY),
    "icims": ({"site": "acme"}, OTHER_PAGE, FORM),
    "jazzhr": (
        {"site": "acme"},
        "<title>JazzHR - Inactive Career Page</title>",
        '<table id="jobs_table"><tr><th>Job</th></tr></table>',
    ),
    "paycom": (
        PAYCOM,
        "Job board does not exist or is unavailable at this time.",
        None,
    ),
    "paylocity": ({"board": GUID}, OTHER_PAGE, '<script>window.pageData = {"Jobs": []};</script>'),
    "phenom": (PHENOM, OTHER_PAGE, None),
    "ultipro": (ULTIPRO, OTHER_PAGE, {"opportunities": [], "totalCount": 0}),
    "successfactors": ({"host": "jobs.acme.com"}, OTHER_PAGE, '<div id="noresults">None</div>'),
}
"""A config and the responses for an unknown tenant and for an empty board, by source.

The response for an empty board is a pair if the first request only opens a session. It is None if
the source's list may be empty although there are postings, or if the source's own test has this
case.
"""


def responding(answer: Any) -> Callable[[Request], Any]:
    """Return a function that answers every request with ``answer``.

    If ``answer`` is a pair, its second item is the response to requests with JSON, and its first
    item is the response to all others.
    """

    def serve(request: Request) -> Any:
        if not isinstance(answer, tuple):
            return answer
        without_json, with_json = cast("tuple[Any, Any]", answer)
        return with_json if request.json else without_json

    return serve


@pytest.mark.parametrize("source", TENANTS)
def test_an_unknown_tenant_is_an_error(source: str) -> None:
    config, unknown, _ = TENANTS[source]

    def serve(request: Request) -> Any:
        if isinstance(unknown, ListingError):
            raise unknown
        return unknown

    with pytest.raises((ListingError, ParseError)):
        listing(source, config, serve)


@pytest.mark.parametrize(
    "source", [name for name, (*_, empty) in TENANTS.items() if empty is not None]
)
def test_an_empty_board_is_complete(source: str) -> None:
    config, _, empty = TENANTS[source]
    result = listing(source, config, responding(empty))

    assert (result.jobs, result.complete, result.reason) == ((), True, None)


AMBIGUOUS: dict[str, tuple[dict[str, str], Any, str]] = {
    "smartrecruiters": (
        {"company": "acme"},
        {"totalFound": 0, "content": []},
        MAYBE_UNKNOWN,
    ),
    "hibob": ({"site": "acme"}, {"jobAdDetails": []}, MAYBE_UNKNOWN),
    "manatal": ({"company": "acme"}, {"count": 0, "next": None, "results": []}, MAYBE_UNKNOWN),
    "google": ({}, "<jobs></jobs>", "the feed has no positions"),
    "neogov": ({"agency": "acme"}, "<rss><channel></channel></rss>", MAYBE_UNKNOWN),
    "pinpoint": ({"site": "acme"}, {"data": []}, MAYBE_UNKNOWN),
    "dayforce": (DAYFORCE, {"csrfToken": "t", "jobPostings": [], "maxCount": 0}, MAYBE_UNKNOWN),
    "paycom": (PAYCOM, (PORTAL_PAGE, NO_PREVIEWS), MAYBE_UNKNOWN),
    "adp_workforce_now": (
        ADP_WORKFORCE_NOW,
        {"jobRequisitions": [], "meta": {"startSequence": 1, "totalNumber": 0}},
        MAYBE_UNKNOWN,
    ),
    "careerplug": (
        {"site": "acme"},
        '<html><div id="job_table"><div class="no-jobs-message">None</div></div></html>',
        "no posting was found",
    ),
    "cornerstone": (
        CORNERSTONE,
        (CSOD_PAGE, {"data": {"totalCount": 0, "requisitions": []}}),
        MAYBE_UNKNOWN,
    ),
    "jibe": ({"host": "careers.acme.com"}, {"jobs": [], "totalCount": 0}, MAYBE_UNKNOWN),
    "pageup": (
        PAGEUP,
        '<html><ul id="search-results-content"></ul></html>',
        "no posting was found",
    ),
    "radancy": (
        {"url": "https://careers.acme.com"},
        {"results": '<section data-total-results="0"></section>', "hasJobs": False},
        MAYBE_UNKNOWN,
    ),
    "taleo": (
        TALEO,
        ("portalNo: '1'", {"requisitionList": [], "pagingData": {"totalCount": 0}}),
        MAYBE_UNKNOWN,
    ),
    "taleo_business": (
        TALEO_BUSINESS,
        '<html><div class="oracletaleocwsv2-content">There are no openings.</div></html>',
        MAYBE_UNKNOWN,
    ),
    "phenom": (PHENOM, ("phApp", {"refineSearch": NO_HITS}), MAYBE_UNKNOWN),
    "zoho": (
        {"host": "acme.zohorecruit.eu"},
        '<input id="jobs" value="[]">',
        "the site may show only 0 of its postings",
    ),
    "oracle": (
        ORACLE,
        {"items": [{"TotalJobsCount": 0, "requisitionList": []}]},
        "the site states no total, or a total of 0",
    ),
}
"""For each ambiguous source: a config, the response, and the expected reason for a partial listing.

A source is ambiguous if an empty list may also mean that the tenant is unknown, or that the source
does not show its postings. The response may be a pair, as in ``TENANTS``.
"""


@pytest.mark.parametrize("source", AMBIGUOUS)
def test_an_empty_list_that_proves_nothing_is_partial(source: str) -> None:
    config, answer, reason = AMBIGUOUS[source]
    result = listing(source, config, responding(answer))

    assert (result.jobs, result.complete, result.reason) == ((), False, reason)
