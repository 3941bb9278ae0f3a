from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from include.core.models import EmploymentType, Location, Workplace
from include.errors import ListingError, PageGone, ParseError
from include.sources.base import Request
from include.sources.completeness import prove
from include.sources.registry import adapter_for
from tests.recorded import recorded
from tests.sources.answers import answer
from tests.sources.boards import document, listing

COMPANY = {"company": "Acme"}


def item(number: int = 1) -> dict[str, Any]:
    return {
        "id": f"{number}",
        "name": f"Cook {number}",
        "location": {"city": "Houston", "fullLocation": "Houston, TX, United States"},
    }


def detail(**changes: Any) -> dict[str, Any]:
    return {
        "id": "1",
        "name": "Cook",
        "refNumber": "REF1",
        "active": True,
        "company": {"name": "Acme"},
        "location": {
            "city": "Houston",
            "region": "TX",
            "country": "us",
            "remote": False,
            "hybrid": True,
            "fullLocation": "Houston, TX, United States",
        },
        "releasedDate": "2026-07-10T23:49:03.072Z",
        "postingUrl": "https://jobs.smartrecruiters.com/Acme/1-cook",
        "typeOfEmployment": {"id": "permanent", "label": "Full-time"},
        "language": {"code": "en"},
        "jobAd": {
            "sections": {
                "qualifications": {"title": "Qualifications", "text": "<ul><li>Kind</li></ul>"},
                "companyDescription": {"title": "Company", "text": "<p>We&#xa0;cook.</p>"},
                "additionalInformation": {"text": "<p>Soup is free.</p>"},
                "videos": {"urls": []},
            }
        },
    } | changes


def board(postings: list[dict[str, Any]], *, at_most: int = 100, total: int | None = None) -> Any:
    """Return a function that answers requests for the list of ``postings``.

    Args:
        at_most: the maximum number of postings on a page.
        total: the total that each response states; None for the number of postings.
    """

    def serve(request: Request) -> dict[str, Any]:
        query = parse_qs(urlsplit(request.url).query)
        start, limit = int(query["offset"][0]), min(int(query["limit"][0]), at_most)
        return {
            "totalFound": len(postings) if total is None else total,
            "content": postings[start : start + limit],
        }

    return serve


@pytest.mark.parametrize("count", [1, 100, 101, 2_500])
def test_a_list_is_read_to_its_last_page(count: int) -> None:
    read = listing("smartrecruiters", COMPANY, board([item(n) for n in range(count)]))

    assert read.complete, read.reason
    assert [job.external_id for job in read.jobs] == [str(n) for n in range(count)]


def test_a_page_after_a_short_page_begins_after_its_last_posting() -> None:
    postings = [item(n) for n in range(120)]

    assert listing("smartrecruiters", COMPANY, board(postings, at_most=50)).complete


def test_a_list_that_stops_before_its_total_is_partial() -> None:
    read = listing("smartrecruiters", COMPANY, board([item(n) for n in range(500)], total=900))

    assert len(read.jobs) == 500
    assert not read.complete


def test_a_list_that_repeats_its_first_page_is_partial() -> None:
    def serve(request: Request) -> dict[str, Any]:
        return {"totalFound": 250, "content": [item(n) for n in range(100)]}

    assert not listing("smartrecruiters", COMPANY, serve).complete


def test_a_page_that_fails_makes_the_listing_partial() -> None:
    whole = board([item(n) for n in range(250)])

    def refusing(request: Request) -> Any:
        if "offset=100" in request.url:
            raise ListingError("429 Too Many Requests", code="rate_limited")
        return whole(request)

    read = listing("smartrecruiters", COMPANY, refusing)

    assert len(read.jobs) == 100
    assert not read.complete
    assert "429 Too Many Requests" in (read.reason or "")


def test_an_empty_list_is_partial_because_an_unknown_company_has_one() -> None:
    read = listing("smartrecruiters", COMPANY, board([]))

    assert not read.complete
    assert read.reason is not None
    assert "unknown company" in read.reason


