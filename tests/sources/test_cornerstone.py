"""Tests of Cornerstone OnDemand.

The pages and responses are built by hand from those of real tenants that public crawlers recorded.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest

from include.core.models import Location, Workplace
from include.errors import ListingError, ParseError
from include.sources.base import Request
from tests.sources.answers import answer, posting
from tests.sources.boards import listing

SITE = {"tenant": "acme", "site": "4"}
PAGE = "https://acme.csod.com/ux/ats/careersite/4/home?c=acme"
SEARCH = "https://eu-fra.api.csod.com/rec-job-search/external/jobs"


TOKEN = "secret"


def page(cloud: str = "https://eu-fra.api.csod.com/", token: str = TOKEN) -> str:
    context = {"corp": "acme", "endpoints": {"cloud": cloud, "api": "/"}, "token": token}
    return (
        "<html><script>if(!csod.context || !csod.context.token)  csod.context="
        f"{json.dumps(context)};</script><script>csod.player.initialize(csod.context);</script>"
    )


def job(number: int = 21038, **changes: Any) -> dict[str, Any]:
    return {
        "requisitionId": number,
        "displayJobTitle": "Cook &lt;night&gt;",
        "externalDescription": "Requirements:\nPatience",
        "postingEffectiveDate": "4/5/2026",
        "locations": [
            {"city": "Brussels", "state": None, "country": "BE"},
            {"city": "Brussels", "state": "", "country": "BE"},
        ],
    } | changes


def tenant(count: int, *, stops_at: int = 10_000) -> Callable[[Request], Any]:
    """Return a function that answers requests as a site with ``count`` postings does.

    The list ends after ``stops_at`` postings, even if ``count`` is higher.
    """

    def serve(request: Request) -> Any:
        if request.json is None:
            assert request.url == PAGE
            return page()
        assert request.url == SEARCH
        assert request.headers["Authorization"] == "Bearer secret"
        body = request.json
        assert (body["careerSiteId"], body["careerSitePageId"]) == (4, 4)
        assert body["cultureName"] == "en-US"
        number, size = body["pageNumber"], body["pageSize"]
        numbers = range(min(count, stops_at))[(number - 1) * size : number * size]
        return {
            "status": "Success",
            "data": {"totalCount": count, "requisitions": [job(each) for each in numbers]},
        }

    return serve


def read(**changes: Any) -> Any:
    request = Request(url=SEARCH, json={"pageNumber": 1}, headers={"Authorization": "Bearer s"})
    rows = {"data": {"totalCount": 1, "requisitions": [job(**changes)]}}
    return posting("cornerstone", answer("cornerstone", SITE, rows, request=request).jobs[0])


@pytest.mark.parametrize("count", [1, 200, 201, 999])
def test_a_site_is_read_to_its_total_with_the_token_of_its_page(count: int) -> None:
    result = listing("cornerstone", SITE, tenant(count))

    assert (len(result.jobs), result.complete, result.reason) == (count, True, None)


def test_a_site_that_ends_early_is_partial() -> None:
    result = listing("cornerstone", SITE, tenant(450, stops_at=420))

    assert result.reason == "the source states 450 postings, 420 were listed"


def test_a_token_that_expires_while_the_list_is_read_leaves_it_partial() -> None:
    def serve(request: Request) -> Any:
        if request.json and request.json["pageNumber"] == 2:
            raise ListingError("answered with status 401")
        return tenant(450)(request)

    result = listing("cornerstone", SITE, serve)
    assert (len(result.jobs), result.complete) == (200, False)


@pytest.mark.parametrize(
    "cloud",
    [
        "http://us.api.csod.com/",
        "https://api.csod.com.evil.test/",
        "https://evil.example/",
        "https://evilapi.csod.com/",
        "https://us.api.csod.com@evil.test/",
        "https://user@us.api.csod.com/",
        "https://us.api.csod.com:8443/",
        "/",
    ],
)
def test_a_token_is_only_sent_to_cornerstone(cloud: str) -> None:
    with pytest.raises(ParseError):
        listing("cornerstone", SITE, lambda _: page(cloud))


@pytest.mark.parametrize("body", [page(token=""), page()[:150], "<h1>Error</h1>", "", "[]"])
def test_a_page_that_opens_no_session_is_an_error(body: str) -> None:
    with pytest.raises(ParseError):
        listing("cornerstone", SITE, lambda _: body)


def test_the_repr_of_a_request_does_not_show_the_token() -> None:
    (request,) = answer("cornerstone", SITE, page().encode()).follow

    assert "secret" not in request.url
    assert "secret" not in repr(request)


def test_a_posting_is_read_field_by_field() -> None:
    (listed,) = listing("cornerstone", SITE, tenant(1)).jobs
    found = posting("cornerstone", listed)

    assert (listed.external_id, listed.title) == ("0", "Cook <night>")
    assert listed.location == "Brussels, BE"
    assert listed.url == "https://acme.csod.com/ux/ats/careersite/4/home/requisition/0?c=acme"
    assert (found.title, found.url) == ("Cook <night>", listed.url)
    assert found.locations == (Location(raw="Brussels, BE", city="Brussels", country="BE"),)
    assert found.description_text == "Requirements:\nPatience"
    assert found.posted_at is not None
    assert found.posted_at.isoformat() == "2026-04-05T00:00:00+00:00"
    assert (found.posted_at_raw, found.salary) == ("4/5/2026", None)


def test_a_placeholder_is_no_text_and_a_city_may_say_remote() -> None:
    place = {"city": "Remote", "country": "US"}
    posting = read(externalDescription="<<INTERNAL JOB DESCRIPTION>>", locations=[place])

    assert (posting.description_text, posting.workplace) == ("", Workplace.REMOTE)


@pytest.mark.parametrize("date", ["-", "", None, "31/31/2026"])
def test_a_text_that_is_not_a_date_is_unknown(date: Any) -> None:
    assert read(postingEffectiveDate=date).posted_at is None
