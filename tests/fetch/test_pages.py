"""Tests of fetching one page from a web server that can show all kinds of faults."""

import asyncio
import gzip
import itertools
import socket
import tracemalloc
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import brotli
import pytest
from backports import zstd

from include.errors import PageGone
from include.fetch.pages import PageFetcher
from include.fetch.resolver import AddressInfo
from tests.fetch.answers import CHUNKED, GZIPPED, HEAD, HTML, MIB, bare_deflate, bomb, length
from tests.fetch.certificates import self_signed
from tests.fetch.fault_server import (
    Answer,
    FaultServer,
    drip,
    endless,
    redirect,
    reply,
    then_close,
    then_reset,
    then_silence,
)
from tests.fetch.fetching import DEADLINE, KnownNames, fault, fetch, make_fetcher

CHUNK = b"1000\r\n" + bytes(0x1000) + b"\r\n"


# For each kind of fault: the answer of the server, and the code of the error.
RETRIED = {
    "reset before headers": (then_reset(b""), "protocol"),
    "reset within headers": (then_reset(HEAD), "protocol"),
    "reset within the body": (then_reset(length(100) + b"<h1>"), "protocol"),
    "close before headers": (then_close(b""), "protocol"),
    "close before Content-Length is met": (then_close(length(100) + b"<h1>"), "protocol"),
    "broken chunk": (then_close(CHUNKED + b"zz\r\n<h1>\r\n0\r\n\r\n"), "protocol"),
    "missing last chunk": (then_close(CHUNKED + b"4\r\n<h1>\r\n"), "protocol"),
    "two lengths": (then_close(HEAD + b"Content-Length: 9\r\n" + length(4) + b"<h1>"), "protocol"),
    "more than its length": (then_close(length(4) + b"<h1>Baker"), "protocol"),
    "header line without colon": (then_close(HEAD + b"nonsense\r\n\r\n<h1>"), "protocol"),
    "endless headers": (endless(HEAD, itertools.repeat(b"X: " + b"y" * 99 + b"\r\n")), "protocol"),
    "endless header": (endless(HEAD + b"X: ", itertools.repeat(b"y" * 999)), "protocol"),
    "endless interim answers": (
        endless(b"", itertools.repeat(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 50)),
        "protocol",
    ),
    "endless trailers": (
        endless(CHUNKED + b"0\r\n", itertools.repeat(b"X: " + b"y" * 99 + b"\r\n")),
        "protocol",
    ),
    "a length and chunks": (
        then_close(CHUNKED.replace(b"\r\n\r\n", b"\r\nContent-Length: 4\r\n\r\n") + b"<h1>"),
        "protocol",
    ),
    "two answers": (then_close((length(4) + b"<h1>") * 2), "protocol"),
    "another protocol": (
        then_close(b"HTTP/1.1 101 As You Like\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"),
        "protocol",
    ),
    "no HTTP at all": (then_close(b"<h1>Baker</h1>"), "protocol"),
    "304 that nobody asked for": (reply(status=304), "protocol"),
    "408": (reply(status=408), "http_4xx"),
    "429": (reply(status=429), "rate_limited"),
    "500": (reply(status=500), "http_5xx"),
    "503": (reply(status=503), "http_5xx"),
    "unheard of": (reply(status=999), "http_5xx"),
}
FINAL = {
    "401": (reply(b"<h1>Log in</h1>", status=401), "http_4xx"),
    "403": (reply(b"<h1>No</h1>", status=403), "http_4xx"),
    "451": (reply(status=451), "http_4xx"),
    "403 with more than its length": (
        then_close(length(4).replace(b"200", b"403") + b"<h1>No</h1>"),
        "http_4xx",
    ),
    "endless 403": (
        endless(HEAD.replace(b"200", b"403") + b"\r\n", itertools.repeat(bytes(65_536))),
        "http_4xx",
    ),
    "300": (reply(b"<h1>Choose</h1>", status=300), "redirect"),
    "305": (reply(status=305, location="/elsewhere"), "redirect"),
    "endless body": (endless(HEAD + b"\r\n", itertools.repeat(bytes(65_536))), "too_large"),
    "endless chunks": (endless(CHUNKED, itertools.repeat(CHUNK)), "too_large"),
    "endless empty gzip files": (
        endless(
            HEAD + b"Content-Encoding: gzip\r\n\r\n", itertools.repeat(gzip.compress(b"") * 50)
        ),
        "too_large",
    ),
    "truncated gzip": (reply(GZIPPED[:-9], content_encoding="gzip"), "encoding"),
    "gzip that isn't": (reply(HTML, content_encoding="gzip"), "encoding"),
    "brotli that isn't": (reply(HTML, content_encoding="br"), "encoding"),
    "truncated brotli": (reply(brotli.compress(HTML)[:-5], content_encoding="br"), "encoding"),
    "zstd that isn't": (reply(HTML, content_encoding="zstd"), "encoding"),
    "truncated zstd": (reply(zstd.compress(HTML)[:-5], content_encoding="zstd"), "encoding"),
    "an encoding we did not accept": (reply(HTML, content_encoding="compress"), "encoding"),
    "two encodings": (
        reply(gzip.compress(zstd.compress(HTML)), content_encoding="zstd, gzip"),
        "encoding",
    ),
    "two encodings in two lines": (
        then_close(
            HEAD
            + b"Content-Encoding: gzip\r\nContent-Encoding: gzip\r\n\r\n"
            + gzip.compress(GZIPPED)
        ),
        "encoding",
    ),
    "403 declared too large": (
        then_silence(length(MIB + 1).replace(b"200", b"403")),
        "http_4xx",
    ),
}
WHOLE = {
    "with its length": reply(HTML),
    "in chunks": then_close(CHUNKED + b"%x\r\n" % len(HTML) + HTML + b"\r\n0\r\n\r\n"),
    "with trailers": then_close(
        CHUNKED + b"%x\r\n" % len(HTML) + HTML + b"\r\n0\r\nContent-Encoding: gzip\r\n\r\n"
    ),
    "until the connection ends": then_close(HEAD + b"\r\n" + HTML),
    "after 100 Continue": then_close(b"HTTP/1.1 100 Continue\r\n\r\n" + length(len(HTML)) + HTML),
    "after 103 Early Hints": then_close(
        b"HTTP/1.1 103 Early Hints\r\nContent-Encoding: gzip\r\n\r\n" + length(len(HTML)) + HTML
    ),
    "a header twice": then_close(HEAD + length(len(HTML)).partition(b"\r\n")[2] + HTML),
    "gzip": reply(GZIPPED, content_encoding="gzip"),
    "gzip in chunks": then_close(
        HEAD + b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"%x\r\n" % len(GZIPPED) + GZIPPED + b"\r\n0\r\n\r\n"
    ),
    "brotli": reply(brotli.compress(HTML), content_encoding="br"),
    "zstd": reply(zstd.compress(HTML), content_encoding="zstd"),
    "zstd in two frames": reply(
        zstd.compress(HTML[:99]) + zstd.compress(HTML[99:]), content_encoding="zstd"
    ),
    "deflate": reply(zlib.compress(HTML), content_encoding="deflate"),
    "bare deflate": reply(bare_deflate(HTML), content_encoding="deflate"),
}


