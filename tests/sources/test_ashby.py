from typing import Any

import pytest

from include.core.models import EmploymentType, Location, PayPeriod, Workplace
from include.errors import ParseError
from include.sources.completeness import prove
from tests.sources.answers import answer, posting

BOARD = {"board": "acme"}


def job(**changes: Any) -> dict[str, Any]:
    return {
        "id": "a-1",
        "title": "Software Engineer",
        "jobUrl": "https://jobs.ashbyhq.com/acme/a-1",
        "applyUrl": "https://jobs.ashbyhq.com/acme/a-1/application",
        "department": "Engineering",
        "team": "Platform",
        "employmentType": "FullTime",
        "location": "San Francisco",
        "address": {
            "postalAddress": {
                "addressLocality": "San Francisco",
                "addressRegion": "CA",
                "addressCountry": "United States",
            }
        },
        "secondaryLocations": [{"location": "Remote - Germany", "address": {"postalAddress": {}}}],
        "publishedAt": "2025-08-25T20:13:34.942+00:00",
        "isListed": True,
        "isRemote": True,
        "workplaceType": "Hybrid",
        "descriptionHtml": "<h2>About you</h2><ul><li><p>Kind</p></li></ul>",
        "compensation": {
            "compensationTierSummary": "$132K – $330K • Offers Equity",
            "summaryComponents": [
                {"compensationType": "EquityPercentage", "interval": "NONE", "minValue": 1},
                {
                    "compensationType": "Salary",
                    "interval": "1 YEAR",
                    "currencyCode": "USD",
                    "minValue": 132000,
                    "maxValue": 330000,
                },
            ],
        },
    } | changes


def test_a_job_is_read_field_by_field() -> None:
    page = answer("ashby", BOARD, {"jobs": [job()], "apiVersion": "1"})
    read = posting("ashby", page.jobs[0])

    assert read.locations == (
        Location(raw="San Francisco", city="San Francisco", region="CA", country="US"),
        Location(raw="Remote - Germany", country="DE"),
    )
    assert read.employment_types == (EmploymentType.FULL_TIME,)
    assert read.salary is not None
    assert (read.salary.min, read.salary.max, read.salary.currency) == (132_000, 330_000, "USD")
    assert read.salary.period is PayPeriod.YEAR
    assert read.salary.raw == "$132K – $330K • Offers Equity"
    assert read.requirements == ("Kind",)
    assert prove([page]).complete


@pytest.mark.parametrize(
    ("stated", "expected"),
    [("Hybrid", Workplace.HYBRID), ("OnSite", Workplace.ONSITE), ("Remote", Workplace.REMOTE)],
)
def test_the_workplace_type_takes_precedence_over_is_remote(
    stated: str, expected: Workplace
) -> None:
    listed = answer("ashby", BOARD, {"jobs": [job(workplaceType=stated)]}).jobs[0]

    assert posting("ashby", listed).workplace is expected


def test_is_remote_alone_does_not_make_a_job_remote() -> None:
    listed = answer("ashby", BOARD, {"jobs": [job(workplaceType=None)]}).jobs[0]

    assert posting("ashby", listed).workplace is None


def test_unlisted_jobs_are_not_in_the_listing() -> None:
    page = answer("ashby", BOARD, {"jobs": [job(), job(id="a-2", isListed=False)]})

    assert [listed.external_id for listed in page.jobs] == ["a-1"]
    assert prove([page]).complete


def test_nulls_are_unknown() -> None:
    nulls = dict.fromkeys(
        ("department", "employmentType", "location", "address", "secondaryLocations",
         "publishedAt", "isListed", "workplaceType", "descriptionHtml", "compensation")
    )  # fmt: skip
    read = posting("ashby", answer("ashby", BOARD, {"jobs": [job(**nulls)]}).jobs[0])

    assert (read.locations, read.salary, read.posted_at) == ((), None, None)
    assert set(read.provenance) == {"title", "external_id", "url", "apply_url", "team"}


@pytest.mark.parametrize("body", [{}, {"jobs": None}, [], "Not Found"])
def test_a_response_that_is_not_a_board_is_an_error(body: Any) -> None:
    with pytest.raises(ParseError):
        answer("ashby", BOARD, body)
