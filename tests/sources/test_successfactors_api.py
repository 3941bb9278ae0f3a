"""Tests of the second API of SuccessFactors. The responses are built by hand."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from include.errors import ListingError
from include.sources.base import Request
from tests.sources.boards import listing

SITE = {"host": "jobs.acme.com"}
PAGE_SIZE = 10
SHELL = """<html><body class="coreCSB search-page body"><div id="search-wrapper"></div>
    <a href="/search/?locale=de_DE">Deutsch</a><a href="/search/?q=&amp;locale=en_US">English</a>
    <script>j2w.init({"locale" : "en_US"})</script></body></html>"""


def job(number: int, **fields: Any) -> dict[str, Any]:
    stated = {
        "id": number,
        "unifiedStandardTitle": f"Cook {number}",
        "unifiedUrlTitle": "Cook-%28m%2Fw%29",
        "jobLocationShort": ["Oslo, NO, 0150<br/>"],
        "unifiedStandardStart": "3/4/26",
    }
    return {"response": stated | fields}


def site(
    languages: Mapping[str, list[int]], *, total: int | None = None, shell: str = SHELL
) -> Callable[[Request], Any]:
    """Return a function that answers requests as a site with these postings does.

    Args:
        languages: the numbers of the postings in each language.
        total: the total that each response states; None for the number in its language.
        shell: the page of the site, which names the languages.
    """

    def serve(request: Request) -> Any:
        if request.json is None:
            assert request.url == "https://jobs.acme.com/search/?q=&startrow=0"
            return shell
        assert request.url == "https://jobs.acme.com/services/recruiting/v1/jobs"
        numbers = languages[request.json["locale"]]
        start = request.json["pageNumber"] * PAGE_SIZE
        stated = len(numbers) if total is None else total
        found = [job(number) for number in numbers[start : start + PAGE_SIZE]]
        return {"jobSearchResult": found or None, "totalJobs": stated}

    return serve


def test_the_postings_of_all_languages_are_listed_once() -> None:
    german, english = list(range(1, 62)), [5, 90]
    result = listing("successfactors", SITE, site({"de_DE": german, "en_US": english}))

    assert (result.complete, result.reason) == (True, None)
    assert sorted(int(job.external_id) for job in result.jobs) == [*german, 90]


def test_a_posting_in_several_languages_is_listed_in_english() -> None:
    result = listing("successfactors", SITE, site({"de_DE": [7], "en_US": [7]}))

    (read,) = result.jobs
    assert read.url == "https://jobs.acme.com/job/Cook-%28m%2Fw%29/7-en_US"
    assert (read.external_id, read.title, read.location) == ("7", "Cook 7", "Oslo, NO, 0150")
    assert read.row_sha256


def test_all_requests_go_to_the_base_url() -> None:
    config = {**SITE, "base_url": "http://127.0.0.1:8090/acme"}

    def serve(request: Request) -> Any:
        assert request.url.startswith("http://127.0.0.1:8090/acme/")
        return SHELL if request.json is None else {"jobSearchResult": [job(7)], "totalJobs": 1}

    (read,) = listing("successfactors", config, serve).jobs
    assert read.page_url == "http://127.0.0.1:8090/acme/job/Cook-%28m%2Fw%29/7-en_US"


def test_a_site_without_postings_is_complete() -> None:
    result = listing("successfactors", SITE, site({"de_DE": [], "en_US": []}))

    assert (result.jobs, result.complete, result.reason) == ((), True, None)


@pytest.mark.parametrize(
    ("german", "total", "reason"),
    [
        ([1, 2], 3, "states 3 postings, 2 were listed (de_DE)"),
        ([1, 2], 1, "states 1 postings, 2 were listed (de_DE)"),
        # The second page repeats the postings of the first.
        ([*range(1, 11), *range(1, 11)], None, "states 20 postings, 10 were listed (de_DE)"),
    ],
)
def test_a_language_with_another_number_of_postings_is_partial(
    german: list[int], total: int | None, reason: str
) -> None:
    result = listing("successfactors", SITE, site({"de_DE": german, "en_US": []}, total=total))

    assert not result.complete
    assert reason in (result.reason or "")


def test_a_language_that_is_refused_is_partial() -> None:
    serve = site({"de_DE": [1], "en_US": [2]})

    def refuse_english(request: Request) -> Any:
        if request.json and request.json["locale"] == "en_US":
            raise ListingError("refused", code="not_found")
        return serve(request)

    result = listing("successfactors", SITE, refuse_english)

    assert ([job.external_id for job in result.jobs], result.complete) == (["1"], False)


@pytest.mark.parametrize("body", ["<html>Sign in</html>", "[]", "{}", '{"totalJobs": 0, "x": 1'])
def test_a_response_that_is_not_a_list_is_partial(body: str) -> None:
    result = listing("successfactors", SITE, lambda request: body if request.json else SHELL)

    assert (result.jobs, result.complete) == ((), False)