@pytest.mark.parametrize("answer", WHOLE.values(), ids=WHOLE.keys())
async def test_a_whole_page_is_read(
    answer: Answer, server: FaultServer, fetcher: PageFetcher
) -> None:
    page = (await fetch(fetcher, server.at("/", answer))).page
    assert page is not None
    assert page.body == HTML


@pytest.mark.parametrize(
    "answer",
    [
        reply(b"", content_type="text/html"),
        reply(gzip.compress(b""), content_encoding="gzip"),
        reply(status=204, content_length=None),
    ],
    ids=["empty", "empty when unpacked", "204"],
)
async def test_a_page_may_be_empty(
    answer: Answer, server: FaultServer, fetcher: PageFetcher
) -> None:
    page = (await fetch(fetcher, server.at("/", answer))).page
    assert page is not None
    assert page.body == b""


@pytest.mark.parametrize(("answer", "code"), RETRIED.values(), ids=RETRIED.keys())
async def test_a_temporary_fault_is_worth_another_try(
    answer: Answer, code: str, server: FaultServer, fetcher: PageFetcher
) -> None:
    error = await fault(fetcher, server.at("/", answer))
    assert (error.code, error.retryable) == (code, True)


@pytest.mark.parametrize("answer", [then_reset(b""), then_close(b"")], ids=["reset", "close"])
async def test_a_request_is_made_once_unless_its_server_closed_a_kept_connection(
    answer: Answer, server: FaultServer, fetcher: PageFetcher
) -> None:
    """Check that the client repeats no request by itself, because each needs its own permit.

    The exception is a request on a kept connection that the server closes: it is sent once more on
    a new connection.
    """
    broken = server.at("/broken", answer, answer, reply(HTML))
    await fault(fetcher, broken)
    assert server.paths() == ["/broken"]
    await fetch(fetcher, server.at("/", reply(HTML)))
    assert (await fetch(fetcher, broken)).page is not None
    assert server.paths() == ["/broken", "/", "/broken", "/broken"]
    assert [asked.connection for asked in server.asked] == [1, 2, 2, 3]


