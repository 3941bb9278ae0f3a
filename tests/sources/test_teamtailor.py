from typing import Any

import pytest

from include.core.models import EmploymentType, Location, PayPeriod, Workplace
from include.errors import ParseError
from include.sources.base import Request
from include.sources.completeness import prove
from include.sources.registry import adapter_for
from tests.recorded import recorded
from tests.sources.answers import answer, posting
from tests.sources.boards import listing

SITE = {"site": "acme"}


def address(**changes: Any) -> dict[str, Any]:
    stated = {"addressLocality": "Engis", "addressRegion": "WE&I", "addressCountry": "BE"}
    return {"@type": "Place", "address": stated | changes}


def item(number: int = 1, **markup: Any) -> dict[str, Any]:
    return {
        "id": f"uuid-{number}",
        "title": "Cook",
        "url": f"https://acme.teamtailor.com/jobs/{number}-cook",
        "date_published": "2026-06-11T08:19:40+02:00",
        "content_html": "<p>Cook &amp; serve</p>",
        "_jobposting": {
            "@type": "JobPosting",
            "hiringOrganization": {"name": "Acme"},
            "jobLocation": [address()],
        }
        | markup,
    }


def read(**markup: Any) -> Any:
    return posting("teamtailor", answer("teamtailor", SITE, {"items": [item(**markup)]}).jobs[0])


def test_one_request_asks_for_the_whole_site() -> None:
    page = answer("teamtailor", SITE, {"items": [item()]})
    teamtailor = adapter_for("teamtailor")

    assert teamtailor.first_request(SITE).url == "https://acme.teamtailor.com/jobs.json"
    american = teamtailor.first_request({"site": "acme.na"})
    assert american.url == "https://acme.na.teamtailor.com/jobs.json"
    assert prove([page]).complete


def test_further_pages_of_a_feed_are_followed() -> None:
    def serve(request: Request) -> dict[str, Any]:
        if "page=2" in request.url:
            return {"items": [item(2)]}
        return {"items": [item(1)], "next_url": "https://acme.teamtailor.com/jobs.json?page=2"}

    read = listing("teamtailor", SITE | {"base_url": "http://127.0.0.1:1"}, serve)

    assert [job.external_id for job in read.jobs] == ["uuid-1", "uuid-2"]
    assert read.complete


def test_a_posting_is_read_field_by_field() -> None:
    posting = read(
        employmentType="FULL_TIME",
        jobLocationType="TELECOMMUTE",
        validThrough="2026-12-31",
        baseSalary={
            "currency": "USD",
            "value": {"unitText": "YEAR", "minValue": "120000", "maxValue": "130000"},
        },
    )

    assert posting.locations == (
        Location(raw="Engis, WE&I, BE", city="Engis", region="WE&I", country="BE"),
    )
    assert posting.workplace is Workplace.REMOTE
    assert posting.employment_types == (EmploymentType.FULL_TIME,)
    assert (posting.salary.min, posting.salary.max) == (120_000, 130_000)
    assert (posting.salary.currency, posting.salary.period) == ("USD", PayPeriod.YEAR)
    assert posting.valid_through_raw == "2026-12-31"
    assert posting.description_text == "Cook & serve"
    assert posting.company == "Acme"


def test_pay_may_be_one_amount() -> None:
    pay = {"currency": "SEK", "value": {"unitText": "MONTH", "value": 30000}}

    assert (read(baseSalary=pay).salary.min, read(baseSalary=pay).salary.max) == (30_000, 30_000)


def test_a_posting_without_a_place_has_no_location() -> None:
    assert read(jobLocation=None).locations == ()
    nulls = address(addressLocality=None, addressRegion=None, addressCountry=None)
    assert read(jobLocation=[nulls]).locations == ()


def test_an_escaped_description_is_unescaped() -> None:
    escaped = item() | {"content_html": "&lt;p&gt;Cook&lt;/p&gt;"}
    page = answer("teamtailor", SITE, {"items": [escaped]})

    assert posting("teamtailor", page.jobs[0]).description_html == "<p>Cook</p>"


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b'{"items": null}'])
def test_a_response_that_is_not_a_feed_is_an_error(body: bytes) -> None:
    with pytest.raises(ParseError):
        answer("teamtailor", SITE, body)


@pytest.mark.parametrize(
    ("name", "truth"),
    [
        (
            "jobs_rsp",
            [
                ("a97df59d-7a99-4387-8956-8e032e8bf793", "Electromécanicien de maintenance (H/F/X)",
                 "Engis", "BE", "2026-06-11T08:19:40+02:00"),
                ("4db32635-ffd2-41aa-ab19-58118b3ed651", "Expert SAP FICO & Reporting Finance",
                 "Engis", "BE", "2026-06-03T13:09:22+02:00"),
                ("ba8d91a5-0e93-4069-89eb-e2cb734b4442", "Lab Manager",
                 "Wielsbeke", "BE", "2026-05-20T10:44:12+02:00"),
            ],
        ),
        (
            "jobs_nulls_rsp",
            [
                ("a6ddf853-4a3f-4fb3-8afa-3b409e239055", "Business & Finance Manager",
                 "Stockholm", "SE", "2026-06-18T17:11:27+02:00"),
            ],
        ),
        (
            "jobs_missing_location_rsp",
            [
                ("f3d44a3f-d698-4f8f-b8f4-0e34874c90c9",
                 "Experienced Real Estate Investment Professionals (Nationwide)",
                 None, None, "2026-07-14T16:01:00-05:00"),
                ("091a38aa-eb4d-4fd3-bf52-32d3da50fc75", "Home Buying Specialist",
                 "Miami", "US", "2026-07-08T15:39:47-05:00"),
            ],
        ),
    ],
)  # fmt: skip
def test_recorded_feeds_are_read_correctly(name: str, truth: list[tuple[str, ...]]) -> None:
    page = answer("teamtailor", SITE, recorded(f"teamtailor/{name}.json"))
    reads = [posting("teamtailor", job) for job in page.jobs]

    assert prove([page]).complete
    for found, (external_id, title, city, country, posted) in zip(reads, truth, strict=True):
        assert (found.external_id, found.title) == (external_id, title)
        places = [(place.city, place.country) for place in found.locations]
        assert places == ([(city, country)] if city else [])
        assert found.posted_at is not None
        assert found.posted_at.isoformat() == posted
        assert found.workplace is None
        assert "<" not in found.description_text
    pays = [found.salary and (found.salary.min, found.salary.max) for found in reads]
    assert [pay for pay in pays if pay] == ([(120_000, 130_000)] if "missing" in name else [])
