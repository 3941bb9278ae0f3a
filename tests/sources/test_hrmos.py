"""Tests of HRMOS. The pages of two companies are recorded, and others are built like these."""

from collections.abc import Callable

import pytest

from include.core.models import Page
from include.errors import PageGone, ParseError
from include.pipeline.pages.read_page import read_page
from include.sources.base import Request
from include.sources.paging import number_in
from tests.recorded import recorded
from tests.sources.answers import answer
from tests.sources.boards import listing

ACME = {"company": "acme"}
PAGE_SIZE = 100
CARD = """<li class="pg-list-cassette jsc-joblist-cassette">
    <a href="https://hrmos.co/pages/acme/jobs/{id}"><h2>調理師</h2><p>料理</p></a></li>"""
URL = "https://hrmos.co/pages/raksul/jobs/2167257001778999340"


def page(cards: str, total: int) -> str:
    count = f'<p class="pg-count"> 全 {total:,} 件中 9 件 を表示しています </p>' if cards else ""
    return f"<html><body>{count}<ul>{cards}</ul></body></html>"


def site(
    count: int, *, stated_total: int | None = None, repeats_first_page: bool = False
) -> Callable[[Request], str]:
    """Return a function that answers requests as a company with ``count`` postings does.

    Args:
        stated_total: the total that each page states; None for ``count``.
        repeats_first_page: True to answer every request with the first page.
    """

    def serve(request: Request) -> str:
        number = number_in(request, "page")
        assert request.url == f"https://hrmos.co/pages/acme/jobs?page={number}"
        start = 0 if repeats_first_page else (number - 1) * PAGE_SIZE
        cards = "".join(CARD.format(id=each) for each in range(count)[start : start + PAGE_SIZE])
        return page(cards, count if stated_total is None else stated_total)

    return serve


@pytest.mark.parametrize("count", [1, 100, 101, 203, 1_200])
def test_a_company_is_read_to_its_total(count: int) -> None:
    result = listing("hrmos", ACME, site(count))

    assert (result.complete, result.reason) == (True, None)
    assert len(result.jobs) == count


@pytest.mark.parametrize(
    "serve",
    [site(150, stated_total=151), site(150, stated_total=149), site(150, repeats_first_page=True)],
)
def test_an_inconsistent_list_is_partial(serve: Callable[[Request], str]) -> None:
    assert not listing("hrmos", ACME, serve).complete


def test_a_page_that_was_cut_is_partial() -> None:
    serve = site(30)

    assert not listing("hrmos", ACME, lambda request: serve(request)[:2_000]).complete


def test_a_card_without_a_title_is_partial() -> None:
    cards = CARD.format(id=1) + CARD.format(id=2).replace("調理師", "")
    result = listing("hrmos", ACME, lambda asked: page(cards, 1))

    assert (len(result.jobs), result.complete) == (1, False)


@pytest.mark.parametrize("href", ["javascript:/pages/acme/jobs/2", "http://[/jobs/2"])
def test_a_card_with_a_link_that_is_not_http_is_partial(href: str) -> None:
    other = CARD.format(id=2).replace("https://hrmos.co/pages/acme/jobs/2", href)
    result = listing("hrmos", ACME, lambda asked: page(CARD.format(id=1) + other, 1))

    assert ([job.external_id for job in result.jobs], result.complete) == (["1"], False)


@pytest.mark.parametrize(
    "body",
    [
        b"<html></html>",
        b"[]",
        page("", 0).encode(),
        page(CARD, 7).replace("7", ",").encode(),
        page(CARD, 7).replace("7", "7" * 5_000).encode(),
    ],
)
def test_a_page_without_a_total_is_an_error(body: bytes) -> None:
    with pytest.raises(ParseError):
        answer("hrmos", ACME, body)


def test_a_recorded_page_without_json_ld_is_read() -> None:
    # The recorded posting is closed. Without the word for "closed", it is read as an open one.
    body = recorded("hrmos/job_detail_shinsotsu_rsp.html").replace("募集終了".encode(), b"")
    read = read_page("hrmos", Page(url=URL, body=body, content_type="text/html; charset=utf-8"))

    assert read.title == "【28新卒/内定直結3days】巨大産業を変革し続ける“ラクスル流”事業開発"
    assert (read.company, read.employment_type_raw) == ("ラクスル株式会社", "新卒")
    assert [at.raw for at in read.locations] == [
        "106-0041 東京都港区麻布台一丁目3番1号 麻布台ヒルズ 森JPタワー 19階"
    ]
    assert "3daysインターンシップ" in read.description_text
    assert "取引金融機関" not in read.description_text


def test_a_recorded_posting_that_is_over_is_gone() -> None:
    body = recorded("hrmos/job_detail_shinsotsu_rsp.html")

    with pytest.raises(PageGone, match="募集終了"):
        read_page("hrmos", Page(url=URL, body=body, content_type="text/html"))


def test_a_page_with_json_ld_is_read_from_it() -> None:
    body = """<h1 class="sg-corporate-name">調理師</h1><script type="application/ld+json">
        {"@type": "JobPosting", "title": "Cook", "datePosted": "2026-07-14",
        "description": "Cook."}</script>"""
    read = read_page("hrmos", Page(url=URL, body=body.encode(), content_type="text/html"))

    assert (read.title, read.posted_at_raw) == ("Cook", "2026-07-14")
