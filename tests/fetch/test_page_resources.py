"""Tests of ``PageResources``: malformed responses, requests with bodies, redirects and headers."""

import pytest

from include.errors import FetchError
from include.fetch.guard import AddressGuard
from include.fetch.http_messages import HttpRequest
from include.fetch.options import FetchOptions
from include.fetch.page_resources import HostPacer, PageResources
from tests.fetch.answers import GZIPPED, HTML, MIB
from tests.fetch.fault_server import FaultServer, redirect, reply, then_silence


def resources_of(server: FaultServer) -> PageResources:
    options = FetchOptions(
        guard=AddressGuard([server.host]), user_agent="Tester/1.0", deadline=5, max_bytes=MIB
    )
    return PageResources(server.at("/", reply(HTML)), options, HostPacer())


@pytest.mark.parametrize(
    "body", [b"no gzip", GZIPPED[:12] + b"\xff" * 50, GZIPPED[:-9]], ids=["none", "broken", "cut"]
)
async def test_malformed_gzip_is_a_fault_of_the_response(body: bytes, server: FaultServer) -> None:
    url = server.at("/app.js", reply(body, content_encoding="gzip"))
    async with resources_of(server) as resources:
        with pytest.raises(FetchError) as refused:
            await resources.load(HttpRequest(url=url))
    assert refused.value.code == "encoding"


async def test_a_content_type_that_is_not_ascii_is_left_out(server: FaultServer) -> None:
    url = server.at("/app.js", reply(HTML, content_type="text/\xff"))
    async with resources_of(server) as resources:
        page = await resources.load(HttpRequest(url=url))
    assert (page.body, page.content_type) == (HTML, None)


@pytest.mark.parametrize(
    ("headers", "content_type"),
    [({"content-type": "application/json"}, "application/json"), ({}, None)],
    ids=["stated", "not stated"],
)
async def test_a_body_is_posted_as_the_page_states_it(
    headers: dict[str, str], content_type: str | None, server: FaultServer
) -> None:
    url = server.at("/api", reply(HTML))
    request = HttpRequest(url=url, method="POST", headers=headers, body=b'{"page": 1}')
    async with resources_of(server) as resources:
        await resources.load(request)
    (asked,) = server.asked
    assert (asked.method, asked.body) == ("POST", b'{"page": 1}')
    assert asked.headers.get("content-type") == content_type


async def test_a_redirect_of_a_post_is_followed_with_get(server: FaultServer) -> None:
    url = server.at("/form", redirect("/thanks"))
    server.at("/thanks", reply(HTML))
    async with resources_of(server) as resources:
        page = await resources.load(HttpRequest(url=url, method="POST", headers={}, body=b"a=1"))
    assert page.body == HTML
    assert [(asked.method, asked.path) for asked in server.asked] == [
        ("POST", "/form"),
        ("GET", "/thanks"),
    ]


async def test_only_the_headers_of_a_head_request_are_awaited(server: FaultServer) -> None:
    url = server.at("/app.js", then_silence(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"))
    async with resources_of(server) as resources:
        page = await resources.load(HttpRequest(url=url, method="HEAD", headers={}))
    assert page.body == b""
    assert server.asked[-1].method == "HEAD"


async def test_a_header_with_a_line_break_is_not_sent(server: FaultServer) -> None:
    url = server.at("/app.js", reply(HTML))
    request = HttpRequest(url=url, headers={"x-board": "acme\r\nHost: b.example"})
    async with resources_of(server) as resources:
        with pytest.raises(FetchError) as refused:
            await resources.load(request)
    assert refused.value.code == "blocked_request"
    assert server.asked == []
