"""A tenant that its source no longer knows is never taken for a board without postings: the one is
an error, or at most a partial listing, and only the other is complete and expires what it had."""

from typing import Any

import pytest

from include.errors import ListingError, ParseError
from include.sources.base import Request
from tests.sources.boards import listing

NO_TABLE = "<html><body><h1>Payroll made easy</h1></body></html>"
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
    "bamboohr": ({"site": "acme"}, NO_TABLE, {"meta": {"totalCount": 0}, "result": []}),
    "rippling": ({"board": "acme"}, GONE, []),
    "eightfold": (EIGHTFOLD, NO_TABLE, {"data": {"count": 0, "positions": []}}),
    "icims": ({"site": "acme"}, NO_TABLE, FORM),
    "successfactors": ({"host": "jobs.acme.com"}, NO_TABLE, '<div id="noresults">None</div>'),
}
"""By source: a config, and what an unknown tenant and an empty board answer."""


@pytest.mark.parametrize("source", TENANTS)
def test_an_unknown_tenant_is_an_error(source: str) -> None:
    config, unknown, _ = TENANTS[source]

    def serve(request: Request) -> Any:
        if isinstance(unknown, ListingError):
            raise unknown
        return unknown

    with pytest.raises((ListingError, ParseError)):
        listing(source, config, serve)


@pytest.mark.parametrize("source", TENANTS)
def test_an_empty_board_is_complete(source: str) -> None:
    config, _, empty = TENANTS[source]
    found = listing(source, config, lambda request: empty)

    assert (found.jobs, found.complete, found.reason) == ((), True, None)


NOT_TOLD = {
    "smartrecruiters": (
        {"company": "acme"},
        {"totalFound": 0, "content": []},
        "an unknown company and one without postings answer alike",
    ),
    "oracle": (
        ORACLE,
        {"items": [{"TotalJobsCount": 0, "requisitionList": []}]},
        "the site states no number of postings",
    ),
}
"""Sources that answer both alike, or may: a config, the answer, and why it proves nothing."""


@pytest.mark.parametrize("source", NOT_TOLD)
def test_where_both_answer_alike_an_empty_list_is_partial_and_says_so(source: str) -> None:
    config, answer, reason = NOT_TOLD[source]
    found = listing(source, config, lambda request: answer)

    assert (found.jobs, found.complete, found.reason) == ((), False, reason)
