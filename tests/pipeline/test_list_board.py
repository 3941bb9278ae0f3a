"""Tests of the limits of a listing. The listed sources never end."""

import json
from collections.abc import Callable

import pytest

from include.core.models import Company, Listing, Page
from include.errors import ListingError, ParseError
from include.pipeline.listing import list_board
from include.pipeline.listing.list_board import TextMemory, list_company
from include.pipeline.listing.listing_requests import time_check
from include.sources.base import Request
from tests.readers import InThisProcess

_FIELDS = {"external_id": "id", "title": "t", "url": "u", "description": "d"}
_HOME = "https://a.example"
_JSON = Company(
    slug="x",
    source="json",
    config={"url": f"{_HOME}/0", "jobs": "jobs", "next": "next", "fields": _FIELDS},
)
_SITEMAP = Company(slug="x", source="sitemap", config={"url": f"{_HOME}/0.xml"})


@pytest.fixture(autouse=True)
def small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lower the limits of a listing, so that few responses exceed them."""
    monkeypatch.setattr(list_board, "_MAX_REQUESTS", 200)
    monkeypatch.setattr(list_board, "_MAX_POSTINGS", 1_000)
    monkeypatch.setattr(list_board, "_MAX_RESPONSE_BYTES", 20_000_000)
    monkeypatch.setattr(list_board, "_MAX_KEPT_BYTES", 5_000_000)


class Endless:
    """A source whose pages never end: each names new postings and a next page."""

    def __init__(self, postings: int, text: str = "") -> None:
        self._postings = postings
        self._text = text
        self.pages = 0

    def send(self, request: Request) -> Page:
        self.pages += 1
        jobs = [
            {"id": f"{self.pages}-{i}", "t": "Cook", "u": f"/{self.pages}/{i}", "d": self._text}
            for i in range(self._postings)
        ]
        body = json.dumps({"next": f"/{self.pages}", "jobs": jobs}).encode()
        return Page(url=request.url, body=body, content_type="application/json")


def listed(company: Company, send: Callable[[Request], Page]) -> tuple[Listing, str]:
    listing = list_company(company, send, InThisProcess())
    assert not listing.complete
    return listing, listing.reason or ""


def test_a_listing_without_end_ends_after_some_requests() -> None:
    source = Endless(postings=1)
    listing, reason = listed(_JSON, source.send)
    assert source.pages == len(listing.jobs) == 200
    assert "200 requests" in reason


def test_a_listing_of_short_postings_ends_after_some_of_them() -> None:
    source = Endless(postings=400)
    listing, reason = listed(_JSON, source.send)
    assert source.pages == 3
    assert len(listing.jobs) == 1_200
    assert "1200 postings" in reason


@pytest.mark.parametrize("text", ["x" * 100_000, "😀" * 25_000], ids=["ASCII", "emoji"])
def test_a_listing_of_long_postings_ends_before_it_fills_memory(text: str) -> None:
    source = Endless(postings=20, text=text)
    listing, reason = listed(_JSON, source.send)
    assert "too large" in reason
    assert sum(len(job.content or "") for job in listing.jobs) < 10_000_000


def test_listings_of_one_worker_share_the_memory_for_their_texts() -> None:
    memory = TextMemory()
    with memory.listing() as large, memory.listing() as small:
        assert large(3_000_000)
        assert small(1_000_000)
        assert large(1_000_000)
        assert not large(1), "it is the largest"
        assert small(1_000_000), "it may go on, because it is not the largest"
    with memory.listing() as later:
        assert later(5_000_000), "the others have ended"


def test_a_listing_of_pages_that_name_nothing_ends_after_some_bytes() -> None:
    sent = 0

    def send(request: Request) -> Page:
        nonlocal sent
        sent += 1
        body = f'{{"next": "/{sent}", "jobs": []}}'.encode() + b" " * 1_000_000
        return Page(url=request.url, body=body)

    _, reason = listed(_JSON, send)
    assert sent < 30
    assert "bytes" in reason


def test_sitemaps_that_only_refer_to_each_other_are_read_once_and_prove_nothing() -> None:
    asked: list[str] = []

    def send(request: Request) -> Page:
        asked.append(request.url)
        names = "".join(f"<sitemap><loc>{_HOME}/{i}.xml</loc></sitemap>" for i in range(5))
        return Page(url=request.url, body=f"<sitemapindex>{names}</sitemapindex>".encode())

    listing, reason = listed(_SITEMAP, send)
    assert listing.jobs == ()
    assert "refer to each other" in reason
    assert len(asked) == len(set(asked)) == 5


def test_sitemaps_that_name_ever_new_ones_are_not_followed_for_ever() -> None:
    asked: list[str] = []

    def send(request: Request) -> Page:
        asked.append(request.url)
        here = len(asked)
        names = "".join(f"<sitemap><loc>{_HOME}/{here}-{i}</loc></sitemap>" for i in range(30))
        return Page(url=request.url, body=f"<sitemapindex>{names}</sitemapindex>".encode())

    _, reason = listed(_SITEMAP, send)
    assert len(asked) == 200
    assert "200 requests" in reason


@pytest.mark.parametrize(
    "odd", [f"http://{'a' * 4000}.example/", "http:///nowhere", "ftp://a.example/", "http://[/"]
)
def test_an_unusable_address_makes_the_listing_partial_and_the_rest_is_read(odd: str) -> None:
    pages = {
        f"{_HOME}/0.xml": f"<sitemapindex><sitemap><loc>{odd}</loc></sitemap>"
        f"<sitemap><loc>{_HOME}/1.xml</loc></sitemap></sitemapindex>",
        f"{_HOME}/1.xml": f"<urlset><url><loc>{_HOME}/jobs/1</loc></url></urlset>",
    }
    listing, reason = listed(
        _SITEMAP, lambda request: Page(url=request.url, body=pages[request.url].encode())
    )
    assert [job.url for job in listing.jobs] == [f"{_HOME}/jobs/1"]
    assert "address" in reason


def test_a_reason_does_not_grow_with_the_postings_that_cannot_be_read() -> None:
    page = json.dumps({"jobs": [{"id": None, "t": "x" * 1000}] * 1_000}).encode()
    _, reason = listed(_JSON, lambda request: Page(url=request.url, body=page))
    assert "997 more postings" in reason
    assert len(reason) <= 1000


def test_a_body_of_very_many_lists_is_not_parsed() -> None:
    body = b'{"jobs": [' + b"[]," * 1_100_000 + b"[]]}"
    with pytest.raises(ParseError, match="lists and objects"):
        list_company(_JSON, lambda request: Page(url=request.url, body=body), InThisProcess())


def test_the_check_of_time_raises_when_it_is_over_or_the_process_stops() -> None:
    time_check(float("inf"))()
    for check in (time_check(0), time_check(float("inf"), lambda: True)):
        with pytest.raises(ListingError) as raised:
            check()
        assert raised.value.code == "timeout"
