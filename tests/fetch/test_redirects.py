"""Tests of redirects: each URL is checked, and none may lead to a private address."""

import asyncio
import itertools
import socket
from collections.abc import Sequence

import pytest

from include.errors import FetchError
from include.fetch import guard
from include.fetch.pages import PageFetcher
from include.fetch.resolver import AddressInfo
from tests.fetch.answers import HTML
from tests.fetch.fault_server import Answer, FaultServer, redirect, reply
from tests.fetch.fetching import DEADLINE, KnownNames, fault, fetch, make_fetcher

PUBLIC = "127.0.0.8"
"""A loopback address that stands for a public one."""


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_followed_and_the_page_has_the_last_url(
    status: int, server: FaultServer, fetcher: PageFetcher
) -> None:
    end = server.at("/jobs/7?a=b", reply(HTML, content_type="text/html; charset=utf-8"))
    page = (await fetch(fetcher, server.at("/old/", redirect("../jobs/7?a=b", status=status)))).page
    assert page is not None
    assert (page.url, page.body, page.content_type) == (end, HTML, "text/html; charset=utf-8")


@pytest.mark.parametrize(
    ("location", "path"),
    [
        ("/caf\xe9", "/caf%E9"),
        ("/café".encode().decode("latin-1"), "/caf%C3%A9"),
        ("/a b", "/a%20b"),
        ("/%7Ejobs%2F7", "/%7Ejobs%2F7"),
    ],
    ids=["Latin-1", "UTF-8", "with a space", "quoted"],
)
async def test_the_path_of_a_location_is_sent_with_its_own_bytes(
    location: str, path: str, server: FaultServer, fetcher: PageFetcher
) -> None:
    server.at(path, reply(HTML))
    assert (await fetch(fetcher, server.at("/", redirect(location)))).page
    assert server.paths() == ["/", path]


async def test_five_redirects_are_followed_and_six_are_not(
    server: FaultServer, fetcher: PageFetcher
) -> None:
    server.at("/0", reply(HTML))
    # The URL for a number is redirected as many times, down to /0.
    urls = {count: server.at(f"/{count}", redirect(f"/{count - 1}")) for count in range(1, 7)}
    assert (await fetch(fetcher, urls[5])).page
    error = await fault(fetcher, urls[6])
    assert (error.code, error.retryable) == ("redirect", False)


@pytest.mark.parametrize(
    "answer",
    [
        redirect("/"),
        redirect(""),
        redirect("#top"),
        reply(status=302),
        redirect("http://["),
    ],
    ids=["to itself", "to nothing", "to a fragment", "without Location", "to no URL"],
)
async def test_a_redirect_that_leads_nowhere_is_not_worth_another_try(
    answer: Answer, server: FaultServer, fetcher: PageFetcher
) -> None:
    error = await fault(fetcher, server.at("/", answer))
    assert (error.code, error.retryable) == ("redirect", False)
    assert len(server.asked) <= 6


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1:1/",
        "//10.0.0.1/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://localhost:1/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://127.1/",
        "http://999.999.999.999/",
        "http://①②⑦.0.0.1:{port}/",
        "http://127。0。0。1:{port}/",
        "http://user:password@{host}/",
        "file:///etc/passwd",
        "data:text/html,<h1>Baker</h1>",
        "http://careers.example:99999/",
    ],
)
async def test_a_redirect_may_not_lead_to_a_private_address(
    location: str, server: FaultServer
) -> None:
    # Only the name ``careers.corp`` is allowed, so a redirect to the same address by another name
    # must fail.
    there = location.format(port=server.port, host=server.host).encode().decode("latin-1")
    server.at("/", redirect(there))
    names = KnownNames(**{"careers.corp": ["127.0.0.1"], "localhost": ["127.0.0.1"]})
    async with make_fetcher("careers.corp", resolver=names) as fetcher:
        error = await fault(fetcher, f"http://careers.corp:{server.port}/")
    assert (error.code, error.retryable) == ("blocked_address", False)
    assert server.paths() == ["/"]


