import errno
import gzip
import itertools
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from urllib3 import Retry

from include.errors import FetchError, ListingError
from include.fetch.guard import AddressGuard
from include.fetch.listings import ListingClient
from tests.fetch.answers import CHUNKED, GZIPPED, HEAD, HTML, MIB, bomb, length
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

DEADLINE = 0.2
ONE_RETRY = Retry(total=1, status_forcelist=(429, 503), allowed_methods=None, raise_on_status=False)
NO_RETRY = Retry(total=0, raise_on_status=False)


def make_client(
    *allowed: str, deadline: float = 5, retry: Retry = ONE_RETRY, **options: Any
) -> ListingClient:
    return ListingClient(
        AddressGuard(allowed),
        user_agent="Tester/1.0",
        deadline=deadline,
        max_bytes=MIB,
        retry=retry,
        **options,
    )


@pytest.fixture
def client(server: FaultServer) -> Iterator[ListingClient]:
    with make_client(server.host) as client:
        yield client


def fault(send: Callable[[str], object], url: str) -> str:
    with pytest.raises((ListingError, FetchError)) as raised:
        send(url)
    assert raised.value.message
    return raised.value.code


@pytest.mark.parametrize(
    "answer",
    [
        reply(HTML, content_type="text/html"),
        reply(GZIPPED, content_encoding="gzip", content_type="text/html"),
        then_close(CHUNKED + b"%x\r\n" % len(HTML) + HTML + b"\r\n0\r\n\r\n"),
    ],
    ids=["plain", "gzip", "chunks"],
)
def test_a_listing_is_read_whole(
    answer: Answer, server: FaultServer, client: ListingClient
) -> None:
    url = server.at("/jobs", answer)
    page = client.send(url)
    assert (page.url, page.body, page.content_type) == (url, HTML, "text/html")
    assert server.asked[0].headers["user-agent"] == "Tester/1.0"


def test_a_question_is_posted_as_json_with_its_headers(
    server: FaultServer, client: ListingClient
) -> None:
    question = {"limit": 20, "offset": 0, "searchText": "köchin"}
    url = server.at("/jobs", reply(b"{}"))
    client.send(url, method="POST", json=question, headers={"X-Tenant": "acme"})

    [asked] = server.asked
    assert (asked.method, json.loads(asked.body)) == ("POST", question)
    assert asked.headers["content-type"] == "application/json"
    assert asked.headers["x-tenant"] == "acme"


def test_an_answer_s_headers_are_known_by_their_lower_case_names(
    server: FaultServer, client: ListingClient
) -> None:
    page = client.send(server.at("/token", reply(b"", X_Apple_CSRF_Token="t")))

    assert page.headers["x-apple-csrf-token"] == "t"


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "first",
    [
        reply(status=503),
        reply(status=429, retry_after="0"),
        then_close(b""),
        then_reset(b""),
    ],
    ids=["503", "429", "close", "reset"],
)
def test_a_fault_that_passes_is_tried_again(
    first: Answer, method: str, server: FaultServer, client: ListingClient
) -> None:
    url = server.at("/jobs", first, reply(HTML))
    assert client.send(url, method=method).body == HTML
    assert [asked.method for asked in server.asked] == [method, method]


@pytest.mark.parametrize("status", [429, 503])
def test_the_client_as_it_is_used_tries_again(server: FaultServer, status: int) -> None:
    url = server.at("/jobs", reply(status=status), reply(HTML))
    guard = AddressGuard([server.host])
    with ListingClient(guard, user_agent="Tester/1.0", deadline=5, max_bytes=MIB) as client:
        assert client.send(url).body == HTML