@pytest.mark.parametrize(("answer", "code"), FINAL.values(), ids=FINAL.keys())
async def test_a_permanent_fault_is_not_worth_another_try(
    answer: Answer, code: str, server: FaultServer, fetcher: PageFetcher
) -> None:
    error = await fault(fetcher, server.at("/", answer))
    assert (error.code, error.retryable) == (code, False)
    assert server.paths() == ["/"]


@pytest.mark.parametrize("status", [404, 410])
async def test_a_page_that_is_not_there_is_gone(
    status: int, server: FaultServer, fetcher: PageFetcher
) -> None:
    with pytest.raises(PageGone):
        await fetch(fetcher, server.at("/", reply(b"<h1>Nothing here</h1>", status=status)))


@pytest.mark.parametrize(
    "answer",
    [
        then_silence(b""),
        then_silence(HEAD),
        then_silence(length(100) + b"<h1>"),
        drip(length(1_000_000), then=b"x", every=DEADLINE / 10),
        drip(HEAD, then=b"X-Slow: y\r\n", every=DEADLINE / 10),
        drip(b"", then=HEAD, every=DEADLINE / 10),
    ],
    ids=["no answer", "no end of headers", "no end", "slow body", "slow headers", "slow status"],
)
async def test_silence_and_slow_answers_end_at_the_total_deadline(
    answer: Answer, server: FaultServer
) -> None:
    async with make_fetcher(server.host, deadline=DEADLINE) as fetcher, asyncio.timeout(30):
        error = await fault(fetcher, server.at("/", answer))
    assert (error.code, error.retryable) == ("timeout", True)


