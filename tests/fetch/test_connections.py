"""Tests of connections: where they lead, how long they are kept, and when they are not reused."""

import asyncio
import gc
from collections.abc import Sequence
from pathlib import Path

import pycurl
import pytest

from include.errors import FetchError, PageGone
from include.fetch import curl_client
from include.fetch.curl_client import CurlClient
from include.fetch.guard import AddressGuard
from include.fetch.options import FetchOptions
from include.fetch.pages import PageFetcher
from include.fetch.resolver import AddressInfo
from tests.fetch.answers import CHUNKED, HEAD, HTML, MIB, length
from tests.fetch.certificates import Authority
from tests.fetch.fault_server import (
    Answer,
    FaultServer,
    redirect,
    reply,
    then_close,
    then_reset,
    then_silence,
)
from tests.fetch.fetching import DEADLINE, KnownNames, fault, fetch, make_fetcher


async def test_a_certificate_that_we_trust_is_enough_and_its_connection_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = Authority(tmp_path)
    with FaultServer(tls=authority.server_context("good")) as server:
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.bundle))
        async with make_fetcher(server.host) as fetcher:
            url = server.at("/", reply(HTML))
            pages = [(await fetch(fetcher, url)).page for _ in range(2)]
    assert [page and page.body for page in pages] == [HTML, HTML]
    assert [asked.connection for asked in server.asked] == [1, 1]