@pytest.mark.parametrize(
    ("answer", "code", "requests"),
    [
        (reply(status=404), "not_found", 1),
        (reply(status=410), "not_found", 1),
        (reply(status=401), "http_4xx", 1),
        (reply(status=403), "http_4xx", 1),
        (reply(status=429), "rate_limited", 2),
        (reply(status=503), "http_5xx", 2),
        (then_close(b""), "connect", 2),
        (then_close(b"hello"), "connect", 2),
        (then_close(length(100) + b"{"), "connect", 1),
        (then_reset(length(100) + b"{"), "connect", 1),
        (then_close(CHUNKED + b"4\r\n{}  \r\n"), "connect", 1),
        (reply(HTML, content_encoding="gzip"), "encoding", 1),
        (then_close(HEAD + b"Content-Encoding: gzip\r\n\r\n" + GZIPPED[:-9]), "encoding", 1),
        (redirect("/jobs"), "redirect", 6),
    ],
)
def test_what_stays_broken_is_a_listing_error(
    answer: Answer, code: str, requests: int, server: FaultServer, client: ListingClient
) -> None:
    assert fault(client.send, server.at("/jobs", answer)) == code
    assert len(server.asked) == requests


def test_an_unknown_board_is_named(server: FaultServer, client: ListingClient) -> None:
    url = server.at("/boards/nobody", reply(status=404))
    with pytest.raises(ListingError, match=r"no such board.*/boards/nobody"):
        client.send(url)


@pytest.mark.parametrize(
    "answer",
    [
        endless(HEAD + b"\r\n", itertools.repeat(bytes(65_536))),
        reply(bytes(MIB + 1)),
        reply(bomb(8), content_encoding="gzip"),
    ],
    ids=["endless", "a byte too long", "bomb"],
)
def test_a_listing_over_the_cap_is_refused(
    answer: Answer, server: FaultServer, client: ListingClient
) -> None:
    assert fault(client.send, server.at("/jobs", answer)) == "too_large"


@pytest.mark.parametrize(
    "answer",
    [reply(bytes(2 * MIB)), reply(gzip.compress(bytes(2 * MIB)), content_encoding="gzip")],
    ids=["plain", "gzip"],
)
def test_a_request_may_permit_a_larger_listing(
    answer: Answer, server: FaultServer, client: ListingClient
) -> None:
    url = server.at("/jobs", answer)

    assert client.send(url, max_bytes=2 * MIB).body == bytes(2 * MIB)
    assert fault(lambda asked: client.send(asked, max_bytes=2 * MIB - 1), url) == "too_large"
    assert fault(lambda asked: client.send(asked, max_bytes=1), url) == "too_large"


def test_a_request_cannot_lower_the_cap(server: FaultServer, client: ListingClient) -> None:
    assert client.send(server.at("/jobs", reply(HTML)), max_bytes=1).body == HTML


@pytest.mark.parametrize(
    "answer",
    [
        then_silence(b""),
        then_silence(HEAD),
        then_silence(length(100) + b"{"),
        drip(HEAD, then=b"X-Slow: y\r\n", every=DEADLINE / 10),
        drip(length(1_000_000), then=b"x", every=DEADLINE / 10),
        drip(HEAD + b"\r\n", then=b"x", every=DEADLINE / 10),
        drip(CHUNKED, then=b"1\r\nx\r\n", every=DEADLINE / 50),
    ],
    ids=["no answer", "no end of headers", "no end", "headers", "body", "endless body", "chunks"],
)
def test_silence_and_slow_answers_end_at_the_deadline(answer: Answer, server: FaultServer) -> None:
    with make_client(server.host, deadline=DEADLINE, retry=NO_RETRY) as client:
        with ThreadPoolExecutor(1) as thread:
            url = server.at("/jobs", answer)
            assert thread.submit(fault, client.send, url).result(timeout=5) == "timeout"
        assert client.send(server.at("/next", reply(HTML))).body == HTML


def test_a_refused_connection_says_which_url() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/jobs"
        with make_client("127.0.0.1") as client, pytest.raises(ListingError, match=url) as raised:
            client.send(url)
    assert raised.value.code == "connect"
    assert raised.value.message == f"{url} could not be reached: Connection refused"


