"""Tests of pages that are fetched over HTTP/2."""

import asyncio
import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fetch.answers import GZIPPED, HTML, MIB
from tests.fetch.certificates import Authority
from tests.fetch.fetching import fault, fetch, make_fetcher
from tests.fetch.http2_server import Http2Server, endless, reply, then_reset, then_silence


@pytest.fixture
def http2(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Http2Server]:
    authority = Authority(tmp_path)
    with Http2Server(authority.server_context("good")) as server:
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.bundle))
        yield server


async def test_pages_are_fetched_over_one_connection(http2: Http2Server) -> None:
    start = http2.at("/", reply(b"", status=302, location="/jobs?a=b", set_cookie="seen=1"))
    http2.at("/jobs?a=b", reply(GZIPPED, content_encoding="gzip", etag='"v1"'))
    async with make_fetcher(http2.host) as fetcher:
        first = await fetch(fetcher, start)
        rest = await asyncio.gather(*(fetch(fetcher, start) for _ in range(8)))
    assert all(one.page and one.page.body == HTML for one in [first, *rest])
    assert first.etag == '"v1"'
    assert {connection for connection, _ in http2.asked} == {1}
    _, asked = http2.asked[1]
    assert asked["user-agent"] == "Tester/1.0"
    assert asked["accept-encoding"] == "gzip, deflate, br, zstd"
    assert asked["cookie"] == "seen=1"


async def test_an_unchanged_page_and_an_error_are_recognised(http2: Http2Server) -> None:
    url = http2.at("/", reply(b"", status=304, etag='"v1"'))
    async with make_fetcher(http2.host) as fetcher:
        assert (await fetch(fetcher, url, etag='"v1"')).page is None
        assert http2.asked[0][1]["if-none-match"] == '"v1"'
        busy = http2.at("/busy", reply(b"", status=429, retry_after="7"))
        error = await fault(fetcher, busy)
    assert (error.code, error.retry_after) == ("rate_limited", 7)


async def test_faults_of_one_page_leave_the_connection_to_others(http2: Http2Server) -> None:
    faults = {
        "too_large": endless(),
        "encoding": reply(HTML, content_encoding="gzip"),
        "protocol": then_reset,
        "http_4xx": reply(HTML, status=403),
    }
    declared = http2.at("/declared", endless(content_length=str(MIB + 1)))
    bomb = http2.at("/bomb", reply(gzip.compress(bytes(2 * MIB)), content_encoding="gzip"))
    page = http2.at("/page", reply(HTML))
    async with make_fetcher(http2.host) as fetcher:
        for code, answer in faults.items():
            assert (await fault(fetcher, http2.at("/", answer))).code == code
            assert (await fetch(fetcher, page)).page
        for url in (declared, bomb):
            assert (await fault(fetcher, url)).code == "too_large"
        assert (await fetch(fetcher, page)).page
    assert {connection for connection, _ in http2.asked} == {1}
    assert http2.resets >= 2, "the client did not reset the streams of bodies that are too large"


async def test_silence_ends_at_the_deadline(http2: Http2Server) -> None:
    silent = http2.at("/", then_silence)
    page = http2.at("/page", reply(HTML))
    async with make_fetcher(http2.host, deadline=1) as fetcher:
        await fetch(fetcher, page)
        assert (await fault(fetcher, silent)).code == "timeout"
        assert (await fetch(fetcher, page)).page