def test_a_posting_has_the_urls_of_its_page_and_its_document() -> None:
    config = COMPANY | {"base_url": "http://127.0.0.1:1"}
    job = answer("smartrecruiters", config, board([item()])(_first(config))).jobs[0]

    assert job.url == "https://jobs.smartrecruiters.com/Acme/1"
    assert job.page_url == "http://127.0.0.1:1/v1/companies/Acme/postings/1"
    assert job.content is None
    assert job.location == "Houston, TX, United States"


def test_a_posting_is_read_field_by_field() -> None:
    read = document("smartrecruiters", detail())

    assert read.locations == (
        Location(raw="Houston, TX, United States", city="Houston", region="TX", country="US"),
    )
    assert read.workplace is Workplace.HYBRID
    assert read.employment_types == (EmploymentType.FULL_TIME,)
    assert (read.requisition_id, read.language) == ("REF1", "en")
    assert read.description_text == "Company\nWe cook.\nQualifications\n- Kind\nSoup is free."
    assert read.requirements == ("Kind",)
    assert read.posted_at_raw == "2026-07-10T23:49:03.072Z"
    assert read.salary is None


def test_false_flags_leave_the_workplace_unknown() -> None:
    location = {"city": "Houston", "remote": False, "hybrid": False}

    assert document("smartrecruiters", detail(location=location)).workplace is None


@pytest.mark.parametrize(
    "gone", [{"httpCode": 404, "code": "RESOURCE_NOT_FOUND"}, detail(active=False)]
)
def test_a_closed_or_missing_posting_is_gone(gone: dict[str, Any]) -> None:
    with pytest.raises(PageGone):
        document("smartrecruiters", gone)


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"{}", b'{"totalFound": 1}'])
def test_a_response_that_is_not_a_list_is_an_error(body: bytes) -> None:
    with pytest.raises(ParseError):
        answer("smartrecruiters", COMPANY, body)


def test_a_recorded_list_is_read() -> None:
    page = answer("smartrecruiters", COMPANY, recorded("smartrecruiters/postings_rsp.json"))

    assert page.total == 662
    assert [job.external_id for job in page.jobs] == [
        "744000137225639",
        "744000137225559",
        "744000137204752",
        "744000137202099",
        "744000137201650",
    ]
    assert page.jobs[0].title == "Female Locker Room Associate, Houston"
    assert [job.location for job in page.jobs][2:] == [
        "Chicago, IL, United States",
        "Los Angeles, CA, United States",
        "West Hollywood, CA, United States",
    ]
    assert len(page.follow) == 1
    assert not prove([page]).complete


def test_a_recorded_posting_is_read_correctly() -> None:
    read = document("smartrecruiters", recorded("smartrecruiters/posting_detail_rsp.json"))

    assert (read.external_id, read.requisition_id) == ("744000137225639", "REF3410P")
    assert read.title == "Female Locker Room Associate, Houston"
    assert read.locations == (
        Location(raw="Houston, TX, United States", city="Houston", region="TX", country="US"),
    )
    assert read.posted_at is not None
    assert read.posted_at.isoformat() == "2026-07-10T23:49:03.072000+00:00"
    assert read.employment_types == (EmploymentType.PART_TIME,)
    assert (read.workplace, read.salary) == (None, None)
    assert read.requirements
    assert "&#" not in read.description_text


def test_recorded_responses_for_a_missing_company_and_posting_are_recognised() -> None:
    unknown = recorded("smartrecruiters/postings_unknown_company_rsp.json")

    assert not prove([answer("smartrecruiters", COMPANY, unknown)]).complete
    with pytest.raises(PageGone):
        document("smartrecruiters", recorded("smartrecruiters/posting_not_found_rsp.json"))


def _first(config: dict[str, str]) -> Request:
    return adapter_for("smartrecruiters").first_request(config)
