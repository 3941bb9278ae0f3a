"""Tests of ApplicantPro and isolved Hire.

The pages and responses are built by hand from those of real sites that public crawlers recorded.
"""

from collections.abc import Callable
from typing import Any

import pytest

from include.errors import ListingError, ParseError
from include.sources.base import Request
from tests.sources.boards import listing

SITE = {"host": "acme.isolvedhire.com"}
PAGES = {
    "applicantpro": "<script>const app = { componentData: { domainId : 19218 } };</script>",
    "isolved": '<script>mountingData.courierCurrentRouteData = {"root_domain_id":"32",'
    '"domain_id":"19218","career_site_name":"Acme"};</script>',
}


def job(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "id": number,
        "title": "Cook &amp; Baker",
        "city": "Amarillo",
        "iso3": "USA",
        "abbreviation": "TX",
        "startDateRef": "Jun 05, 2026",
        "jobLocation": "Amarillo, TX, United States, 79109",
    } | changes


def site(
    answer: Any, *, page: str = PAGES["isolved"], host: str = "https://acme.isolvedhire.com"
) -> Callable[[Request], Any]:
    def serve(request: Request) -> Any:
        if request.url == f"{host}/jobs/":
            return page
        assert request.url == f"{host}/core/jobs/19218?getParams=%7B%22isInternal%22%3A0%7D"
        return answer

    return serve


def found(*jobs: Any, count: int | None = None) -> dict[str, Any]:
    total = len(jobs) if count is None else count
    return {"success": True, "message": "", "data": {"jobs": list(jobs), "jobCount": total}}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_the_number_of_the_site_leads_to_all_postings(page: str) -> None:
    read = listing("applicantpro", SITE, site(found(job(1), job(2, jobLocation="")), page=page))

    assert (read.complete, read.reason) == (True, None)
    assert [(each.external_id, each.title, each.location) for each in read.jobs] == [
        ("1", "Cook & Baker", "Amarillo, TX, United States, 79109"),
        ("2", "Cook & Baker", "Amarillo, TX, USA"),
    ]
    assert read.jobs[0].url == "https://acme.isolvedhire.com/jobs/1.html"


def test_a_site_without_postings_is_complete() -> None:
    assert listing("applicantpro", SITE, site(found())).complete


@pytest.mark.parametrize("answer", [found(job(1), count=2), found(job(1), job(1)), found({})])
def test_an_inconsistent_list_is_partial(answer: Any) -> None:
    assert not listing("applicantpro", SITE, site(answer)).complete


def test_a_list_that_does_not_state_success_is_complete_with_all_its_postings() -> None:
    without_success = {"data": found(job(1))["data"]}

    assert listing("applicantpro", SITE, site(without_success)).complete


def test_an_error_document_instead_of_the_list_is_partial() -> None:
    failed = {"success": False, "message": "Something went wrong", "data": None}
    read = listing("applicantpro", SITE, site(failed))

    assert (read.jobs, read.complete) == ((), False)
    assert "Something went wrong" in (read.reason or "")


@pytest.mark.parametrize("answer", ["<html>", [], {"success": True}, {"data": {"jobs": []}}])
def test_something_else_instead_of_the_list_is_partial(answer: Any) -> None:
    assert not listing("applicantpro", SITE, site(answer)).complete


def test_a_list_that_is_refused_is_partial() -> None:
    def serve(request: Request) -> Any:
        if "/core/" in request.url:
            raise ListingError("answered with status 403")
        return PAGES["applicantpro"]

    assert not listing("applicantpro", SITE, serve).complete


@pytest.mark.parametrize(
    "page", ["This career site has been disabled.", "<title>ApplicantPro</title>", '{"domain": 1}']
)
def test_a_page_without_the_number_is_an_error(page: str) -> None:
    with pytest.raises(ParseError):
        listing("applicantpro", SITE, lambda _: page)


def test_all_requests_go_to_the_base_url() -> None:
    mirror = "http://127.0.0.1:8090"
    read = listing("applicantpro", SITE | {"base_url": mirror}, site(found(job(1)), host=mirror))

    assert read.jobs[0].url == "https://acme.isolvedhire.com/jobs/1.html"
    assert read.jobs[0].page_url == f"{mirror}/jobs/1.html"
