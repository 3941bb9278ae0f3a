"""Tests of rendering pages in the installed Chromium. The web servers run on loopback."""

import asyncio
import json
import logging
import os
import socket
import sys
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import pytest
import pytest_asyncio
from aiohttp import web

from include.core.models import Page
from include.errors import FetchError
from include.failure_codes import FailureCode
from include.fetch import guard, page_resources, render
from include.fetch.guard import AddressGuard
from include.fetch.options import FetchOptions
from include.fetch.page_resources import HostPacer
from include.fetch.render import Browser
from tests.programs import need_program
from tests.sites import serving

pytestmark = [
    pytest.mark.integration,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.xdist_group("chromium"),
]
MAX_BYTES = 1_000_000
LIST = """<body><ul id="jobs"></ul><img src="/logo.png"><script>
fetch("/api/jobs", {method: "POST", body: JSON.stringify({page: 1}),
  headers: {"Content-Type": "application/json", "X-Board": "acme"}})
.then(answer => answer.json())
.then(jobs => jobs.forEach(title => {
  document.getElementById("jobs").innerHTML += `<li><a href="/jobs/${title}">${title}</a></li>`
}))</script></body>"""
GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"
EMPTY_BLOCKS = b"\x00\x00\x00\xff\xff" * 10_000
"""Blocks of a gzip stream that decode to nothing."""


