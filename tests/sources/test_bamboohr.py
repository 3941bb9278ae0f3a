from collections import Counter
from typing import Any

import pytest

from include.core.models import EmploymentType, Location, PayPeriod, Salary, Workplace
from include.errors import PageGone, ParseError
from include.sources.completeness import prove
from include.sources.registry import adapter_for
from tests.recorded import recorded
from tests.sources.answers import answer
from tests.sources.boards import document

SITE = {"site": "acme"}
NOWHERE = {"city": None, "state": None}


def item(**changes: Any) -> dict[str, Any]:
    return {
        "id": "201",
        "jobOpeningName": "Vessel Chef",
        "location": {"city": "Long Beach", "state": "California"},
        "atsLocation": NOWHERE | {"country": None},
        "isRemote": None,
        "locationType": "0",
    } | changes


def openings(*items: dict[str, Any], total: int | None = None) -> dict[str, Any]:
    count = len(items) if total is None else total
    return {"meta": {"totalCount": count}, "result": list(items)}


def detail(**changes: Any) -> dict[str, Any]:
    opening = {
        "jobOpeningShareUrl": "https://acme.bamboohr.com/careers/201",
        "jobOpeningName": "Vessel Chef",
        "jobOpeningStatus": "Open",
        "departmentLabel": "Marine",
        "employmentStatusLabel": "Full-Time",
        "location": {
            "city": "Long Beach",
            "state": "California",
            "addressCountry": "United States",
        },
        "atsLocation": NOWHERE | {"country": None},
        "description": "<p>Cook.</p>",
        "compensation": "$300 - $425/Day ($21.43 - $30.35 per hour)",
        "datePosted": "2025-04-22",
        "locationType": "0",
        "isRemote": None,
    }
    return {"meta": None, "result": {"jobOpening": opening | changes, "formFields": {}}}


def test_a_list_is_complete_if_it_has_as_many_openings_as_it_states() -> None:
    page = answer("bamboohr", SITE, openings(item()))

    assert adapter_for("bamboohr").first_request(SITE).url == (
        "https://acme.bamboohr.com/careers/list"
    )
    assert prove([page]).complete
    assert not prove([answer("bamboohr", SITE, openings(item(), total=2))]).complete
    assert not prove([answer("bamboohr", SITE, {"result": [item()]})]).complete


def test_an_opening_has_the_urls_of_its_page_and_its_document() -> None:
    config = SITE | {"base_url": "http://127.0.0.1:1/b"}
    job = answer("bamboohr", config, openings(item())).jobs[0]

    assert job.url == "https://acme.bamboohr.com/careers/201"
    assert job.page_url == "http://127.0.0.1:1/b/careers/201/detail"
    assert job.location == "Long Beach, California"


def test_an_opening_is_read_field_by_field() -> None:
    read = document("bamboohr", detail())

    assert read.external_id == "201"
    assert read.locations == (
        Location(
            raw="Long Beach, California, United States",
            city="Long Beach",
            region="California",
            country="US",
        ),
    )
    assert read.employment_types == (EmploymentType.FULL_TIME,)
    assert read.posted_at is not None
    assert read.posted_at.date().isoformat() == "2025-04-22"


def test_a_daily_rate_is_read_without_the_hourly_rate_in_brackets() -> None:
    assert document("bamboohr", detail()).salary == Salary(
        raw="$300 - $425/Day ($21.43 - $30.35 per hour)",
        min=300,
        max=425,
        currency="USD",
        period=PayPeriod.DAY,
        origin="text",
    )


@pytest.mark.parametrize("stated", [None, "", "Competitive", "DOE", "$20 then $30 per hour"])
def test_ambiguous_pay_is_unknown(stated: str | None) -> None:
    assert document("bamboohr", detail(compensation=stated)).salary is None


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("0", Workplace.ONSITE),
        ("1", Workplace.REMOTE),
        ("2", Workplace.HYBRID),
        ("9", None),
        (None, None),
    ],
)
def test_the_location_type_is_the_workplace(stated: str | None, expected: Workplace | None) -> None:
    assert document("bamboohr", detail(locationType=stated)).workplace is expected


def test_a_location_that_is_not_an_office_is_read_from_ats_location() -> None:
    elsewhere = {"country": "Japan", "state": None, "province": "Kantō", "city": "Tokyo"}
    stated = {"location": NOWHERE, "atsLocation": elsewhere}

    assert document("bamboohr", detail(**stated)).locations == (
        Location(raw="Tokyo, Kantō, Japan", city="Tokyo", region="Kantō", country="JP"),
    )
    assert answer("bamboohr", SITE, openings(item(**stated))).jobs[0].location == (
        "Tokyo, Kantō, Japan"
    )


@pytest.mark.parametrize(
    "gone",
    [{"type": "not_found", "title": "Resource not found."}, detail(jobOpeningStatus="Filled")],
)
def test_a_closed_opening_is_gone(gone: dict[str, Any]) -> None:
    with pytest.raises(PageGone):
        document("bamboohr", gone)


@pytest.mark.parametrize("content", ["{}", '{"result": {}}', '{"result": {"jobOpening": []}}'])
def test_an_invalid_opening_is_an_error_and_not_gone(content: str) -> None:
    with pytest.raises(ParseError):
        document("bamboohr", content)


def test_the_front_page_that_an_unknown_site_redirects_to_is_an_error() -> None:
    with pytest.raises(ParseError):
        answer("bamboohr", SITE, b"<!DOCTYPE html><html><body>HR software</body></html>")


def test_recorded_lists_are_read_completely() -> None:
    few = answer("bamboohr", SITE, recorded("bamboohr/list_rsp.json"))
    many = answer("bamboohr", SITE, recorded("bamboohr/list_variety_rsp.json"))

    assert prove([few]).complete
    assert [job.external_id for job in few.jobs] == ["167", "196", "292", "299", "300"]
    assert few.jobs[0].title == "Talent Community @ Giatec"
    assert {job.location for job in few.jobs} == {"Ottawa, Ontario"}
    assert prove([many]).complete
    assert (many.jobs[0].external_id, many.jobs[0].title) == ("201", "Vessel Chef")
    assert Counter(job.location for job in many.jobs) == {
        "Long Beach, California": 10,
        "Houston, Texas": 4,
        "Jacksonville, Florida": 4,
        "Long Beach, California, United States": 2,
        "Houston, Texas, United States": 1,
    }


def test_recorded_openings_are_read_correctly() -> None:
    chef = document("bamboohr", recorded("bamboohr/detail_rsp.json"))
    community = document("bamboohr", recorded("bamboohr/detail_nulls_rsp.json"))

    assert (chef.external_id, chef.title) == ("201", "Vessel Chef")
    assert (chef.workplace, chef.department) == (Workplace.ONSITE, "Marine Transportation")
    assert chef.salary is not None
    assert (chef.salary.min, chef.salary.max, chef.salary.period) == (300, 425, PayPeriod.DAY)
    assert chef.salary.currency == "USD"
    assert (community.external_id, community.title) == ("167", "Talent Community @ Giatec")
    assert (community.workplace, community.salary) == (Workplace.HYBRID, None)
    assert [
        (place.city, place.region, place.country)
        for read in (chef, community)
        for place in read.locations
    ] == [("Long Beach", "California", "US"), ("Ottawa", "Ontario", "CA")]
    assert [read.posted_at_raw for read in (chef, community)] == ["2025-04-22", "2022-12-14"]


def test_a_recorded_response_for_a_missing_opening_is_gone() -> None:
    with pytest.raises(PageGone):
        document("bamboohr", recorded("bamboohr/detail_not_found_rsp.json"))
