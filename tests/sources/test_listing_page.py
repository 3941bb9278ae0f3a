from collections.abc import Callable, Mapping
from typing import Any

import pytest

from include.core.models import Page
from include.errors import ParseError
from include.sources.base import Request
from include.sources.registry import facts_of
from tests.sources.answers import answer
from tests.sources.boards import listing

SITE: Mapping[str, Any] = {"url": "https://acme.example/jobs", "link_selector": ".job"}
PAGED = SITE | {"next_selector": "a.next"}


def site(pages: int) -> Callable[[Request], str]:
    """Return a function that serves pages with one posting each and a link to the next page."""

    def serve(request: Request) -> str:
        number = int(request.url.partition("?p=")[2] or 1)
        following = (
            f'<a class="next" href="?p={number + 1}#list">Next</a>' if number < pages else ""
        )
        return f'<a class="job" href="/jobs/{number}">Cook {number}</a>{following}'

    return serve


def test_links_that_the_selector_finds_are_postings() -> None:
    result = listing(
        "html",
        SITE,
        lambda _: (
            """<nav><a href="/jobs/0">All jobs</a></nav>
        <a class="job" href="/jobs/1?utm_source=x"><h3>Cook</h3><p>Bonn</p></a>
        <li class="job"><a href="/jobs/night-cook-22"><svg></svg></a></li>
        <a href="jobs/3"><div class="job">Waiter</div></a>
        <a class="job" href="/jobs/4" aria-label="Baker">&rarr;</a>
        <a class="job" href="/jobs/1">Cook, again</a>
        <a class="job" href="mailto:hr@acme.example">Write to us</a>
        <p class="job">No link at all</p>"""
        ),
    )

    assert [(job.external_id, job.title) for job in result.jobs] == [
        ("https://acme.example/jobs/1", "Cook"),
        ("https://acme.example/jobs/night-cook-22", "Night cook"),
        ("https://acme.example/jobs/3", "Waiter"),
        ("https://acme.example/jobs/4", "Baker"),
    ]
    assert result.complete


def test_links_are_relative_to_the_base_element() -> None:
    body = b'<base href="https://careers.acme.example/de/"><a class="job" href="1">Koch</a>'

    assert answer("html", SITE, body).jobs[0].url == "https://careers.acme.example/de/1"


def test_pages_are_fetched_from_the_base_url() -> None:
    config = SITE | {"base_url": "http://127.0.0.1:9"}
    body = b'<a class="job" href="https://acme.example/jobs/1">Cook</a>'

    job = answer("html", config, body).jobs[0]

    assert (job.url, job.page_url) == (
        "https://acme.example/jobs/1",
        "http://127.0.0.1:9/jobs/1",
    )


def test_a_page_is_read_in_its_own_encoding() -> None:
    body = '<a class="job" href="/1">Küchenhilfe</a>'.encode("cp1252")

    page = listing(
        "html",
        SITE,
        lambda request: Page(
            url=request.url, body=body, content_type="text/html; charset=iso-8859-1"
        ),
    )

    assert page.jobs[0].title == "Küchenhilfe"


@pytest.mark.parametrize("pages", [1, 2, 125])
def test_next_links_are_followed_to_the_last_page(pages: int) -> None:
    result = listing("html", PAGED, site(pages))

    assert result.complete
    assert len(result.jobs) == pages


def test_without_a_next_selector_only_one_page_is_read() -> None:
    assert len(listing("html", SITE, site(3)).jobs) == 1


def test_a_cycle_of_next_links_ends() -> None:
    """Answer every request with page 1, so that its link to page 2 leads to page 1 again."""

    def serve(_: Request) -> str:
        return site(2)(Request(url="?p=1"))

    assert len(listing("html", PAGED, serve).jobs) == 1


def test_a_page_without_links_is_partial() -> None:
    assert not listing("html", SITE, lambda _: "<h1>We are moving</h1>").complete

    def redesigned(request: Request) -> str:
        return "<h1>Page 2</h1>" if "p=2" in request.url else site(2)(request)

    assert not listing("html", PAGED, redesigned).complete
    assert facts_of("html").is_fragile


def test_a_response_that_is_not_html_is_an_error() -> None:
    with pytest.raises(ParseError):
        answer("html", SITE, b"%PDF-1.7")
    with pytest.raises(ParseError):
        answer("html", SITE, b"<div>" * 2_000)
