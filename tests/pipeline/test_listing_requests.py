"""Tests of the requests for listings. Threads send them through one event loop."""

import itertools
import json
import time
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

import pytest
from pydantic import SecretStr

from include.core.hosts import host_state
from include.core.models import Page
from include.errors import FetchError, ListingError
from include.fetch import event_loop_thread
from include.fetch.clients import Clients
from include.fetch.event_loop_thread import EventLoopThread
from include.fetch.guard import AddressGuard
from include.fetch.limits import retrying_fetcher
from include.fetch.limits.limiter import HostLimiter
from include.fetch.limits.retrying_fetcher import RetryingFetcher
from include.pipeline.listing.listing_requests import ListingRequests, time_check
from include.sources.base import Request
from tests.fetch.answers import CHUNKED, HTML, MIB, bomb
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
from tests.fetch.proxy_server import ProxyServer
from tests.fetch.shared_leases import Session, SharedLeases, policy

Send = Callable[[Request], Page]


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten the pauses before retries and between checks, because the tests wait for them."""
    monkeypatch.setattr(event_loop_thread, "_CHECK_SECONDS", 0.1)
    monkeypatch.setattr(host_state, "_DEFAULT_PAUSE_SECONDS", 0.1)
    monkeypatch.setattr(retrying_fetcher, "_FIRST_PAUSE_SECONDS", 0.05)


@pytest.fixture
def server() -> Generator[FaultServer]:
    with FaultServer() as server:
        yield server


def clients(*allowed: str, deadline: float = 5) -> Clients:
    return Clients(
        guard=AddressGuard(allowed),
        user_agent="Tester/1.0",
        deadline=deadline,
        max_bytes=MIB,
        politeness=policy(),
    )


@contextmanager
def listing(
    clients: Clients,
    *,
    check: Callable[[], None] = lambda: None,
    forbidden: str | None = None,
) -> Generator[Send]:
    """Yield a function that sends requests.

    Args:
        check: is called before and during each request. If it raises an error, the request ends.
        forbidden: the URL that robots.txt forbids, if any.
    """

    async def check_robots(url: str) -> None:
        if url == forbidden:
            raise FetchError("robots.txt disallows the page", code="robots")

    with (
        EventLoopThread() as loop,
        loop.entered(HostLimiter(Session(SharedLeases()), clients.politeness)) as limiter,
        loop.entered(clients.for_pages()) as pages,
    ):
        fetcher = RetryingFetcher(pages, limiter)
        requests = ListingRequests(loop, clients, pages, fetcher, check_robots)
        with requests.sender(check) as send:
            yield send


@pytest.fixture
def send(server: FaultServer) -> Generator[Send]:
    with listing(clients(server.host)) as send:
        yield send


def fault(send: Send, request: Request) -> str:
    with pytest.raises((ListingError, FetchError)) as raised:
        send(request)
    assert request.url[:100] in raised.value.message
    return raised.value.code


def test_a_response_is_read_with_its_url_and_headers(server: FaultServer, send: Send) -> None:
    url = server.at("/jobs", reply(HTML, content_type="text/html", X_Apple_CSRF_Token="t"))
    page = send(Request(url=url))
    assert (page.url, page.body, page.content_type) == (url, HTML, "text/html")
    assert page.headers["x-apple-csrf-token"] == "t"
    assert server.asked[0].headers["user-agent"] == "Tester/1.0"


def test_a_response_without_a_body_is_one(server: FaultServer, send: Send) -> None:
    assert send(Request(url=server.at("/token", reply(b"")))).body == b""


def test_a_question_is_posted_as_json_with_its_headers(server: FaultServer, send: Send) -> None:
    question = {"limit": 20, "offset": 0, "searchText": "köchin"}
    url = server.at("/jobs", reply(b"{}"))
    send(Request(url=url, method="POST", json=question, headers={"X-Tenant": "acme"}))

    [asked] = server.asked
    assert (asked.method, json.loads(asked.body)) == ("POST", question)
    assert asked.headers["content-type"] == "application/json"
    assert asked.headers["x-tenant"] == "acme"


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "first",
    [reply(status=503), reply(status=429, retry_after="0"), then_close(b""), then_reset(b"")],
    ids=["503", "429", "close", "reset"],
)
def test_a_fault_that_passes_is_tried_again(
    first: Answer, method: str, server: FaultServer, send: Send
) -> None:
    url = server.at("/jobs", first, reply(HTML))
    request = Request(url=url, method="POST" if method == "POST" else "GET")
    assert send(request).body == HTML
    assert [asked.method for asked in server.asked] == [method, method]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (reply(status=404), "not_found"),
        (reply(status=410), "not_found"),
        (reply(status=403), "http_4xx"),
        (reply(status=503), "http_5xx"),
        (reply(status=304), "protocol"),
        (then_close(CHUNKED + b"4\r\n{}  \r\n"), "protocol"),
        (reply(bytes(MIB + 1)), "too_large"),
        (redirect("/jobs"), "redirect"),
    ],
)
def test_what_stays_broken_is_an_error_with_its_url(
    answer: Answer, code: str, server: FaultServer
) -> None:
    url = server.at("/jobs", answer)
    with listing(replace(clients(server.host), listing_tries=1)) as send:
        assert fault(send, Request(url=url)) == code


def test_an_unknown_board_is_named(server: FaultServer, send: Send) -> None:
    url = server.at("/boards/nobody", reply(status=404))
    with pytest.raises(ListingError, match=r"no such board.*/boards/nobody"):
        send(Request(url=url))


@pytest.mark.parametrize("encoding", [None, "gzip"])
def test_a_request_may_permit_a_larger_response(
    encoding: str | None, server: FaultServer, send: Send
) -> None:
    body = bytes(2 * MIB) if encoding is None else bomb(2)
    url = server.at("/jobs", reply(body, content_encoding=encoding))

    assert send(Request(url=url, max_bytes=2 * MIB)).body == bytes(2 * MIB)
    assert fault(send, Request(url=url, max_bytes=2 * MIB - 1)) == "too_large"
    assert fault(send, Request(url=url)) == "too_large"


def test_a_request_cannot_lower_the_limit(server: FaultServer, send: Send) -> None:
    assert send(Request(url=server.at("/jobs", reply(HTML)), max_bytes=1)).body == HTML


def unwanted(status: int, **headers: str) -> list[Answer]:
    """Return responses whose bodies are so long that they must not be read to their end."""
    stated = {"Content_Length": "100000000", **headers}
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in stated.items()]
    head = "\r\n".join([f"HTTP/1.1 {status} As Told", *lines, ""]).encode()
    return [
        drip(head + b"\r\n", then=b"x", every=0.01),
        endless(head + b"\r\n", itertools.repeat(bytes(65_536))),
        endless(head + b"Content-Encoding: gzip\r\n\r\n", itertools.repeat(bomb(8))),
    ]


@pytest.mark.parametrize("answer", unwanted(302, Location="/end"))
def test_a_redirect_s_body_is_not_read(answer: Answer, server: FaultServer, send: Send) -> None:
    server.at("/end", reply(HTML))
    assert send(Request(url=server.at("/", answer))).body == HTML


@pytest.mark.parametrize("answer", unwanted(503, Retry_After="0"))
def test_the_body_of_a_response_that_is_retried_is_not_read(
    answer: Answer, server: FaultServer, send: Send
) -> None:
    assert send(Request(url=server.at("/", answer, reply(HTML)))).body == HTML


def test_a_redirect_drops_the_body_of_a_post_unless_it_keeps_the_method(
    server: FaultServer, send: Send
) -> None:
    server.at("/end", reply(HTML))
    for status in (301, 302, 303, 307, 308):
        url = server.at(f"/{status}", redirect("/end", status=status))
        send(Request(url=url, method="POST", json={"page": 1}))
    ends = [asked for asked in server.asked if asked.path == "/end"]
    assert [(asked.method, asked.body, asked.headers.get("content-type")) for asked in ends] == [
        *[("GET", b"", None)] * 3,
        *[("POST", b'{"page": 1}', "application/json")] * 2,
    ]


def test_another_origin_gets_the_body_but_no_token(server: FaultServer) -> None:
    server.at("/end", reply(HTML))
    here = server.at("/here", redirect("/end", status=307))
    there = server.at("/there", redirect(f"http://localhost:{server.port}/end", status=307))
    with listing(clients(server.host, f"localhost:{server.port}")) as send:
        for url in (here, there):
            send(Request(url=url, method="POST", json={}, headers={"X-CSRF-Token": "secret"}))

    sent = [(asked.path, asked.headers.get("x-csrf-token"), asked.body) for asked in server.asked]
    assert sent == [
        ("/here", "secret", b"{}"),
        ("/end", "secret", b"{}"),
        ("/there", "secret", b"{}"),
        ("/end", None, b"{}"),
    ]
    assert {asked.headers["content-type"] for asked in server.asked} == {"application/json"}


def test_a_header_cannot_add_others(server: FaultServer, send: Send) -> None:
    request = Request(url=server.at("/jobs", reply(HTML)), headers={"token": "t\r\nCookie: a=b"})
    assert fault(send, request) == "protocol"
    assert server.asked == []


def test_listings_go_through_the_proxy(server: FaultServer) -> None:
    server.at("/jobs", reply(HTML))
    with ProxyServer() as proxy:
        options = replace(clients(), proxy=SecretStr(f"http://127.0.0.1:{proxy.port}"))
        with listing(options) as send:
            page = send(Request(url=f"http://careers.example:{server.port}/jobs"))
    assert page.body == HTML
    assert proxy.asked == [("GET", "careers.example", server.port)]


def test_robots_txt_is_checked_for_each_redirect(server: FaultServer) -> None:
    private = server.at("/private", reply(HTML))
    url = server.at("/", redirect("/private"))
    with listing(clients(server.host), forbidden=private) as send:
        assert fault(send, Request(url=url)) == "robots"
        assert server.paths() == ["/"]
        assert send(Request(url=url, checks_robots=False)).body == HTML


def test_a_wait_that_exceeds_the_deadline_is_not_begun(server: FaultServer, send: Send) -> None:
    url = server.at("/", reply(status=429, retry_after="3600"), reply(HTML))
    assert fault(send, Request(url=url)) == "rate_limited"
    assert server.paths() == ["/"]


def test_one_deadline_covers_every_redirect_and_retry(server: FaultServer) -> None:
    """Let each response come in time, but let the next request wait longer than what is left."""
    server.at("/end", reply(status=500), then_silence(b""))
    url = server.at("/", redirect("/end"))
    with listing(clients(server.host, deadline=2)) as send:
        assert fault(send, Request(url=url)) == "timeout"
    assert server.paths() == ["/", "/end", "/", "/end"]


def test_a_silent_server_is_asked_once(server: FaultServer) -> None:
    url = server.at("/", then_silence(b""))
    with listing(clients(server.host, deadline=0.2)) as send:
        assert fault(send, Request(url=url)) == "timeout"
    assert server.paths() == ["/"]


@pytest.mark.parametrize("answer", [then_silence(b""), then_silence(CHUNKED), reply(status=503)])
def test_a_request_under_way_ends_when_its_check_fails(answer: Answer, server: FaultServer) -> None:
    is_wanted = True

    def check() -> None:
        if not is_wanted:
            raise ListingError("nobody waits for it", code="timeout")

    url = server.at("/", answer)
    with (
        listing(clients(server.host, deadline=300), check=check) as send,
        ThreadPoolExecutor(1) as thread,
    ):
        sent = thread.submit(send, Request(url=url))
        while not server.asked:
            assert not sent.done()
        is_wanted = False
        with pytest.raises(ListingError, match="nobody waits"):
            sent.result(timeout=30)
        request_count = len(server.asked)
        with pytest.raises(ListingError, match="nobody waits"):
            send(Request(url=url))
    assert len(server.asked) == request_count


def test_no_request_is_sent_after_the_time_of_the_listing(server: FaultServer) -> None:
    url = server.at("/", reply(HTML))
    with (
        listing(clients(server.host), check=time_check(time.monotonic())) as send,
        pytest.raises(ListingError) as late,
    ):
        send(Request(url=url))
    assert late.value.code == "timeout"
    assert server.asked == []


def test_the_requests_of_a_listing_share_cookies_but_not_long_ones(
    server: FaultServer, send: Send
) -> None:
    long = reply(HTML, set_cookie="long=" + "x" * 5000)
    url = server.at("/", long, reply(HTML, set_cookie="short=1"), reply(HTML))
    for _ in range(3):
        send(Request(url=url))
    assert [asked.headers.get("cookie") for asked in server.asked] == [None, None, "short=1"]


def test_a_listing_forgets_its_cookies_when_there_are_too_many(
    server: FaultServer, send: Send
) -> None:
    answers = [reply(HTML, set_cookie=f"n{number}=1") for number in range(102)]
    url = server.at("/", *answers)
    for _ in range(102):
        send(Request(url=url))
    sent = [asked.headers.get("cookie", "").count("=") for asked in server.asked]
    assert (max(sent), sent[101]) == (100, 0)
