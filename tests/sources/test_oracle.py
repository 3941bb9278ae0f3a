from collections.abc import Callable
from typing import Any

import pytest

from include.core.models import EmploymentType, PayPeriod, Workplace
from include.errors import PageGone, ParseError
from include.sources.base import Request
from include.sources.paging import number_in
from include.sources.registry import adapter_for
from tests.recorded import recorded
from tests.sources.answers import answer
from tests.sources.boards import document, listing

SITE = {"host": "acme.fa.us2.oraclecloud.com", "site": "CX_1"}


def item(number: int) -> dict[str, Any]:
    return {"Id": str(number), "Title": f"Nurse {number}", "PrimaryLocation": "Bonn, Germany"}


def search(rows: list[dict[str, Any]], total: int | None) -> dict[str, Any]:
    return {"items": [{"TotalJobsCount": total, "requisitionList": rows}]}


def site(count: int, *, most: int = 100, total: int | None = None) -> Callable[[Request], Any]:
    """Return a function that answers requests as a site with ``count`` postings does.

    Args:
        most: the maximum number of postings on a page.
        total: the total that each response states; None for ``count``.
    """

    def serve(request: Request) -> Any:
        start, limit = number_in(request, "offset"), min(number_in(request, "limit"), most)
        rows = [item(number) for number in range(count)[start : start + limit]]
        return search(rows, count if total is None else total)

    return serve


def detail(**changes: Any) -> dict[str, Any]:
    return {
        "items": [
            {
                "Id": "7",
                "Title": "Nurse",
                "Category": "Nursing",
                "PrimaryLocation": "Phoenix, AZ, United States",
                "PrimaryLocationCountry": "US",
                "secondaryLocations": [{"Name": "Lyon", "CountryCode": "FR"}, {"Name": None}],
                "WorkplaceType": "Auf dem Gelände",
                "WorkplaceTypeCode": "ORA_ON_SITE",
                "JobSchedule": "Full time",
                "ExternalPostedStartDate": "2026-07-14T14:00:09+00:00",
                "ExternalPostedEndDate": "2026-08-14T00:00:00+00:00",
                "ExternalDescriptionStr": "<p>Care.</p>",
                "ExternalQualificationsStr": "<ul><li>Kindness</li></ul>",
                "requisitionFlexFields": [
                    {"Prompt": "Benefits", "Value": "$1 lunch"},
                    {"Prompt": "Salary Range", "Value": "USD 65,500 - 81,000 annually"},
                ],
            }
            | changes
        ]
    }


def test_limit_and_offset_are_inside_the_finder() -> None:
    assert adapter_for("oracle").first_request(SITE).url == (
        "https://acme.fa.us2.oraclecloud.com/hcmRestApi/resources/latest/recruitingCEJobRequisitions"
        "?onlyData=true&expand=requisitionList.secondaryLocations"
        "&finder=findReqs;siteNumber=CX_1,limit=100,offset=0"
    )


def test_a_posting_has_the_urls_of_its_page_and_its_document() -> None:
    job = answer("oracle", SITE, search([item(7)], 1)).jobs[0]

    assert job.url == (
        "https://acme.fa.us2.oraclecloud.com/hcmUI/CandidateExperience/en/sites/CX_1/job/7"
    )
    assert job.page_url is not None
    assert job.page_url.endswith("&finder=ById;Id=%227%22,siteNumber=CX_1")
    assert job.content is None


@pytest.mark.parametrize("count", [1, 100, 101, 2_500])
def test_a_site_of_any_size_is_read_completely(count: int) -> None:
    result = listing("oracle", SITE, site(count))

    assert result.complete
    assert len(result.jobs) == count


def test_a_site_with_shorter_pages_than_requested_is_read_completely() -> None:
    result = listing("oracle", SITE, site(120, most=25))

    assert result.complete
    assert len(result.jobs) == 120


@pytest.mark.parametrize(
    "serve",
    [
        pytest.param(site(90, total=110), id="a wrong total"),
        pytest.param(
            lambda _: site(50, total=200)(Request(url="offset=0,limit=50")), id="a repeated page"
        ),
        pytest.param(site(0), id="no posting, which may mean an unknown site"),
        pytest.param(lambda _: search([item(1)], None), id="no total"),
    ],
)
def test_a_listing_without_proof_is_partial(serve: Callable[[Request], Any]) -> None:
    assert not listing("oracle", SITE, serve).complete


@pytest.mark.parametrize("body", [{}, {"items": []}, {"items": [{"TotalJobsCount": 1}]}, b"<p>"])
def test_a_response_that_is_not_a_search_is_an_error(body: Any) -> None:
    with pytest.raises(ParseError):
        answer("oracle", SITE, body)


def test_a_posting_is_read_field_by_field() -> None:
    read = document("oracle", detail())

    assert [(place.city, place.country) for place in read.locations] == [
        ("Phoenix", "US"),
        ("Lyon", "FR"),
    ]
    assert read.workplace is Workplace.ONSITE
    assert read.employment_types == (EmploymentType.FULL_TIME,)
    assert read.salary is not None
    assert (read.salary.min, read.salary.max, read.salary.period) == (
        65_500,
        81_000,
        PayPeriod.YEAR,
    )
    assert read.description_text.splitlines() == ["Care.", "Qualifications", "- Kindness"]
    assert read.requirements == ("Kindness",)
    assert read.valid_through_raw == "2026-08-14T00:00:00+00:00"
    assert read.provenance["salary"] == "api"


def test_blank_fields_are_unknown() -> None:
    blank = dict.fromkeys(
        ("WorkplaceTypeCode", "JobSchedule", "requisitionFlexFields", "secondaryLocations")
    )
    read = document("oracle", detail(WorkplaceType="", PrimaryLocation=None, **blank))

    assert (read.workplace, read.salary, read.locations) == (None, None, ())


def test_a_document_without_items_is_gone_and_one_without_the_key_is_an_error() -> None:
    with pytest.raises(PageGone):
        document("oracle", {"items": [], "count": 0})
    with pytest.raises(ParseError):
        document("oracle", {"count": 0})


def test_a_recorded_search_is_the_first_page_of_a_listing() -> None:
    page = answer("oracle", SITE, recorded("oracle/search_rsp.json"))

    assert page.total == 1330
    assert number_in(page.follow[0], "offset") == 3
    first = page.jobs[0]
    assert (first.external_id, first.title) == ("361564", "Cardiologist - Echo / Imaging")
    assert first.location == "Phoenix, AZ, United States"


def test_a_recorded_posting_is_read() -> None:
    read = document("oracle", recorded("oracle/job_detail_rsp.json"))

    assert (read.external_id, read.title) == ("386920", "Senior Analyst - ATS")
    assert [place.raw for place in read.locations] == ["Phoenix, AZ, United States"]
    assert read.posted_at_raw == "2026-07-14T14:00:09+00:00"
    assert (read.workplace, read.salary, read.employment_types) == (None, None, ())
    assert len(read.description_text) > 2_000


def test_a_recorded_response_for_a_missing_posting_is_gone() -> None:
    with pytest.raises(PageGone):
        document("oracle", recorded("oracle/job_detail_not_found_rsp.json"))