def test_a_redirect_is_followed_and_the_listing_knows_where_it_was(
    server: FaultServer, client: ListingClient
) -> None:
    end = server.at("/v2/jobs", reply(HTML))
    assert client.send(server.at("/jobs", redirect("v2/jobs"))).url == end


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/inside",
        "http://127.1:{port}/inside",
        "http://2130706433:{port}/inside",
        "http://0x7f.1:{port}/inside",
        "http://[::ffff:127.0.0.1]:{port}/inside",
        "http://user:password@localhost:{port}/inside",
    ],
)
def test_every_hop_is_guarded(url: str, server: FaultServer) -> None:
    inside = url.format(port=server.port)
    server.at("/inside", reply(b"secrets"))
    outside = server.at("/", redirect(inside.encode().decode("latin-1")))
    outside = outside.replace("127.0.0.1", "localhost")
    with make_client("localhost") as client:
        assert fault(client.send, inside) == "blocked_address"
        assert fault(client.send, outside) == "blocked_address"
    assert server.paths() == ["/"]


def test_digits_of_another_script_lead_nowhere(server: FaultServer) -> None:
    server.at("/inside", reply(b"secrets"))
    inside = f"http://①②⑦.0.0.1:{server.port}/inside"
    outside = server.at("/", redirect(inside.encode().decode("latin-1")))
    with make_client("localhost") as client:
        fault(client.send, inside)
        fault(client.send, outside.replace("127.0.0.1", "localhost"))
    assert server.paths() == ["/"]


@pytest.mark.parametrize(
    ("location", "path"),
    [
        ("/caf\xe9", "/caf%E9"),
        ("/café".encode().decode("latin-1"), "/caf%C3%A9"),
        ("/\xed\xa0\x80", "/%ED%A0%80"),
    ],
    ids=["Latin-1", "UTF-8", "an encoded surrogate"],
)
def test_a_location_leads_to_the_bytes_it_names(
    location: str, path: str, server: FaultServer, client: ListingClient
) -> None:
    server.at(path, reply(b"listing"))
    assert client.send(server.at("/", redirect(location))).body == b"listing"
    assert server.paths() == ["/", path]


@pytest.mark.parametrize("host", ["a..example", "a" * 64 + ".example", "\xff.example"])
def test_a_redirect_to_no_host_fails_as_a_listing(host: str, server: FaultServer) -> None:
    url = server.at("/", redirect(f"http://{host}/"))
    with make_client(server.host, retry=NO_RETRY) as client:
        assert fault(client.send, url) in ("connect", "dns", "blocked_address")


@pytest.mark.parametrize("location", ["file:///etc/passwd", "data:text/html,hi", "ftp://x.example"])
def test_a_redirect_to_another_scheme_is_refused(
    location: str, server: FaultServer, client: ListingClient
) -> None:
    assert fault(client.send, server.at("/", redirect(location))) == "blocked_address"


