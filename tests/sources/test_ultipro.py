import json
from collections.abc import Callable
from typing import Any

import pytest

from include.core.models import EmploymentType, JobPosting, Location, Page, Salary, Workplace
from include.errors import PageGone, ParseError
from include.pipeline.pages.read_page import read_page
from include.sources.base import Request
from include.sources.registry import adapter_for
from tests.recorded import recorded
from tests.sources.answers import answer
from tests.sources.boards import listing
from tests.sources.configs import ULTIPRO

BOARD = f"https://recruiting2.ultipro.com/ACM1000ACME/JobBoard/{ULTIPRO['board']}"
FRAME = '<iframe src="/ACM1000ACME/JobBoard/x/AnonymousSessionCheck"></iframe>'


def opportunity(number: int, **changes: Any) -> dict[str, Any]:
    return {"Id": f"id-{number}", "Title": "Cook", "Locations": [], **changes}


def board(count: int, *, at_most: int = 100, stops_at: int = 10_000) -> Callable[[Request], Any]:
    """Return a function that answers requests as a board that states ``count`` postings does.

    Args:
        at_most: the maximum number of postings on a page.
        stops_at: the number of postings after which the list ends, even if ``count`` is higher.
    """

    def serve(request: Request) -> Any:
        assert (request.method, request.url) == ("POST", f"{BOARD}/JobBoardView/LoadSearchResults")
        assert request.json is not None
        search = request.json["opportunitySearch"]
        start, size = search["Skip"], min(search["Top"], at_most)
        numbers = range(min(count, stops_at))[start : start + size]
        rows = [opportunity(number) for number in numbers]
        return {"opportunities": rows, "totalCount": count}

    return serve


def read(
    *, call: str = "new US.Opportunity.CandidateOpportunityDetail", **posting: Any
) -> JobPosting:
    stated = json.dumps({"Id": "id-1", "Title": "Cook", **posting})
    markup = f"<html>{FRAME}<script>var opportunity = {call}({stated});</script></html>"
    url = f"{BOARD}/OpportunityDetail?opportunityId=id-1"
    return read_page("ultipro", Page(url=url, body=markup.encode(), content_type="text/html"))


@pytest.mark.parametrize("at_most", [100, 70])
def test_short_pages_do_not_end_a_listing(at_most: int) -> None:
    result = listing("ultipro", ULTIPRO, board(215, at_most=at_most))

    assert (len(result.jobs), result.complete) == (215, True)
    assert result.jobs[0].url == f"{BOARD}/OpportunityDetail?opportunityId=id-0"


def test_a_board_that_ends_early_is_partial() -> None:
    result = listing("ultipro", ULTIPRO, board(215, stops_at=130))

    assert result.reason == "the source states 215 postings, 130 were listed"


def test_a_recorded_page_has_a_next_one_after_its_last_posting() -> None:
    page = answer("ultipro", ULTIPRO, recorded("ultipro/search_rsp.json"))

    assert (len(page.jobs), page.total, page.partial_reason) == (20, 90, None)
    assert page.jobs[5].location == "Colombia/Bogotá; Colombia/Barranquilla"
    (following,) = page.follow
    assert following.json is not None
    assert following.json["opportunitySearch"]["Skip"] == 20


def test_the_page_for_an_unknown_board_is_an_error() -> None:
    with pytest.raises(ParseError):
        answer("ultipro", ULTIPRO, recorded("ultipro/search_unknown_company_rsp.html"))


def test_a_location_is_named_by_its_address_if_it_has_no_name() -> None:
    address = {
        "City": "Plymouth",
        "State": {"Code": "MN", "Name": "Minnesota"},
        "Country": {"Code": "USA", "Name": "United States"},
    }
    rows = [opportunity(1, Locations=[{"LocalizedName": None, "Address": address}])]
    (job,) = answer("ultipro", ULTIPRO, {"opportunities": rows, "totalCount": 1}).jobs

    assert job.location == "Plymouth, Minnesota, United States"


def test_a_recorded_posting_is_read_from_its_page() -> None:
    page = Page(url=BOARD, body=recorded("ultipro/detail_rsp.html"), content_type="text/html")
    found = read_page("ultipro", page)

    assert found.title == "Conseiller Senior en Partenariat-BeniBiz"
    assert found.requisition_id == "CONSE005183"
    assert found.locations == (
        Location(raw="Benin/Cotonou", city="Cotonou, Littoral", region=None, country="BJ"),
    )
    assert found.updated_at_raw == "2026-02-23T15:31:47.352Z"
    assert found.department == "Human Resources"
    assert found.description_text.startswith("Titre du poste: Conseiller Senior en Partenariat")
    assert found.language == "fr"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [(0, Workplace.HYBRID), (1, Workplace.ONSITE), (2, Workplace.REMOTE), (3, None), (None, None)],
)
def test_the_workplace_is_read_from_its_number(
    kind: int | None, expected: Workplace | None
) -> None:
    assert read(JobLocationType=kind).workplace is expected


def test_hours_and_pay_are_read_if_they_are_stated() -> None:
    pay: dict[str, Any] = {"PayRange": {"PayRangeMinimum": 52000, "PayRangeMaximum": 61000.5}}
    posting = read(FullTime=False, PayRangeVisible=True, PayRangeCurrencyCode="USD", **pay)

    assert posting.employment_types == (EmploymentType.PART_TIME,)
    assert posting.salary == Salary(
        raw="USD 52,000 – 61,000.50",
        min=52_000,
        max=61_000.5,
        currency="USD",
        origin="structured",
    )
    hidden = read(PayRangeVisible=False, PayRangeCurrencyCode="USD", **pay)
    assert (hidden.salary, hidden.employment_types) == (None, ())


def test_braces_and_calls_in_the_text_do_not_end_the_posting() -> None:
    posting = read(Description='<p>Use {braces}); and ");</p>')

    assert posting.description_text == 'Use {braces}); and ");'


def test_a_page_of_the_board_without_a_posting_means_that_it_is_gone() -> None:
    with pytest.raises(PageGone):
        read(call="new US.Other")
    with pytest.raises(PageGone):
        read(OpportunityIsClosed=True)


@pytest.mark.parametrize("body", [b"<title>Just a moment...</title>", b"<h1>Not Found</h1>"])
def test_another_page_does_not_mean_that_the_posting_is_gone(body: bytes) -> None:
    with pytest.raises(ParseError):
        read_page("ultipro", Page(url=BOARD, body=body, content_type="text/html"))


def test_a_url_of_another_host_is_requested_there() -> None:
    config = ULTIPRO | {"base_url": "http://127.0.0.1:1/u"}
    request = adapter_for("ultipro").first_request(config)
    (job,) = answer("ultipro", config, {"opportunities": [opportunity(1)], "totalCount": 1}).jobs

    assert request.url.startswith("http://127.0.0.1:1/u/ACM1000ACME/JobBoard/")
    assert job.url.startswith("https://recruiting2.ultipro.com/")
    assert job.page_url == job.url.replace(
        "https://recruiting2.ultipro.com", "http://127.0.0.1:1/u"
    )