@dataclass
class Site:
    """A site that records its requests, and whose paths answer in different ways."""

    url: str = ""
    asked: list[str] = field(default_factory=list)
    """The method and the path of each request."""
    posted: list[object] = field(default_factory=list)
    """The bodies of the requests for /tick and /form, and for /api/jobs the body and a header."""
    endless: int = 0
    """The number of bytes that were sent as endless bodies."""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(f"{request.method} {request.path}")
        match request.path:
            case "/api/jobs":
                self.posted.append((await request.json(), request.headers["X-Board"]))
                return web.json_response(["Cook", "Nurse"])
            case "/tick" | "/form":
                self.posted.append(await request.text())
                return web.Response(text="tick")
            case "/big":
                return web.Response(text="x" * 2 * MAX_BYTES)
            case "/half":
                return web.Response(text="x" * (MAX_BYTES // 2))
            case "/packed":
                return await self._send_endlessly(request, EMPTY_BLOCKS, "Content-Encoding", "gzip")
            case "/moved":
                return await self._send_endlessly(request, b"x" * 50_000, "Location", "/tick")
            case "/page":
                return web.Response(text="<h1>Nurse</h1>", content_type="text/html")
        raise web.HTTPNotFound

    async def _send_endlessly(
        self, request: web.Request, chunk: bytes, header: str, value: str
    ) -> web.StreamResponse:
        status = 302 if header == "Location" else 200
        response = web.StreamResponse(status=status, headers={header: value})
        await response.prepare(request)
        with suppress(ConnectionError):
            if header == "Content-Encoding":
                await response.write(GZIP_HEADER)
            while self.endless < 100 * MAX_BYTES:
                await response.write(chunk)
                self.endless += len(chunk)
        return response

    def page(self, markup: str) -> Page:
        return Page(url=f"{self.url}/careers", body=markup.encode(), content_type="text/html")


@contextmanager
def running_site() -> Generator[Site]:
    site = Site()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", site.answer)
    with serving(app) as site.url:
        yield site


@pytest.fixture(scope="module", autouse=True)
def chromium() -> None:
    need_program("chromium")


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as site:
        yield site


@pytest.fixture
def other() -> Iterator[Site]:
    """Yield another running site. The operator has allowed its private address."""
    with running_site() as site:
        yield site


@pytest.fixture
def on_the_internet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the addresses of all test servers count as public."""
    monkeypatch.setattr(guard, "is_public", lambda address: True)


def new_browser(*, deadline: float = 60) -> Browser:
    return Browser(
        FetchOptions(
            guard=AddressGuard(["127.0.0.1"]),
            user_agent="jobhunt-tests",
            deadline=deadline,
            max_bytes=MAX_BYTES,
        )
    )


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with new_browser() as browser:
        yield browser


def fetching(*urls: str, **options: object) -> str:
    """Return a page that fetches the URLs one after another, and shows for each if it loaded."""
    return f"""<p id="said"></p><script>(async () => {{
        for (const url of {json.dumps(urls)}) {{
            const came = await fetch(url, {json.dumps(options)}).then(
                answer => answer.text()).then(() => "loaded", () => "refused")
            document.getElementById("said").append(came + " ")
        }}}})()</script>"""


async def said(browser: Browser, page: Page) -> list[str]:
    """Render the page, and return the words that its script wrote to the element "said"."""
    body = (await browser.render(page)).body.decode()
    return body.partition('<p id="said">')[2].partition("</p>")[0].split()


async def test_a_rendered_page_has_the_content_that_javascript_adds(
    browser: Browser, site: Site
) -> None:
    rendered = await browser.render(site.page(LIST))

    assert '<a href="/jobs/Cook">Cook</a>' in rendered.body.decode()
    assert rendered.url == f"{site.url}/careers"
    assert rendered.content_type == "text/html; charset=utf-8"
    assert site.posted == [({"page": 1}, "acme")]
    # Neither the page itself nor its image is requested.
    assert site.asked == ["POST /api/jobs"]


async def test_a_form_is_posted_as_the_page_encodes_it(browser: Browser, site: Site) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    page = site.page(fetching("/form", method="POST", body="q=cook", headers=headers))
    assert await said(browser, page) == ["loaded"]
    assert site.posted == ["q=cook"]


async def test_private_hosts_are_out_of_a_page_s_reach_even_if_the_operator_allows_them(
    browser: Browser, site: Site, other: Site
) -> None:
    markup = f"""<p id="said"></p><script src="{other.url}/tick"></script>
        <iframe src="{other.url}/tick"></iframe><script>
        const say = words => () => document.getElementById("said").innerText = words
        const socket = new WebSocket("{other.url.replace("http", "ws")}/tick")
        socket.onclose = () => fetch("{other.url}/tick").then(say("in"), say("out"))
        </script>"""
    assert await said(browser, site.page(markup)) == ["out"]
    assert other.asked == []


async def test_a_page_s_webrtc_sends_no_packet(browser: Browser, site: Site) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.setblocking(False)
        port = listener.getsockname()[1]
        turn = {"urls": f"turn:127.0.0.1:{port}?transport=udp", "username": "a", "credential": "b"}
        servers = [{"urls": f"stun:127.0.0.1:{port}"}, turn]
        candidate = {
            "candidate": f"candidate:1 1 udp 2113937151 127.0.0.1 {port} typ host",
            "sdpMid": "0",
        }
        markup = f"""<p id="said"></p><script>(async () => {{
            const peer = new RTCPeerConnection({{iceServers: {json.dumps(servers)}}})
            peer.createDataChannel("x")
            await peer.setLocalDescription(await peer.createOffer())
            const sdp = peer.localDescription.sdp.replace("a=setup:actpass", "a=setup:passive")
            await peer.setRemoteDescription({{type: "answer", sdp}})
            await peer.addIceCandidate({json.dumps(candidate)})
            document.getElementById("said").innerText = "connecting"
            for (let i = 0; i < 30; i++) await fetch("/tick")
            for (;;) await fetch("/tick")
        }})()</script>"""
        assert await said(browser, site.page(markup)) == ["connecting"]
        with pytest.raises(BlockingIOError):
            listener.recv(2000)


async def test_a_page_that_never_stops_sending_requests_is_returned_all_the_same(
    browser: Browser, site: Site
) -> None:
    poll = "<h1>Cook</h1><script>setInterval(() => fetch('/tick'), 50)</script>"
    assert b"<h1>Cook</h1>" in (await browser.render(site.page(poll))).body


async def test_a_page_makes_a_limited_number_of_requests(
    browser: Browser, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_resources, "MAX_REQUESTS", 3)
    page = site.page(fetching(*["/tick"] * 5))
    assert await said(browser, page) == ["loaded"] * 3 + ["refused"] * 2
    assert site.asked == ["GET /tick"] * 3


@pytest.mark.usefixtures("on_the_internet")
async def test_a_page_makes_few_requests_to_another_host(
    browser: Browser, site: Site, other: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_resources, "MAX_FOREIGN_REQUESTS", 3)
    ticks = [f"{other.url}/tick"] * 5
    page = site.page(fetching(*ticks, "/tick"))
    assert await said(browser, page) == ["loaded"] * 3 + ["refused"] * 2 + ["loaded"]
    assert other.asked == ["GET /tick"] * 3


@pytest.mark.usefixtures("on_the_internet")
async def test_a_page_reaches_few_other_hosts(
    browser: Browser, site: Site, other: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_resources, "MAX_FOREIGN_HOSTS", 1)
    with running_site() as third:
        page = site.page(fetching(f"{other.url}/tick", f"{third.url}/tick", f"{other.url}/tick"))
        assert await said(browser, page) == ["loaded", "refused", "loaded"]
    assert third.asked == []


async def test_requests_of_all_pages_to_another_host_are_spaced_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(page_resources, "FOREIGN_INTERVAL_SECONDS", 0.05)
    pacer = HostPacer()
    sent = list[float]()

    async def send() -> None:
        await pacer.wait("cdn.example")
        sent.append(asyncio.get_running_loop().time())

    began = asyncio.get_running_loop().time()
    await asyncio.gather(*(send() for _ in range(4)))
    assert sent[-1] - began >= 3 * 0.05 - 0.01
    assert sent[0] <= sent[1] <= sent[2] <= sent[3]


@pytest.mark.usefixtures("on_the_internet")
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_a_page_sends_only_requests_that_sites_need(
    browser: Browser, site: Site, other: Site, method: str
) -> None:
    page = site.page(fetching("/tick", f"{other.url}/tick", method=method))
    assert await said(browser, page) == ["refused", "refused"]
    assert site.asked == other.asked == []


async def test_a_page_sends_requests_of_limited_size(browser: Browser, site: Site) -> None:
    upload = "x" * (page_resources.MAX_SENT_BYTES + 1)
    page = site.page(fetching("/form", method="POST", body=upload))
    assert await said(browser, page) == ["refused"]
    assert site.asked == []


async def test_a_page_receives_a_limited_number_of_bytes(
    browser: Browser, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_resources, "RESPONSES_PER_PAGE", 1)
    page = site.page(fetching("/big", "/half"))
    assert await said(browser, page) == ["refused", "refused"], "/big did not use up the budget"
    page = site.page(fetching(*["/half"] * 3))
    assert await said(browser, page) == ["loaded", "loaded", "refused"]


async def test_received_bytes_count_even_if_they_decode_to_nothing(
    browser: Browser, site: Site
) -> None:
    assert await said(browser, site.page(fetching("/packed", "/tick"))) == ["refused", "loaded"]
    assert site.endless < 20 * MAX_BYTES


async def test_the_body_of_a_redirect_is_not_read(browser: Browser, site: Site) -> None:
    assert await said(browser, site.page(fetching("/moved"))) == ["loaded"]
    assert site.endless < 20 * MAX_BYTES


async def test_the_rendering_of_a_page_with_an_endless_script_times_out(site: Site) -> None:
    async with new_browser(deadline=5) as browser:
        with pytest.raises(FetchError) as given_up:
            await browser.render(site.page("<script>for (;;) {}</script>"))
    assert (given_up.value.code, given_up.value.retryable) == (FailureCode.TIMEOUT, True)


async def test_a_page_that_grows_too_large_is_not_returned(browser: Browser, site: Site) -> None:
    grow = f"<script>document.body.innerText = 'x'.repeat({2 * MAX_BYTES})</script>"
    with pytest.raises(FetchError) as too_large:
        await browser.render(site.page(f"<body>{grow}</body>"))
    assert too_large.value.code is FailureCode.TOO_LARGE


async def test_a_script_may_lead_to_another_page_of_the_site(browser: Browser, site: Site) -> None:
    rendered = await browser.render(site.page("<script>location = '/page'</script>"))
    assert rendered.url == f"{site.url}/page"
    assert b"<h1>Nurse</h1>" in rendered.body


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ("http://127.0.0.1:9/", FailureCode.BLOCKED_ADDRESS),
        ("http://10.0.0.1/", FailureCode.BLOCKED_ADDRESS),
        ("/nothing", FailureCode.HTTP_4XX),
        ("about:blank", FailureCode.BROWSER),
    ],
)
@pytest.mark.parametrize("after", [0, 300])
async def test_a_page_whose_script_leads_nowhere_has_failed(
    browser: Browser, site: Site, target: str, code: FailureCode, after: int
) -> None:
    markup = f"<h1>Cook</h1><script>setTimeout(() => location = '{target}', {after})</script>"
    with pytest.raises(FetchError) as failed:
        await browser.render(site.page(markup))
    assert failed.value.code is code


async def test_a_page_cannot_hide_that_its_script_led_nowhere(browser: Browser, site: Site) -> None:
    markup = "<script>Object.defineProperty(document, 'URL', {value: 'http://a.example/'})</script>"
    rendered = await browser.render(site.page(f"<h1>Cook</h1>{markup}"))
    assert rendered.url == f"{site.url}/careers"


async def test_the_sandbox_is_off_for_root_alone_and_that_is_logged_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    render._warn_of_root.cache_clear()
    with caplog.at_level(logging.WARNING, logger=render.__name__):
        monkeypatch.setattr(os, "geteuid", lambda: 1000)
        assert render._is_sandbox_possible()
        assert caplog.messages == []
        monkeypatch.setattr(os, "geteuid", lambda: 0)
        assert not render._is_sandbox_possible()
        assert not render._is_sandbox_possible()
    (message,) = caplog.messages
    assert "without its sandbox" in message


@pytest.mark.skipif(os.geteuid() != 0, reason="only as root does Chromium refuse its sandbox")
async def test_a_browser_that_cannot_start_its_sandbox_fails_and_says_so(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    async with new_browser() as browser:
        with pytest.raises(FetchError, match="cannot start its sandbox") as failed:
            await browser.render(site.page(LIST))
    assert failed.value.code is FailureCode.BROWSER


async def test_without_playwright_the_error_says_what_to_install(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "playwright.async_api", None)
    async with new_browser() as browser:
        with pytest.raises(FetchError, match=r"jobhunt-ingestion\[browser\]") as missing:
            await browser.render(site.page(LIST))
    assert missing.value.code is FailureCode.BROWSER


async def test_without_chromium_the_error_says_what_to_install(site: Site) -> None:
    options = FetchOptions(guard=AddressGuard(), user_agent="t", deadline=30, max_bytes=1000)
    async with Browser(options, executable="/nowhere/chromium") as browser:
        with pytest.raises(FetchError, match="JOBHUNT_CHROMIUM"):
            await browser.render(site.page(LIST))