@pytest.mark.parametrize(
    "addresses", [["127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["127.0.0.1", "8.8.8.8"]]
)
def test_a_name_with_any_private_address_is_never_connected_to(
    addresses: list[str], server: FaultServer
) -> None:
    server.at("/", reply(b"secrets"))
    with make_client(resolve=lambda name: addresses) as client:
        assert fault(client.send, f"http://boards.example:{server.port}/") == "blocked_address"
    assert server.asked == []


def test_a_name_that_moves_between_check_and_connection_leads_nowhere_else(
    server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """This is DNS rebinding. The request goes to the address that was checked."""
    server.at("/", reply(b"secrets"))
    url = f"http://boards.example:{server.port}/"
    answers = itertools.chain([["8.8.8.8"]], itertools.repeat(["127.0.0.1"]))
    tried: list[str] = []

    def unreachable(address: tuple[str, int], *_: object) -> socket.socket:
        tried.append(address[0])
        raise OSError(errno.ENETUNREACH, "no way out of a test")

    monkeypatch.setattr("include.fetch.listings.create_connection", unreachable)
    with make_client(resolve=lambda name: next(answers), retry=NO_RETRY) as client:
        assert fault(client.send, url) == "connect"
        assert tried == ["8.8.8.8"]
        assert fault(client.send, url) == "blocked_address"
    assert tried == ["8.8.8.8"]
    assert server.asked == []


@pytest.mark.parametrize("addresses", [["::1", "127.0.0.1"], ["127.0.0.1", "::1"]])
def test_an_address_that_refuses_gives_way_to_the_next(
    addresses: list[str], server: FaultServer
) -> None:
    """Nothing listens on ::1."""
    server.at("/", reply(HTML))
    with make_client("boards.corp", resolve=lambda name: addresses, retry=NO_RETRY) as client:
        assert client.send(f"http://boards.corp:{server.port}/").body == HTML


def test_a_name_that_does_not_resolve_is_a_listing_error() -> None:
    def unknown(name: str) -> list[str]:
        raise socket.gaierror(f"{name}: no such name")

    with make_client(resolve=unknown) as client, pytest.raises(ListingError) as raised:
        client.send("http://boards.example/")
    assert raised.value.code == "dns"
    assert "the name boards.example could not be resolved" in raised.value.message


def head(status: int, **headers: str) -> bytes:
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([f"HTTP/1.1 {status} As Told", *lines, "", ""]).encode()


def unwanted(status: int, **headers: str) -> list[Answer]:
    """Return responses with bodies that are never read to their end."""
    zipped = head(status, Content_Encoding="gzip", Content_Length="100000000", **headers)
    sized = head(status, Content_Length="100000000", **headers)
    return [
        drip(head(status, **headers), then=b"x", every=0.01),
        drip(head(status, Transfer_Encoding="chunked", **headers), then=b"1\r\nx\r\n", every=0.01),
        endless(sized, itertools.repeat(bytes(65_536))),
        endless(zipped, itertools.repeat(bomb(8))),
    ]


BODIES = ["dripping", "dripping chunks", "endless", "bomb"]


@pytest.mark.parametrize("answer", unwanted(302, Location="/end"), ids=BODIES)
def test_a_redirect_s_body_is_not_read(
    answer: Answer, server: FaultServer, client: ListingClient
) -> None:
    server.at("/end", reply(HTML))
    assert client.send(server.at("/", answer)).body == HTML


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("body", range(4), ids=BODIES)
def test_the_body_of_a_response_that_is_retried_is_not_read(
    body: int, status: int, server: FaultServer, client: ListingClient
) -> None:
    answer = unwanted(status, Retry_After="0")[body]
    assert client.send(server.at("/", answer, reply(HTML))).body == HTML


@pytest.mark.parametrize("status", [403, 404, 503])
@pytest.mark.parametrize("body", range(4), ids=BODIES)
def test_the_body_of_a_refusal_is_not_read(body: int, status: int, server: FaultServer) -> None:
    with make_client(server.host, retry=NO_RETRY) as client:
        assert fault(client.send, server.at("/", unwanted(status)[body])) != "timeout"


@pytest.mark.parametrize("status", [300, 304, 305])
def test_a_response_without_a_listing_is_not_an_empty_listing(
    status: int, server: FaultServer, client: ListingClient
) -> None:
    assert fault(client.send, server.at("/", reply(status=status))) == "redirect"


@pytest.mark.parametrize("codings", ["gzip, br", "br, gzip", "gzip,gzip", "x-new"])
def test_more_than_one_coding_or_another_is_an_error(
    codings: str, server: FaultServer, client: ListingClient
) -> None:
    answer = reply(GZIPPED, content_encoding=codings)
    assert fault(client.send, server.at("/", answer)) == "encoding"


def test_a_redirect_drops_the_body_of_a_post_unless_it_keeps_the_method(
    server: FaultServer, client: ListingClient
) -> None:
    server.at("/end", reply(HTML))
    for status in (301, 302, 303, 307, 308):
        url = server.at(f"/{status}", redirect("/end", status=status))
        client.send(url, method="POST", json={"page": 1})
    assert [(asked.method, asked.body) for asked in server.asked if asked.path == "/end"] == [
        *[("GET", b"")] * 3,
        *[("POST", b'{"page": 1}')] * 2,
    ]


def test_headers_of_a_source_are_not_sent_to_another_origin(server: FaultServer) -> None:
    server.at("/end", reply(HTML))
    here = server.at("/here", redirect("/end", status=307))
    there = server.at("/there", redirect(f"http://localhost:{server.port}/end", status=307))
    with make_client(server.host, f"localhost:{server.port}") as client:
        for url in (here, there):
            client.send(url, method="POST", json={}, headers={"X-CSRF-Token": "secret"})

    sent = [(asked.path, asked.headers.get("x-csrf-token")) for asked in server.asked]
    assert sent == [("/here", "secret"), ("/end", "secret"), ("/there", "secret"), ("/end", None)]


def test_a_header_that_cannot_be_sent_is_a_listing_error(
    server: FaultServer, client: ListingClient
) -> None:
    url = server.at("/jobs", reply(HTML))

    assert fault(lambda at: client.send(at, headers={"token": "t\u20ac"}), url) == "protocol"


def test_a_wait_that_exceeds_the_deadline_is_not_begun(
    server: FaultServer, client: ListingClient
) -> None:
    url = server.at("/", reply(status=429, retry_after="3600"), reply(HTML))
    assert fault(client.send, url) == "rate_limited"
    assert server.paths() == ["/"]


def test_one_deadline_covers_every_redirect_and_retry(server: FaultServer) -> None:
    """Each response comes in time, but the next request waits longer than what is left."""
    retry = Retry(total=50, status_forcelist=(503,), allowed_methods=None, backoff_factor=0)
    silent = then_silence(b"")
    server.at("/first", redirect("/second"))
    server.at("/second", reply(status=503), silent)
    url = server.at("/", redirect("/first"))
    with make_client(server.host, deadline=1, retry=retry) as client:
        assert fault(client.send, url) == "timeout"
    assert server.paths() == ["/", "/first", "/second", "/second"]


def test_all_addresses_of_a_name_share_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    passed = [0.0]

    def swallow(address: tuple[str, int], timeout: float, *_: object) -> socket.socket:
        passed[0] += timeout
        raise TimeoutError("no answer")

    monkeypatch.setattr("include.fetch.listings.monotonic", lambda: passed[0])
    monkeypatch.setattr("include.fetch.listings.create_connection", swallow)
    many = ["8.8.8.8"] * 4000
    with make_client(resolve=lambda name: many, retry=NO_RETRY) as client:
        assert fault(client.send, "http://boards.example/") == "timeout"
    assert 0 < passed[0] <= 5


def test_a_name_that_is_never_resolved_ends_at_the_deadline() -> None:
    asked, never = threading.Event(), threading.Event()

    def resolve(name: str) -> list[str]:
        asked.set()
        never.wait()
        return []

    try:
        with make_client(deadline=DEADLINE, resolve=resolve) as client:
            assert fault(client.send, "http://boards.example/") == "timeout"
        assert asked.is_set()
    finally:
        never.set()


@pytest.mark.parametrize("answer", [then_silence(b""), then_silence(length(100) + b"{")])
def test_a_request_under_way_can_be_aborted(answer: Answer, server: FaultServer) -> None:
    url = server.at("/", answer)
    with make_client(server.host, deadline=300) as client, ThreadPoolExecutor(1) as thread:
        sent = thread.submit(fault, client.send, url)
        while not server.asked:
            assert not sent.done()
        client.abort()
        assert sent.result(timeout=30) == "timeout"
        assert fault(client.send, url) == "timeout"
    assert server.paths() == ["/"]


def test_no_request_is_sent_after_the_time_of_the_listing(
    server: FaultServer, client: ListingClient
) -> None:
    client.end_by(time.monotonic())
    assert fault(client.send, server.at("/", reply(HTML))) == "timeout"
    assert server.asked == []


@pytest.mark.parametrize("long", ["/" + "a" * 2048, f"http://{'a.' * 127}example/"])
def test_a_url_or_host_beyond_its_bound_is_not_asked_for(
    long: str, server: FaultServer, client: ListingClient
) -> None:
    url = server.at("/", redirect(long))
    assert fault(client.send, url) == "url_too_long"
    assert server.paths() == ["/"]


def test_long_cookies_are_not_kept(server: FaultServer, client: ListingClient) -> None:
    long = reply(HTML, set_cookie="long=" + "x" * 5000)
    url = server.at("/", long, reply(HTML, set_cookie="short=1"), reply(HTML))
    for _ in range(3):
        client.send(url)
    assert [asked.headers.get("cookie") for asked in server.asked] == [None, None, "short=1"]