async def test_redirects_share_one_deadline(server: FaultServer) -> None:
    async def slowly(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(DEADLINE * 0.6)
        await redirect("/")(writer)

    async with make_fetcher(server.host, deadline=DEADLINE) as fetcher:
        error = await fault(fetcher, server.at("/", slowly))
    assert error.code == "timeout"
    assert len(server.asked) == 2


async def test_a_body_declared_too_large_is_not_waited_for(
    server: FaultServer, fetcher: PageFetcher
) -> None:
    error = await fault(fetcher, server.at("/", then_silence(length(MIB + 1))))
    assert error.code == "too_large"


async def test_a_body_of_exactly_the_maximum_size_is_read(
    server: FaultServer, fetcher: PageFetcher
) -> None:
    page = (await fetch(fetcher, server.at("/", reply(b"x" * MIB)))).page
    assert page is not None
    assert len(page.body) == MIB


async def test_a_page_in_chunks_of_one_byte_is_read(
    server: FaultServer, fetcher: PageFetcher
) -> None:
    body = HTML * 10
    chunks = b"".join(b"1\r\n%c\r\n" % byte for byte in body)
    page = (await fetch(fetcher, server.at("/", then_close(CHUNKED + chunks + b"0\r\n\r\n")))).page
    assert page is not None
    assert page.body == body


BOMBS = {
    "gzip": lambda: bomb(8),
    "br": lambda: brotli.compress(bytes(8 * MIB), quality=1),
    "zstd": lambda: zstd.compress(bytes(8 * MIB)),
}


@pytest.mark.parametrize("encoding", BOMBS)
async def test_a_bomb_takes_little_more_memory_than_the_maximum_size(
    encoding: str, server: FaultServer, fetcher: PageFetcher
) -> None:
    url = server.at("/", reply(BOMBS[encoding](), content_encoding=encoding))
    tracemalloc.start()
    try:
        error = await fault(fetcher, url)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert error.code == "too_large"
    assert peak < 3 * MIB


async def test_after_a_fault_the_next_page_is_read(
    server: FaultServer, fetcher: PageFetcher
) -> None:
    for name, (answer, _) in {**RETRIED, **FINAL}.items():
        await fault(fetcher, server.at("/fault", answer))
        page = (await fetch(fetcher, server.at("/page", reply(HTML)))).page
        assert page is not None, name
        assert page.body == HTML, name


@pytest.mark.parametrize(
    ("value", "seconds"), [("7", 7), ("soon", None), ("-1", None), (None, None), ("0", 0)]
)
@pytest.mark.parametrize("status", [429, 503])
async def test_retry_after_is_passed_on(
    status: int, value: str | None, seconds: float | None, server: FaultServer, fetcher: PageFetcher
) -> None:
    error = await fault(fetcher, server.at("/", reply(status=status, retry_after=value)))
    assert error.retry_after == seconds
    assert error.status == status


@pytest.mark.parametrize("zone", ["GMT", "-0000"])
async def test_retry_after_may_be_a_date(
    zone: str, server: FaultServer, fetcher: PageFetcher
) -> None:
    then = format_datetime(datetime.now(UTC) + timedelta(seconds=100)).replace("+0000", zone)
    error = await fault(fetcher, server.at("/", reply(status=429, retry_after=then)))
    assert error.retry_after == pytest.approx(100, abs=5)


async def test_a_refused_connection_is_worth_another_try() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/"
        async with make_fetcher("127.0.0.1") as fetcher:
            error = await fault(fetcher, url)
    assert (error.code, error.retryable) == ("connect", True)


async def test_a_name_that_does_not_resolve_is_worth_another_try() -> None:
    async with make_fetcher(resolver=KnownNames()) as fetcher:
        error = await fault(fetcher, "http://careers.example/")
    assert (error.code, error.retryable) == ("dns", True)


async def test_a_name_that_resolves_too_slowly_ends_at_the_deadline() -> None:
    class Slow(KnownNames):
        async def __call__(self, host: str, port: int) -> Sequence[AddressInfo]:
            return await asyncio.get_running_loop().create_future()

    async with make_fetcher(deadline=DEADLINE, resolver=Slow()) as fetcher:
        error = await fault(fetcher, "http://careers.example/")
    assert error.code == "timeout"


async def test_a_certificate_that_is_not_trusted_is_a_tls_fault(tmp_path: Path) -> None:
    with FaultServer(tls=self_signed(tmp_path)) as server:
        async with make_fetcher(server.host) as fetcher:
            error = await fault(fetcher, server.at("/", reply(HTML)))
    assert (error.code, error.retryable) == ("tls", False)
    assert server.asked == []


async def test_an_unchanged_page_is_recognised(server: FaultServer, fetcher: PageFetcher) -> None:
    url = server.at("/", reply(HTML, etag='"v1"', last_modified="Sun, 01 Mar 2026 12:00:00 GMT"))
    first = await fetch(fetcher, url)
    server.at("/", reply(status=304, content_length=None, etag='"v1"'))
    again = await fetch(fetcher, url, etag=first.etag, last_modified=first.last_modified)

    assert first.page is not None
    assert again.page is None
    assert again.etag == '"v1"'
    headers = server.asked[1].headers
    assert headers["if-none-match"] == '"v1"'
    assert headers["if-modified-since"] == "Sun, 01 Mar 2026 12:00:00 GMT"


@pytest.mark.parametrize("odd", ["caf\xe9", "café".encode().decode("latin-1"), "tab\t"])
async def test_headers_that_can_not_be_stored_are_left_out(
    odd: str, server: FaultServer, fetcher: PageFetcher
) -> None:
    answer = reply(HTML, etag=f'"{odd}"', content_type=f'text/html; charset="{odd}"')
    fetched = await fetch(fetcher, server.at("/", answer))
    assert fetched.etag is None
    assert fetched.page is not None
    assert fetched.page.content_type is None


async def test_a_request_says_who_asks_and_keeps_no_cookies(
    server: FaultServer, fetcher: PageFetcher
) -> None:
    url = server.at("/", reply(HTML, set_cookie="session=1; Path=/"))
    await fetch(fetcher, url)
    await fetch(fetcher, server.at("/from", redirect("/")))
    assert {asked.headers["user-agent"] for asked in server.asked} == {"Tester/1.0"}
    accepted = {asked.headers["accept-encoding"] for asked in server.asked}
    assert accepted == {"gzip, deflate, br, zstd"}
    assert not any("cookie" in asked.headers for asked in server.asked)


async def test_connections_are_used_again(server: FaultServer, fetcher: PageFetcher) -> None:
    url = server.at("/", reply(HTML))
    for _ in range(3):
        await fetch(fetcher, url)
    assert {asked.connection for asked in server.asked} == {1}


async def test_a_header_may_look_like_a_status_line(
    server: FaultServer, fetcher: PageFetcher, capfd: pytest.CaptureFixture[str]
) -> None:
    url = server.at(
        "/", then_close(HEAD + b"HTTP/1.1: x\r\nHTTP/:\r\n" + length(4)[len(HEAD) :] + b"<h1>")
    )
    page = (await fetch(fetcher, url)).page
    assert page is not None
    assert (page.body, page.content_type) == (b"<h1>", "text/html")
    assert "Traceback" not in capfd.readouterr().err