@pytest.mark.parametrize(
    "addresses", [["127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["127.0.0.1", "8.8.8.8"]]
)
async def test_a_name_with_any_private_address_is_never_connected_to(
    addresses: list[str], server: FaultServer
) -> None:
    server.at("/", reply(HTML))
    names = KnownNames(**{"careers.example": addresses})
    async with make_fetcher(resolver=names) as fetcher:
        error = await fault(fetcher, f"http://careers.example:{server.port}/")
    assert error.code == "blocked_address"
    assert server.asked == []


class Rebinding(KnownNames):
    """A resolver that returns a public address at first, and then always a loopback address."""

    def __init__(self) -> None:
        super().__init__()
        self._answers = itertools.chain([PUBLIC], itertools.repeat("127.0.0.1"))

    async def __call__(self, host: str, port: int) -> Sequence[AddressInfo]:
        names = KnownNames(**{host: [next(self._answers)]})
        return await names(host, port)


async def test_a_name_that_moves_between_check_and_connection_leads_nowhere_else(
    server: FaultServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Test DNS rebinding: the request must go to the address that was checked.

    ``stranger`` listens at this address and sends nothing, so the first fetch times out there. When
    it has closed, a second fetch fails to connect. A new fetcher resolves the name again, and
    refuses the private address.
    """
    monkeypatch.setattr(guard, "is_public", lambda address: str(address) == PUBLIC)
    server.at("/", reply(HTML))
    url = f"http://careers.example:{server.port}/"
    names = Rebinding()
    with socket.create_server((PUBLIC, server.port)) as stranger:
        stranger.setblocking(False)
        async with make_fetcher(resolver=names, deadline=DEADLINE) as fetcher:
            assert (await fault(fetcher, url)).code == "timeout"
            connected, _ = stranger.accept()
            connected.close()
            stranger.close()
            assert (await fault(fetcher, url)).code == "connect"
        async with make_fetcher(resolver=names) as another:
            assert (await fault(another, url)).code == "blocked_address"
    assert server.asked == []


@pytest.mark.parametrize(
    "location",
    [
        "http://" + "a" * 4000 + ".example/",
        "http://" + "a." * 127 + "example/",
        "/" + "a" * 2048,
        "/" + "é" * 700,
        "/" + "a" * 90_000,
        "?" * 2048,
    ],
    ids=["host", "host of labels", "path", "path when quoted", "huge", "query"],
)
@pytest.mark.parametrize("by", ["Location", "meta refresh"])
async def test_a_redirect_to_a_long_url_is_refused_at_once(
    location: str, by: str, server: FaultServer, fetcher: PageFetcher
) -> None:
    """Refuse a long URL early, because it would become a key in the database.

    Hosts and URLs are keys there, and a long key would fail a whole batch.
    """
    hops: list[str] = []

    async def on_hop(url: str) -> None:
        hops.append(url)

    body = f'<meta http-equiv="refresh" content="0; url={location[:9000]}">'.encode()
    start = server.at("/", redirect(location.encode().decode("latin-1")))
    if by == "meta refresh":
        start = server.at("/", reply(body, content_type="text/html"))
    with pytest.raises(FetchError) as refused:
        await fetch(fetcher, start, on_hop=on_hop)
    assert refused.value.code == "url_too_long"
    assert not refused.value.retryable
    assert len(str(refused.value)) < 3000
    assert hops == []
    assert server.paths() == ["/"]


async def test_a_url_of_2048_characters_is_fetched(
    server: FaultServer, fetcher: PageFetcher
) -> None:
    url = server.at("/", reply(HTML))
    path = "/" + "a" * (2048 - len(url))
    assert (await fetch(fetcher, server.at(path, reply(HTML)))).page
    assert (await fault(fetcher, server.at(path + "a", reply(HTML)))).code == "url_too_long"


@pytest.mark.parametrize(
    "head",
    [
        '<meta http-equiv="refresh" content="0; url=/there">',
        "<META HTTP-EQUIV=Refresh CONTENT='3;URL=there'>",
        '<meta content="0;/there#top" http-equiv="refresh">',
        '<meta http-equiv="refresh" content="0; url=&#x2F;there">',
    ],
)
async def test_a_meta_refresh_is_followed_once(
    head: str, server: FaultServer, fetcher: PageFetcher
) -> None:
    server.at("/there", reply(head.replace("there", "further").encode(), content_type="text/html"))
    start = server.at("/", reply(head.encode(), content_type="text/html"))
    page = (await fetch(fetcher, start)).page
    assert page is not None
    assert server.paths() == ["/", "/there"]
    assert page.url.partition("#")[0].endswith("/there")


@pytest.mark.parametrize(
    "body",
    [
        '<noscript><meta http-equiv="refresh" content="0; url=/there"></noscript>',
        '<!-- <meta http-equiv="refresh" content="0; url=/there"> -->',
        '<meta http-equiv="refresh" content="300; url=/there">',
        '<meta http-equiv="refresh" content="0">',
        '<meta http-equiv="refresh" content="0; url=/">',
        '<meta http-equiv="refresh" content="0; url=http://[">',
        '<meta http-equiv="refresh">',
        '<meta name="refresh" content="0; url=/there">',
    ],
)
async def test_a_page_without_a_prompt_refresh_is_not_a_redirect(
    body: str, server: FaultServer, fetcher: PageFetcher
) -> None:
    await fetch(fetcher, server.at("/", reply(body.encode(), content_type="text/html")))
    assert server.paths() == ["/"]


async def test_a_refresh_may_not_lead_to_a_private_address(server: FaultServer) -> None:
    body = b'<meta http-equiv="refresh" content="0; url=http://127.0.0.1:1/">'
    names = KnownNames(**{"careers.corp": ["127.0.0.1"]})
    server.at("/", reply(body, content_type="text/html"))
    async with make_fetcher("careers.corp", resolver=names) as fetcher:
        error = await fault(fetcher, f"http://careers.corp:{server.port}/")
    assert error.code == "blocked_address"


async def test_cookies_last_as_long_as_the_page_and_go_to_no_other_host(
    server: FaultServer,
) -> None:
    """Use a site that needs a cookie: it sets the cookie, and redirects each client once."""
    names = KnownNames(**{"a.corp": ["127.0.0.1"], "b.corp": ["127.0.0.1"]})
    ours, other = f"http://a.corp:{server.port}", f"http://b.corp:{server.port}"
    server.at("/", reply(status=302, location="/wall", set_cookie="seen=1; Path=/"))
    server.at("/wall", redirect(f"{other}/there"))
    server.at("/there", redirect(f"{ours}/end"))
    server.at("/end", reply(HTML))
    async with make_fetcher("a.corp", "b.corp", resolver=names) as fetcher:
        for _ in range(2):
            assert (await fetch(fetcher, f"{ours}/")).page
    cookies = [(asked.path, asked.headers.get("cookie")) for asked in server.asked]
    assert (
        cookies
        == [
            ("/", None),
            ("/wall", "seen=1"),
            ("/there", None),
            ("/end", "seen=1"),
        ]
        * 2
    )


async def test_on_hop_is_awaited_before_each_redirect_and_does_not_count_towards_the_deadline(
    server: FaultServer,
) -> None:
    hops: list[str] = []

    async def on_hop(url: str) -> None:
        hops.append(url)
        await asyncio.sleep(0.6)

    end = server.at("/end", reply(HTML))
    middle = server.at("/middle", redirect("/end"))
    start = server.at("/", redirect("/middle"))
    async with make_fetcher(server.host, deadline=1) as fetcher:
        assert (await fetch(fetcher, start, on_hop=on_hop)).page
    assert hops == [middle, end]


async def test_a_hop_that_is_refused_is_not_made(server: FaultServer, fetcher: PageFetcher) -> None:
    async def on_hop(url: str) -> None:
        raise FetchError(f"{url} is disallowed", code="robots")

    server.at("/end", reply(HTML))
    with pytest.raises(FetchError, match="disallowed"):
        await fetch(fetcher, server.at("/", redirect("/end")), on_hop=on_hop)
    assert server.paths() == ["/"]


async def test_headers_of_a_source_are_not_sent_to_another_origin(server: FaultServer) -> None:
    server.at("/end", reply(HTML))
    here = server.at("/here", redirect("/end"))
    there = server.at("/there", redirect(f"http://localhost:{server.port}/end"))
    async with make_fetcher(server.host, f"localhost:{server.port}") as fetcher:
        for url in (here, there):
            await fetch(fetcher, url, headers={"Authorization": "secret"}, etag='"1"')

    sent = [(asked.path, asked.headers.get("authorization")) for asked in server.asked]
    assert sent == [("/here", "secret"), ("/end", "secret"), ("/there", "secret"), ("/end", None)]
