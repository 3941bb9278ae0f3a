import json
from collections.abc import Callable
from typing import Any

import pytest

from include.core.models import EmploymentType, PayPeriod, Workplace
from include.errors import ListingError, ParseError
from include.sources.base import NeedsPageHeaders, Request, Response
from include.sources.registry import adapter_for
from tests.sources.boards import document, listing
from tests.sources.configs import PAYCOM

PORTAL = f"https://www.paycomonline.net/v4/ats/web.php/portal/{PAYCOM['portal']}"
TOKEN = "secret"
SERVICE = "https://portal-applicant-tracking.us-cent.paycomonline.net"


def portal(service: str = f"{SERVICE}/", token: str = TOKEN) -> str:
    """Return a career page in the form that other crawlers describe, because none is recorded."""
    library = json.dumps({"atsPortalMantleServiceUrl": service, "locale": "en-US"})
    stated = json.dumps({"sessionJWT": token, "libConfig": library})
    return f"<html><script>var configsFromHost = {stated};\nvar Mountable = {{}};</script></html>"


def preview(number: int) -> dict[str, Any]:
    return {"jobId": number, "jobTitle": "Cook", "locations": "Denver, CO 80202", "postedOn": ""}


def board(count: int, *, stops_at: int = 10_000) -> Callable[[Request], Any]:
    """Return a function that answers requests as a board with ``count`` postings does.

    The list ends after ``stops_at`` postings, even if ``count`` is higher.
    """

    def serve(request: Request) -> Any:
        if request.json is None:
            assert request.url == f"{PORTAL}/career-page"
            return portal()
        assert request.url == f"{SERVICE}/api/ats/job-posting-previews/search"
        assert request.headers["Portal-Host-Referrer"] == f"{PORTAL}/career-page"
        if request.headers["Authorization"] != "secret":
            raise ListingError("answered with status 401")
        skip, take = request.json["skip"], request.json["take"]
        assert request.json["filtersForQuery"]["keywordSearchText"] == ""
        rows = [preview(number) for number in range(skip, min(skip + take, count, stops_at))]
        return {"jobPostingPreviews": rows, "jobPostingPreviewsCount": count}

    return serve


def detail(**changes: Any) -> dict[str, Any]:
    markup = {
        "@type": "JobPosting",
        "datePosted": "2026-08-01",
        "validThrough": "2026-09-01",
        "hiringOrganization": {"name": "Acme"},
    }
    posting = {
        "jobId": 513750,
        "jobTitle": "Cook",
        "location": "Richland, WA 99352",
        "secondaryLocations": ["Denver, CO 80202", "Richland, WA 99352"],
        "remoteType": "Hybrid",
        "positionType": "Full Time",
        "jobCategory": "Kitchen",
        "description": "<p>Cook.</p>",
        "qualifications": "<ul><li>Kind</li></ul>",
        "salaryRange": "$40,000.00 - $52,000.00 Annually",
        "googleJobJson": json.dumps(markup),
    }
    return {"jobPosting": posting | changes}


def test_a_board_is_listed_with_the_token_of_its_page() -> None:
    result = listing("paycom", PAYCOM, board(250))

    assert (len(result.jobs), result.complete) == (250, True)
    first = result.jobs[0]
    assert (first.external_id, first.title, first.location) == ("0", "Cook", "Denver, CO 80202")
    assert first.url == f"{PORTAL}/jobs/0"
    assert first.page_url == f"{SERVICE}/api/ats/job-postings/0"


def test_a_board_that_ends_early_is_partial() -> None:
    result = listing("paycom", PAYCOM, board(250, stops_at=130))

    assert result.reason == "the source states 250 postings, 130 were listed"


@pytest.mark.parametrize(
    "service",
    [
        "http://portal.paycomonline.net",
        "https://evil.example",
        "https://paycomonline.net.evil.test/",
        "https://evilpaycomonline.net",
        "https://portal.paycomonline.net@evil.test/",
        "https://user@portal.paycomonline.net/",
        "https://portal.paycomonline.net:8443/",
        "",
    ],
)
def test_a_token_is_only_sent_to_paycom(service: str) -> None:
    with pytest.raises(ParseError):
        listing("paycom", PAYCOM, lambda _: portal(service))


@pytest.mark.parametrize(
    "page",
    [
        "Job board does not exist or is unavailable at this time.",
        portal(token=""),
        portal()[:90],
        "<script>var configsFromHost = nope; var Mountable</script>",
    ],
)
def test_a_page_that_opens_no_session_is_an_error(page: str) -> None:
    with pytest.raises(ParseError):
        listing("paycom", PAYCOM, lambda _: page)


def test_the_headers_of_pages_have_the_token() -> None:
    adapter = adapter_for("paycom")
    assert isinstance(adapter, NeedsPageHeaders)
    response = Response(url=f"{PORTAL}/career-page", body=portal().encode())

    assert adapter.page_headers(PAYCOM, response) == {
        "Accept": "application/json",
        "Authorization": "secret",
        "Portal-Host-Referrer": f"{PORTAL}/career-page",
    }


def test_requests_to_a_mirror_go_there() -> None:
    config = PAYCOM | {"base_url": "http://127.0.0.1:1"}
    requested_urls: list[str] = []

    def serve(request: Request) -> Any:
        requested_urls.append(request.url)
        found = {"jobPostingPreviews": [preview(1)], "jobPostingPreviewsCount": 1}
        return found if request.json else portal()

    (job,) = listing("paycom", config, serve).jobs

    path = f"/v4/ats/web.php/portal/{PAYCOM['portal']}/career-page"
    assert requested_urls == [
        f"http://127.0.0.1:1{path}",
        "http://127.0.0.1:1/api/ats/job-posting-previews/search",
    ]
    assert job.page_url == "http://127.0.0.1:1/api/ats/job-postings/1"


def test_a_posting_is_read_field_by_field() -> None:
    read = document("paycom", detail())

    assert (read.external_id, read.title, read.company) == ("513750", "Cook", "Acme")
    assert read.department == "Kitchen"
    assert [place.raw for place in read.locations] == ["Richland, WA 99352", "Denver, CO 80202"]
    assert read.workplace is Workplace.HYBRID
    assert read.employment_types == (EmploymentType.FULL_TIME,)
    assert read.salary is not None
    assert (read.salary.min, read.salary.max, read.salary.period) == (
        40_000,
        52_000,
        PayPeriod.YEAR,
    )
    assert (read.posted_at_raw, read.valid_through_raw) == ("2026-08-01", "2026-09-01")
    assert read.description_text.splitlines() == ["Cook.", "Qualifications", "- Kind"]


@pytest.mark.parametrize("markup", [None, "", "{}", "{cut"])
def test_a_posting_may_lack_nearly_everything(markup: str | None) -> None:
    nothing = dict.fromkeys(("location", "remoteType", "positionType", "salaryRange"))
    read = document(
        "paycom",
        detail(**nothing, secondaryLocations=None, qualifications=None, googleJobJson=markup),
    )

    assert (read.locations, read.workplace, read.salary, read.posted_at) == ((), None, None, None)


def test_a_document_without_a_posting_is_an_error() -> None:
    with pytest.raises(ParseError):
        document("paycom", {"message": "Unauthorized"})
