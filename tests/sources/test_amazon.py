import json
from collections.abc import Callable
from typing import Any

import pytest

from include.core.models import EmploymentType, Location, PayPeriod, Salary, Workplace
from include.errors import PageGone, ParseError
from include.sources.base import Request
from include.sources.paging import number_in
from tests.recorded import recorded
from tests.sources.answers import answer, posting
from tests.sources.boards import document, listing

QUERY = {"query": "robot & arm"}


def place(**changes: Any) -> str:
    return json.dumps(
        {
            "normalizedLocation": "Seattle, Washington, USA",
            "normalizedCityName": "Seattle",
            "normalizedStateName": "Washington",
            "countryIso2a": "US",
            "type": "ONSITE",
        }
        | changes
    )


def job(number: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "id_icims": str(number),
        "title": "Picker",
        "company_name": "Acme LLC",
        "job_category": "Fulfilment",
        "job_path": f"/en/jobs/{number}/picker",
        "job_schedule_type": "part-time",
        "normalized_location": "Seattle, Washington, USA",
        "locations": [place()],
        "posted_date": "April  9, 2026",
        "updated_time": "9 days",
        "description": "Pick.<br/>Pack.",
        "basic_qualifications": "- Two hands<br/>- Two feet",
        "preferred_qualifications": "- Three hands",
        "url_next_step": f"https://account.amazon.jobs/jobs/{number}/apply",
    } | changes


def search(jobs: list[dict[str, Any]], hits: int) -> dict[str, Any]:
    return {"error": None, "hits": hits, "jobs": jobs}


def site(count: int, *, hits: int | None = None) -> Callable[[Request], Any]:
    """Return a function that answers searches as Amazon does.

    Each search finds ``count`` postings and states the total ``hits``; None for ``count``.
    """

    def serve(request: Request) -> Any:
        start, limit = number_in(request, "offset"), number_in(request, "result_limit")
        if limit > 100:
            return {"error": "Result limit cannot be greater than 100", "hits": 0, "jobs": None}
        rows = [job(number) for number in range(start, min(start + limit, count))]
        return search(rows, count if hits is None else hits)

    return serve


@pytest.mark.parametrize("count", [0, 1, 100, 101, 2_500])
def test_all_results_of_a_query_are_listed(count: int) -> None:
    result = listing("amazon", QUERY, site(count))

    assert result.complete
    assert len(result.jobs) == count


def test_a_query_with_more_results_than_the_search_lists_is_partial() -> None:
    requested_offsets: list[int] = []

    def serve(request: Request) -> Any:
        requested_offsets.append(number_in(request, "offset"))
        return site(12_000)(request)

    assert not listing("amazon", QUERY, serve).complete
    assert max(requested_offsets) == 10_000


def test_a_total_equal_to_the_limit_of_the_search_is_partial() -> None:
    assert answer("amazon", QUERY, search([job()], 9_999)).partial_reason is None
    assert answer("amazon", QUERY, search([job()], 10_000)).partial_reason is not None


def test_a_list_shorter_than_its_total_is_partial() -> None:
    assert not listing("amazon", QUERY, site(150, hits=180)).complete


def test_a_200_with_an_error_in_its_body_is_an_error() -> None:
    refused = {"error": "Result limit cannot be greater than 100", "hits": 0, "jobs": None}

    with pytest.raises(ParseError, match="cannot be greater"):
        answer("amazon", QUERY, refused)
    with pytest.raises(ParseError):
        answer("amazon", QUERY, refused | {"error": None})


def test_a_posting_is_read_field_by_field() -> None:
    read = posting("amazon", answer("amazon", QUERY, search([job()], 1)).jobs[0])

    assert read.url == "https://www.amazon.jobs/en/jobs/1/picker"
    assert read.locations == (
        Location(raw="Seattle, Washington, USA", city="Seattle", region="Washington", country="US"),
    )
    assert read.workplace is Workplace.ONSITE
    assert read.employment_types == (EmploymentType.PART_TIME,)
    assert read.posted_at is not None
    assert read.posted_at.date().isoformat() == "2026-04-09"
    assert read.updated_at_raw is None
    assert read.salary is None
    assert read.requirements == ("Two hands", "Two feet", "Three hands")
    assert read.description_text.splitlines()[:4] == [
        "Pick.",
        "Pack.",
        "Basic qualifications",
        "- Two hands",
    ]


def test_pay_is_read_from_the_last_lines_of_the_text() -> None:
    lines = (
        "- Care<br/><br/>USA, WA, Seattle - 143,700.00 - 194,400.00 USD annually"
        "<br/>USA, CA, Irvine - 150,000.00 - 204,400.00 USD annually"
    )
    listed = answer("amazon", QUERY, search([job(preferred_qualifications=lines)], 1)).jobs[0]

    read = posting("amazon", listed)
    assert isinstance(read.salary, Salary)
    assert (read.salary.min, read.salary.max) == (143_700, 204_400)
    assert (read.salary.currency, read.salary.period) == ("USD", PayPeriod.YEAR)
    assert read.provenance["salary"] == "text"


def test_locations_with_different_workplaces_leave_it_unknown() -> None:
    both = [place(), place(type="VIRTUAL", normalizedLocation="Virtual")]
    listed = answer("amazon", QUERY, search([job(locations=both)], 1)).jobs[0]

    read = posting("amazon", listed)
    assert read.workplace is None
    assert len(read.locations) == 2


def test_a_job_is_gone_if_the_search_for_its_id_finds_nothing() -> None:
    assert document("amazon", search([job(5)], 1)).external_id == "5"
    with pytest.raises(PageGone):
        document("amazon", search([], 0))
    with pytest.raises(ParseError):
        document("amazon", {"error": "busy", "hits": 0, "jobs": None})


def test_a_recorded_search_is_read_with_locations_and_pay() -> None:
    page = answer("amazon", QUERY, recorded("amazon/jobs_rsp.json"))
    reads = [posting("amazon", listed) for listed in page.jobs]

    assert page.total == 1986
    assert number_in(page.follow[0], "offset") == 2
    assert [read.external_id for read in reads] == ["10386857", "10439110"]
    assert [read.title for read in reads] == ["Software Engineer", "Software Engineer, ECS"]
    assert page.jobs[0].location == "Sydney, New South Wales, AUS"
    assert [read.locations[0].country for read in reads] == ["AU", "US"]
    assert reads[0].posted_at_raw == "April 9, 2026"
    assert reads[0].employment_types == (EmploymentType.FULL_TIME,)
    assert reads[0].salary is None
    assert reads[1].salary is not None
    assert (reads[1].salary.min, reads[1].salary.max) == (143_700, 194_400)


def test_a_recorded_search_for_one_id_is_a_posting_or_gone() -> None:
    read = document("amazon", recorded("amazon/job_detail_rsp.json"))

    assert (read.external_id, read.title) == ("3164253", "Software Dev Engineer, eero")
    assert [place.raw for place in read.locations] == ["Taipei City, TWN"]
    assert read.posted_at_raw == "January 22, 2026"
    with pytest.raises(PageGone):
        document("amazon", recorded("amazon/job_detail_notfound_rsp.json"))
    with pytest.raises(ParseError, match="greater than 100"):
        answer("amazon", QUERY, recorded("amazon/jobs_soft_error_rsp.json"))
