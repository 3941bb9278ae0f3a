"""Tests of JOIN. The responses of one company are recorded, and others are built like these."""

import json
from collections.abc import Callable
from math import ceil
from typing import Any

import pytest

from include.core.models import Page, Workplace
from include.errors import ListingError, ParseError
from include.extract import read_posting
from include.sources.base import Request
from include.sources.registry import adapter_for
from tests.recorded import recorded
from tests.sources.answers import answer
from tests.sources.boards import listing

ACME = {"company": "acme"}
API = "https://join.com/candidate-api/graphql"
COMPANY_ID = 172617
"""The id of the recorded company, which the other responses also use."""
PAGE_SIZE = 100


def company(total: int | None, *, number: int | None = COMPANY_ID) -> str:
    """Return the page of a company, which states that the company has ``total`` postings."""
    jobs = {"items": [], "pagination": {"page": 1, "perPage": 5, "total": total}}
    state = {"company": {"id": number, "domain": "acme"}, "jobs": jobs}
    text = json.dumps({"props": {"pageProps": {"initialState": state}}})
    script = f'<script id="__NEXT_DATA__" type="application/json" nonce="x">{text}</script>'
    return f"<html><body><h1>Acme</h1>{script}</body></html>"


def job(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "id": number,
        "idParam": f"{number + 7}-cook",
        "title": "Cook",
        "workplaceType": "ONSITE",
        "remoteType": None,
        "updatedAt": "2026-07-03T14:30:43.201Z",
        "city": {"cityName": "Berlin", "countryName": "Germany"},
        "country": {"iso3166": "DE", "name": "Germany"},
    } | changes


def jobs(*items: dict[str, Any], total: int | None = None, pages: int = 1) -> Any:
    info = {"page": 1, "pageCount": pages, "rowCount": len(items) if total is None else total}
    return {"data": {"publicJobs": {"items": list(items), "pageInfo": info}}}


def site(count: int, *, stated: int | None = None) -> Callable[[Request], Any]:
    """Return a function that answers requests as a company with ``count`` postings does.

    The company's page states the total ``stated``; None for ``count``. The list of postings always
    states ``count``.
    """

    def serve(request: Request) -> Any:
        if request.json is None:
            assert request.url == "https://join.com/companies/acme"
            return company(count if stated is None else stated)
        parameters = request.json["variables"]["input"]
        page = parameters["paginationPage"]
        assert (request.url, parameters["companyId"]) == (API, COMPANY_ID)
        assert page["pageSize"] == PAGE_SIZE
        start = (page["page"] - 1) * PAGE_SIZE
        found = map(job, range(count)[start : start + PAGE_SIZE])
        return jobs(*found, total=count, pages=ceil(count / PAGE_SIZE))

    return serve


@pytest.mark.parametrize("count", [0, 1, 100, 101, 250])
def test_a_company_is_read_to_its_total(count: int) -> None:
    result = listing("join", ACME, site(count))

    assert (result.complete, result.reason) == (True, None)
    assert len(result.jobs) == count


@pytest.mark.parametrize("stated", [0, 6])
def test_a_list_of_another_length_than_the_company_s_page_states_is_partial(stated: int) -> None:
    assert not listing("join", ACME, site(5, stated=stated)).complete


def test_an_empty_list_of_a_company_with_postings_is_partial() -> None:
    # An empty list proves nothing: the response for an unknown number is the same as that for a
    # company without postings.
    result = listing("join", ACME, lambda request: jobs() if request.json else company(3))

    assert (result.jobs, result.complete) == ((), False)


def test_a_company_s_page_without_a_total_is_partial() -> None:
    result = listing("join", ACME, lambda request: jobs() if request.json else company(None))

    assert not result.complete


def test_a_list_that_is_refused_is_partial() -> None:
    def serve(request: Request) -> Any:
        if request.json:
            raise ListingError("too many requests", code="rate_limited")
        return company(3)

    assert not listing("join", ACME, serve).complete


@pytest.mark.parametrize(
    "body",
    ["<html>", "{}", '{"errors": [{"message": "x"}]}', '{"data": {"publicJobs": null}}', '{"data'],
)
def test_a_response_that_is_not_a_list_is_partial(body: str) -> None:
    result = listing("join", ACME, lambda request: body if request.json else company(0))

    assert (result.jobs, result.complete) == ((), False)


