"""Tests of ADP Recruiting Management.

Some responses are recorded, and others are built like these.
"""

from collections.abc import Callable
from typing import Any

import pytest

from include.core.models import EmploymentType, Workplace
from include.errors import ListingError, ParseError
from include.sources.base import Request
from include.sources.paging import number_in
from tests.recorded import recorded
from tests.sources.answers import answer
from tests.sources.boards import document, listing

SITE = {"site": "acme"}
API = "https://my.adp.com/myadp_prefix/mycareer/public/staffing/v1/job-requisitions"
PAGE_SIZE = 50


def location(name: str, **address: Any) -> dict[str, Any]:
    return {"nameCode": {"codeValue": "1", "longName": name}, "address": address}


def job(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "reqId": str(number),
        "jobTitle": "Cook",
        "publishedJobTitle": "Cook 851",
        "jobDescription": "<p>We cook.</p>",
        "jobQualifications": "<ul><li>Patience</li></ul>",
        "workLevelCode": "Part-time",
        "postingDate": "2026-07-14T00:00:00Z",
        "organizationalUnits": [{"name": "Kitchen"}],
        "requisitionLocations": [
            location(
                "Oxford Valley-851",
                cityName="Langhorne",
                countrySubdivisionLevel1={"codeValue": "PA", "longName": "Pennsylvania"},
                country={"codeValue": "USA", "longName": "United States"},
            )
        ],
    } | changes


def site(
    count: int, *, stated_total: int | None = None, repeats_first_page: bool = False
) -> Callable[[Request], Any]:
    """Return a function that answers requests as a site with ``count`` postings does.

    Args:
        stated_total: the total that each response states; None for ``count``.
        repeats_first_page: True to answer every request with the first page.
    """

    def serve(request: Request) -> Any:
        assert request.headers["Accept-Language"] == "en-US"
        if "career-site" in request.url:
            assert request.url == "https://myjobs.adp.com/public/staffing/v1/career-site/acme"
            return {"myJobsToken": "secret", "orgoid": "G37B"}
        assert request.url.startswith(f"{API}/apply-custom-filters?$select=reqId,")
        assert f"&$orderby=reqId&$top={PAGE_SIZE}&$skip=" in request.url
        assert request.headers["myjobstoken"] == "secret"
        assert request.headers["orgoid"] == "G37B"
        assert request.headers["rolecode"] == "manager"
        assert request.headers["Origin"] == "https://myjobs.adp.com"
        assert request.headers["Referer"] == "https://myjobs.adp.com/"
        start = 0 if repeats_first_page else number_in(request, "skip")
        found = [job(number) for number in range(count)[start : start + PAGE_SIZE]]
        total = count if stated_total is None else stated_total
        return {"count": total, "jobRequisitions": found}

    return serve


@pytest.mark.parametrize("count", [0, 1, 50, 51, 1_529])
def test_a_site_is_read_to_its_total(count: int) -> None:
    result = listing("adp_myjobs", SITE, site(count))

    assert (result.complete, result.reason) == (True, None)
    assert len(result.jobs) == count


@pytest.mark.parametrize(
    "serve",
    [site(60, stated_total=61), site(60, stated_total=59), site(60, repeats_first_page=True)],
)
def test_an_inconsistent_list_is_partial(serve: Callable[[Request], Any]) -> None:
    assert not listing("adp_myjobs", SITE, serve).complete


def test_a_list_that_is_refused_is_partial() -> None:
    def serve(request: Request) -> Any:
        if "career-site" in request.url:
            return {"myJobsToken": "secret"}
        raise ListingError("postingChannelId not found", code="http_4xx")

    result = listing("adp_myjobs", SITE, serve)
    assert (result.jobs, result.complete) == ((), False)


def test_the_repr_of_a_request_does_not_show_the_token() -> None:
    (request,) = answer("adp_myjobs", SITE, {"myJobsToken": "secret"}).follow

    assert "secret" not in request.url
    assert "secret" not in repr(request)


def test_a_job_is_read_field_by_field() -> None:
    (listed,) = listing("adp_myjobs", SITE, site(1)).jobs
    read = document("adp_myjobs", listed.content or "")

    assert listed.url == "https://myjobs.adp.com/acme/cx/job-details?reqId=0"
    assert (read.title, read.url, read.department) == ("Cook 851", listed.url, "Kitchen")
    assert [(at.raw, at.city, at.region, at.country) for at in read.locations] == [
        ("Langhorne, Pennsylvania, United States", "Langhorne", "Pennsylvania", "US")
    ]
    assert read.employment_types == (EmploymentType.PART_TIME,)
    assert read.posted_at_raw == "2026-07-14T00:00:00Z"
    assert read.description_text == "We cook.\nRequirements\n- Patience"
    assert read.requirements == ("Patience",)


def test_requirements_that_are_in_the_description_are_not_repeated() -> None:
    read = document("adp_myjobs", job(1, jobDescription="<p>Cook.</p><ul><li>Patience</li></ul>"))

    assert read.description_text == "Cook.\n- Patience"


def test_a_place_without_an_address_has_its_name() -> None:
    read = document("adp_myjobs", job(1, requisitionLocations=[location("Remote")]))

    assert [at.raw for at in read.locations] == ["Remote"]
    assert read.workplace is Workplace.REMOTE


def test_a_remote_place_may_have_an_address() -> None:
    places = [location("Remote", countrySubdivisionLevel1={"longName": "Virginia"})]
    read = document("adp_myjobs", job(1, requisitionLocations=places))

    assert ([at.raw for at in read.locations], read.workplace) == (["Virginia"], Workplace.REMOTE)


def test_a_recorded_site_leads_to_its_list() -> None:
    page = answer(
        "adp_myjobs", {"site": "churchmutual"}, recorded("adp_myjobs/career_site_churchmutual.json")
    )

    (request,) = page.follow
    assert request.headers["myjobstoken"] == "TEST_MYJOBS_TOKEN"
    assert (number_in(request, "skip"), page.jobs, page.partial_reason) == (0, (), None)


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"{}", b'{"message": "Careersite not found"}'])
def test_a_response_that_is_not_a_site_is_an_error(body: bytes) -> None:
    with pytest.raises(ParseError):
        answer("adp_myjobs", SITE, body)
