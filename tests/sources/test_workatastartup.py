"""Tests of Work at a Startup. The pages are built by hand like recorded ones."""

import json
from html import escape
from typing import Any

import pytest

from include.core.models import Page
from include.errors import PageGone, ParseError
from include.pipeline.pages.read_page import read_page
from include.sources.completeness import prove
from include.sources.registry import adapter_for
from tests.sources.answers import answer

COMPANY = {"company": "acme"}
SITE = "https://www.ycombinator.com"
JOB_PAGE = f"{SITE}/companies/acme/jobs/UAUsCJS-cook"


def job(number: int, *, company: str = "acme", **changes: Any) -> dict[str, Any]:
    return {
        "id": number,
        "title": "Cook",
        "url": f"/companies/{company}/jobs/x{number}-cook",
        "location": "Oslo, NO",
        "createdAt": "20 days",
    } | changes


def page(*jobs: Any, component: str = "WaasShowJobsPage", slug: str | None = "acme") -> bytes:
    props = {"company": {"slug": slug}, "jobPostings": list(jobs)}
    state = escape(json.dumps({"component": component, "props": props}))
    return f'<html><div id="x" data-page="{state}"></div></html>'.encode()


def html(body: bytes) -> Page:
    return Page(url=JOB_PAGE, body=body, content_type="text/html")


def test_one_request_asks_for_all_postings_of_a_company() -> None:
    result = answer("workatastartup", COMPANY, page(job(1), job(2)))

    assert adapter_for("workatastartup").first_request(COMPANY).url == f"{SITE}/companies/acme/jobs"
    assert prove([result]).complete
    assert [(each.external_id, each.url) for each in result.jobs] == [
        ("1", f"{SITE}/companies/acme/jobs/x1-cook"),
        ("2", f"{SITE}/companies/acme/jobs/x2-cook"),
    ]


def test_postings_of_other_companies_are_not_listed() -> None:
    result = answer("workatastartup", COMPANY, page(job(1), job(2, company="acme-labs")))

    assert ([each.external_id for each in result.jobs], result.partial_reason) == (["1"], None)


def test_a_list_of_only_other_companies_is_partial() -> None:
    result = answer("workatastartup", COMPANY, page(job(2, company="other")))

    assert result.partial_reason == "no posting of the list is of its company"


@pytest.mark.parametrize("url", ["https://evil.example/companies/acme/jobs/x", "/x", None])
def test_a_posting_with_an_unusable_url_leaves_the_list_partial(url: Any) -> None:
    result = answer("workatastartup", COMPANY, page(job(1), job(2, url=url)))

    assert ([each.external_id for each in result.jobs], prove([result]).complete) == (["1"], False)


def test_the_list_instead_of_a_posting_means_that_the_posting_is_gone() -> None:
    with pytest.raises(PageGone):
        read_page("workatastartup", html(page(job(1))))


@pytest.mark.parametrize(
    "body",
    [
        b"<html>Not found</html>",
        b"{}",
        page(job(1))[:80],
        page(job(1), component="WaasShowJobPage"),
        page(job(1), slug=None),
        page().replace(b"[]", b"null"),
    ],
)
def test_a_page_that_is_not_a_list_is_an_error(body: bytes) -> None:
    with pytest.raises(ParseError):
        answer("workatastartup", COMPANY, body)