@pytest.mark.parametrize(
    ("greeting", "code", "retryable"),
    [
        (then_reset(b""), "connect", True),
        (then_close(b"\x16\x03\x03\x40\x00"), "connect", True),
        (then_close(bytes.fromhex("15030100020228")), "tls", False),
        (then_close(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "tls", False),
    ],
    ids=["reset", "close in the middle", "alert", "no TLS"],
)
async def test_only_a_handshake_that_breaks_off_is_worth_another_try(
    greeting: Answer, code: str, retryable: bool
) -> None:
    with FaultServer(greeting=greeting) as server:
        async with make_fetcher(server.host) as fetcher:
            error = await fault(fetcher, f"https://{server.host}/")
    assert (error.code, error.retryable) == (code, retryable)


async def test_all_connections_are_closed_in_the_end(server: FaultServer) -> None:
    async with make_fetcher(server.host, deadline=DEADLINE) as fetcher:
        await asyncio.gather(*(fetch(fetcher, server.at("/", reply(HTML))) for _ in range(3)))
        await fault(fetcher, server.at("/never", then_silence(b"")))
    gc.collect()  # the collection of an open connection would cause a warning, which fails the test


async def test_a_fetch_that_is_cancelled_at_any_step_leaves_nothing_open(
    server: FaultServer,
) -> None:
    """Cancel a fetch after one step of the event loop, another after two steps, and so on.

    The test ends with the first fetch that is complete before it is cancelled.
    """
    url, steps, is_done = server.at("/", reply(HTML)), 0, False
    while not is_done:
        async with asyncio.timeout(10), make_fetcher(server.host) as fetcher:
            fetching = asyncio.create_task(fetch(fetcher, url))
            for _ in range(steps):
                await asyncio.sleep(0)
            is_done = fetching.done()
            fetching.cancel()
            await asyncio.gather(fetching, return_exceptions=True)
        steps += 1
    gc.collect()  # the collection of an open connection would cause a warning, which fails the test


async def test_the_connections_to_a_host_have_a_limit(
    server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(curl_client, "_MAX_CONNECTIONS_PER_ORIGIN", 2)
    url = server.at("/", reply(HTML))
    async with make_fetcher(server.host) as fetcher:
        await asyncio.gather(*(fetch(fetcher, url) for _ in range(20)))
    assert {asked.connection for asked in server.asked} <= {1, 2}


async def test_concurrent_requests_to_a_slow_host_each_have_a_connection(
    server: FaultServer,
) -> None:
    silent = server.at("/", then_silence(b""))
    async with make_fetcher(server.host, deadline=DEADLINE) as fetcher:
        await asyncio.gather(*(fault(fetcher, silent) for _ in range(6)))
    assert {asked.connection for asked in server.asked} == {1, 2, 3, 4, 5, 6}


@pytest.mark.parametrize("status", [304, 404, 500])
async def test_the_connection_is_kept_after_an_error_with_a_short_body(
    status: int, server: FaultServer, fetcher: PageFetcher
) -> None:
    error = reply(b"" if status == 304 else b"<h1>No</h1>", status=status)
    with pytest.raises((FetchError, PageGone)):
        await fetch(fetcher, server.at("/error", error))
    await fetch(fetcher, server.at("/", reply(HTML)))
    assert [asked.connection for asked in server.asked] == [1, 1]


@pytest.mark.parametrize("head", [length(100), CHUNKED, HEAD + b"\r\n"])
async def test_the_body_of_a_redirect_is_not_waited_for(
    head: bytes, server: FaultServer, fetcher: PageFetcher
) -> None:
    start = head.replace(b"200 OK\r\n", b"302 Found\r\nLocation: /there\r\n")
    server.at("/there", reply(HTML))
    async with asyncio.timeout(4):
        assert (await fetch(fetcher, server.at("/", then_silence(start + b"<h1>")))).page


async def test_a_connection_that_the_server_will_close_is_not_used_again(
    server: FaultServer, fetcher: PageFetcher
) -> None:
    url = server.at("/", reply(HTML, connection="close"))
    await fetch(fetcher, url)
    await fetch(fetcher, url)
    assert [asked.connection for asked in server.asked] == [1, 2]


async def test_a_response_that_breaks_off_on_a_kept_connection_is_not_requested_again_at_once(
    server: FaultServer, fetcher: PageFetcher
) -> None:
    await fetch(fetcher, server.at("/", reply(HTML)))
    error = await fault(fetcher, server.at("/broken", then_close(HEAD)))
    assert error.code == "protocol"
    assert server.paths() == ["/", "/broken"]


async def test_a_timeout_says_whether_there_was_a_connection(server: FaultServer) -> None:
    class Slow(KnownNames):
        async def __call__(self, host: str, port: int) -> Sequence[AddressInfo]:
            return await asyncio.get_running_loop().create_future()

    silent = server.at("/never", then_silence(b""))
    async with make_fetcher(server.host, deadline=DEADLINE, resolver=Slow()) as fetcher:
        assert (await fault(fetcher, silent)).connected
        await fetch(fetcher, server.at("/", reply(HTML)))
        # The connection of the page before is used again.
        assert (await fault(fetcher, silent)).connected
        assert not (await fault(fetcher, "http://careers.example/")).connected


async def test_if_one_address_does_not_answer_the_next_is_tried(server: FaultServer) -> None:
    names = KnownNames(**{"careers.corp": ["127.0.0.9", "127.0.0.1"]})
    server.at("/", reply(HTML))
    async with make_fetcher("careers.corp", resolver=names) as fetcher:
        assert (await fetch(fetcher, f"http://careers.corp:{server.port}/")).page


async def test_libcurl_resolves_no_name_itself(server: FaultServer) -> None:
    server.at("/", reply(HTML))
    client = CurlClient(
        FetchOptions(guard=AddressGuard(), user_agent="t", deadline=5, max_bytes=MIB)
    )
    for host in ("localhost", "127.0.0.1"):
        request = pycurl.Curl()
        for option, value in client.options.items():
            request.setopt(option, value)
        request.setopt(pycurl.URL, f"http://{host}:{server.port}/")
        with pytest.raises(pycurl.error) as refused:
            request.perform()
        assert refused.value.args[0] == pycurl.E_ABORTED_BY_CALLBACK
    assert server.asked == []


async def test_a_proxy_in_the_environment_is_not_used(
    server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    async with make_fetcher(server.host) as fetcher:
        assert (await fetch(fetcher, server.at("/", reply(HTML)))).page


async def test_a_name_is_resolved_once_for_all_fetches(server: FaultServer) -> None:
    resolved: list[str] = []

    class Counting(KnownNames):
        async def __call__(self, host: str, port: int) -> Sequence[AddressInfo]:
            resolved.append(host)
            await asyncio.sleep(0)
            return await super().__call__(host, port)

    names = Counting(**{"careers.corp": ["127.0.0.1"]})
    server.at("/", reply(HTML))
    url = f"http://careers.corp:{server.port}/"
    async with make_fetcher("careers.corp", resolver=names) as fetcher:
        await asyncio.gather(*(fetch(fetcher, url) for _ in range(3)))
        await fetch(fetcher, url)
    assert resolved == ["careers.corp"]


async def test_a_secure_cookie_is_not_sent_over_an_insecure_connection(
    server: FaultServer,
) -> None:
    server.at("/end", reply(HTML))
    server.at("/", reply(status=302, location="/end", set_cookie="seen=1; Path=/; Secure"))
    names = KnownNames(**{"careers.corp": ["127.0.0.1"]})
    async with make_fetcher("careers.corp", resolver=names) as fetcher:
        assert (await fetch(fetcher, f"http://careers.corp:{server.port}/")).page
    assert server.paths() == ["/", "/end"]
    assert server.asked[-1].headers.get("cookie") is None


async def test_a_fragment_is_not_sent_and_a_host_is_named_with_its_port(
    server: FaultServer, fetcher: PageFetcher
) -> None:
    server.at("/jobs?a=b", reply(HTML))
    await fetch(fetcher, server.at("/", redirect("/jobs?a=b#apply")))
    assert server.paths() == ["/", "/jobs?a=b"]
    assert server.asked[-1].headers["host"] == server.host