@pytest.mark.parametrize(
    "page", [company(3, number=None), company(3)[:200], "<html>Sign in</html>", "{}"]
)
def test_a_page_that_is_not_a_company_s_is_an_error(page: str) -> None:
    with pytest.raises(ParseError):
        answer("join", ACME, page.encode())


def test_a_recorded_company_s_page_leads_to_its_postings() -> None:
    page = answer("join", {"company": "routinelabs"}, recorded("join/company_rsp.html"))

    (request,) = page.follow
    assert (page.total, page.partial_reason, page.jobs) == (3, None, ())
    assert request.json is not None
    assert request.json["variables"]["input"]["companyId"] == COMPANY_ID


def test_a_recorded_list_is_read_with_ids_that_are_not_those_of_the_urls() -> None:
    config = {"company": "routinelabs"}
    (request,) = answer("join", config, company(3).encode()).follow
    page = answer("join", config, recorded("join/jobs_rsp.json"), request=request)

    assert (page.total, page.partial_reason, page.follow) == (3, None, ())
    assert [(job.external_id, job.title, job.location) for job in page.jobs] == [
        ("15393396", "Senior Software Engineer (Backend/LLM Infrastructure)", "Berlin, Germany"),
        ("15845909", "Intern / Working Student (Sales & GTM)", "Berlin, Germany"),
        ("15846120", "Founders Associate Intern / Working Student", "Berlin, Germany"),
    ]
    assert page.jobs[1].url == (
        "https://join.com/companies/routinelabs/16446736-intern-working-student-sales-and-gtm"
    )
    assert page.jobs[1].modified == "2026-07-14T15:00:47.409Z"


def test_a_recorded_posting_is_read_from_its_page() -> None:
    url = "https://join.com/companies/routinelabs/16397229-senior-software-engineer"
    read = read_posting(Page(url=url, body=recorded("join/job_detail_rsp.html")))

    assert read.title == "Senior Software Engineer (Backend/LLM Infrastructure)"
    assert [(at.raw, at.country) for at in read.locations] == [("Berlin, Germany", "DE")]
    assert read.posted_at is not None
    assert read.posted_at.isoformat() == "2025-12-18T15:37:26.494000+00:00"
    assert "Build and maintain Python/FastAPI services" in read.description_text
    assert "&lt;" not in read.description_text


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"workplaceType": "REMOTE", "remoteType": "ANYWHERE"}, "Remote"),
        ({"workplaceType": "REMOTE", "remoteType": "COUNTRY"}, "Remote (Germany)"),
        ({"workplaceType": "HYBRID"}, "Berlin, Germany"),
        ({"city": None}, "Germany"),
        ({"country": None}, "Berlin, Germany"),
        ({"city": None, "country": None}, None),
    ],
)
def test_a_remote_posting_is_not_at_the_employer_s_place(
    fields: dict[str, Any], expected: str | None
) -> None:
    serve = site(1)
    result = listing(
        "join", ACME, lambda request: jobs(job(1, **fields)) if request.json else serve(request)
    )

    assert result.jobs[0].location == expected


def test_all_requests_go_to_the_base_url() -> None:
    config = {**ACME, "base_url": "http://127.0.0.1:8090"}

    def serve(request: Request) -> Any:
        assert request.url.startswith("http://127.0.0.1:8090/")
        return jobs(job(1)) if request.json else company(1)

    (read,) = listing("join", config, serve).jobs
    assert (read.page_url, read.url) == (
        "http://127.0.0.1:8090/companies/acme/8-cook",
        "https://join.com/companies/acme/8-cook",
    )


def test_a_posting_in_json_ld_states_a_workplace_if_it_is_remote() -> None:
    markup = """<script type="application/ld+json">{"@type": "JobPosting", "title": "Cook",
        "jobLocationType": "TELECOMMUTE", "description": "&lt;p&gt;Cook.&lt;/p&gt;"}</script>"""
    read = read_posting(Page(url="https://join.com/companies/acme/8-cook", body=markup.encode()))

    assert (read.workplace, read.description_text) == (Workplace.REMOTE, "Cook.")
    assert adapter_for("join").parse_posting(markup) is None
