from collections.abc import Callable
from typing import Any

import pytest

from include.core.models import Page
from include.errors import ListingError, ParseError
from include.sources.base import Request, Response
from include.sources.registry import adapter_for
from tests.sources.boards import listing
from tests.sources.configs import PHENOM

SEARCH_PAGE = "https://careers.acme.com/us/en/search-results"


def job(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "jobId": f"R-{number}",
        "title": "Cook &amp; Baker",
        "city": "Oslo",
        "state": None,
        "country": "Norway",
        "postedDate": "2026-03-13T00:00:00.000+0000",
        "applyUrl": "https://acme.wd5.myworkdayjobs.com/External/job/R-1/apply",
    } | changes


def site(
    count: int,
    *,
    page: str = """<script>var phApp = {"csrfToken": "t-1"}</script>""",
    cookie: str = "",
    needs: str | None = "t-1",
    stops_at: int = 10_000,
) -> Callable[[Request], Any]:
    """Return a function that answers requests as other crawlers describe a site of Phenom.

    Args:
        page: the search page, which may contain the token.
        cookie: the cookies that come with the search page, which may contain the token.
        needs: the token that a search must send; None if it must send none.
        stops_at: the number of postings after which the list ends, even if ``count`` is higher.
    """

    def serve(request: Request) -> Any:
        if request.url == SEARCH_PAGE:
            return Page(url=request.url, body=page.encode(), headers={"set-cookie": cookie})
        assert (request.method, request.url) == ("POST", "https://careers.acme.com/widgets")
        assert request.json is not None
        if request.headers.get("x-csrf-token") != needs:
            return {"refineSearch": {"tokenAvailable": False}}
        assert (request.json["lang"], request.json["country"]) == ("en_us", "us")
        start, size = request.json["from"], request.json["size"]
        rows = [job(number) for number in range(start, min(start + size, count, stops_at))]
        return {"refineSearch": {"status": 200, "totalHits": count, "data": {"jobs": rows}}}

    return serve


@pytest.mark.parametrize(
    ("page", "cookie", "token"),
    [
        ("<script>var phApp = {'csrfToken': 't-1'}</script>", "", "t-1"),
        ("<script>phApp</script><div id='csrfToken' style='x'>9f/+=</div>", "", "9f/+="),
        ("<script>phApp</script>", "PLAY_CSRF_TOKEN=abc; Path=/, other=1", "abc"),
        ("<script>phApp = {csrfToken: null}</script><p>Jobs</p>", "", None),
    ],
)
def test_a_search_sends_the_token_of_the_page_if_it_has_one(
    page: str, cookie: str, token: str | None
) -> None:
    result = listing("phenom", PHENOM, site(250, page=page, cookie=cookie, needs=token))

    assert (len(result.jobs), result.complete) == (250, True)
    first = result.jobs[0]
    assert (first.external_id, first.title) == ("R-0", "Cook & Baker")
    assert first.url == "https://careers.acme.com/us/en/job/R-0"
    assert first.location == "Oslo, Norway"


def test_the_repr_of_a_request_does_not_show_the_token() -> None:
    adapter = adapter_for("phenom")
    page = Response(url=SEARCH_PAGE, body=b'phApp = {"csrfToken": "secret"}')
    (search,) = adapter.parse_listing(PHENOM, adapter.first_request(PHENOM), page).follow

    assert search.headers["x-csrf-token"] == "secret"
    assert search.headers["Referer"] == SEARCH_PAGE
    assert "secret" not in repr(search)


def test_a_search_without_results_because_of_the_token_is_partial() -> None:
    result = listing("phenom", PHENOM, site(250, needs="another"))

    assert (result.jobs, result.complete) == ((), False)
    assert result.reason == "the response holds no list of postings"


def test_a_search_that_is_refused_is_partial() -> None:
    def serve(request: Request) -> Any:
        if request.json:
            raise ListingError("answered with status 403")
        return "<script>phApp</script>"

    result = listing("phenom", PHENOM, serve)
    assert (result.complete, result.reason) == (False, "answered with status 403")


def test_a_search_that_ends_early_is_partial() -> None:
    result = listing("phenom", PHENOM, site(250, stops_at=120))

    assert result.reason == "the source states 250 postings, 120 were listed"


def test_another_site_is_an_error() -> None:
    with pytest.raises(ParseError, match="is not a page of a Phenom site"):
        listing("phenom", PHENOM, lambda _: "<h1>Careers</h1>")


def test_the_default_locale_is_global() -> None:
    adapter = adapter_for("phenom")

    assert adapter.first_request({"host": "careers.acme.com"}).url == (
        "https://careers.acme.com/global/en/search-results"
    )
