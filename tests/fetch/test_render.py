"""Pages that are drawn by JavaScript, in the Chromium of this machine."""

import shutil
import sys
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
import pytest_asyncio
from aiohttp import web

from include.core.models import Page
from include.errors import FetchError
from include.fetch.guard import AddressGuard
from include.fetch.render import Browser
from tests.sites import serving

pytestmark = [
    pytest.mark.integration,
    pytest.mark.xdist_group("chromium"),
    pytest.mark.skipif(not shutil.which("chromium"), reason="there is no chromium on the PATH"),
]
DRAWN = """<body><ul id="jobs"></ul><img src="/logo.png"><script>
fetch("/api/jobs", {method: "POST", body: JSON.stringify({page: 1}),
  headers: {"Content-Type": "application/json", "X-Board": "acme"}})
.then(answer => answer.json())
.then(jobs => jobs.forEach(title => {
  document.getElementById("jobs").innerHTML += `<li><a href="/jobs/${title}">${title}</a></li>`
}))</script></body>"""


@dataclass
class Site:
    url: str = ""
    asked: list[str] = field(default_factory=list)
    told: list[object] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        if request.path == "/api/jobs":
            self.told.append((await request.json(), request.headers["X-Board"]))
            return web.json_response(["Cook", "Nurse"])
        if request.path == "/tick":
            return web.Response(text="tick")
        if request.path == "/big":
            return web.Response(text="x" * 2_000_000)
        raise web.HTTPNotFound

    def page(self, markup: str) -> Page:
        return Page(url=f"{self.url}/careers", body=markup.encode(), content_type="text/html")


@contextmanager
def running_site() -> Generator[Site]:
    site = Site()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", site.answer)
    with serving(app) as site.url:
        yield site


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as site:
        yield site


@pytest.fixture
def inside() -> Iterator[Site]:
    """On an address that the guard does not allow."""
    with running_site() as site:
        yield site


def browser_for(site: Site, *, deadline: float = 60, max_bytes: int = 1_000_000) -> Browser:
    guard = AddressGuard([site.url.removeprefix("http://")])
    return Browser(guard, user_agent="jobhunt-tests", deadline=deadline, max_bytes=max_bytes)


@pytest_asyncio.fixture
async def browser(site: Site) -> AsyncIterator[Browser]:
    async with browser_for(site) as browser:
        yield browser


async def test_what_only_javascript_shows_is_on_the_page(browser: Browser, site: Site) -> None:
    drawn = await browser.render(site.page(DRAWN))

    assert '<a href="/jobs/Cook">Cook</a>' in drawn.body.decode()
    assert (drawn.url, drawn.content_type) == (f"{site.url}/careers", "text/html; charset=utf-8")
    assert site.told == [({"page": 1}, "acme")]
    assert site.asked == ["/api/jobs"], "neither the page again, nor its image"


async def test_addresses_inside_the_network_are_out_of_a_page_s_reach(
    browser: Browser, site: Site, inside: Site
) -> None:
    markup = f"""<p id="said"></p><script src="{inside.url}/tick"></script>
        <iframe src="{inside.url}/tick"></iframe><script>
        const say = words => () => document.getElementById("said").innerText = words
        const socket = new WebSocket("{inside.url.replace("http", "ws")}/tick")
        socket.onclose = () => fetch("{inside.url}/tick").then(say("in"), say("out"))
        </script>"""
    drawn = await browser.render(site.page(markup))

    assert '<p id="said">out</p>' in drawn.body.decode()
    assert inside.asked == []


async def test_a_page_that_never_stops_asking_is_taken_as_it_is(
    browser: Browser, site: Site
) -> None:
    poll = "<h1>Cook</h1><script>setInterval(() => fetch('/tick'), 50)</script>"
    drawn = await browser.render(site.page(poll))

    assert "<h1>Cook</h1>" in drawn.body.decode()


async def test_a_page_that_hangs_its_script_is_given_up(site: Site) -> None:
    async with browser_for(site, deadline=5) as browser:
        with pytest.raises(FetchError) as given_up:
            await browser.render(site.page("<script>for (;;) {}</script>"))
    assert (given_up.value.code, given_up.value.retryable) == ("timeout", True)


async def test_what_is_too_large_is_neither_loaded_nor_returned(site: Site) -> None:
    async with browser_for(site) as browser:
        load = """<p id="said"></p><script>fetch("/big").catch(() =>
            document.getElementById("said").innerText = "refused")</script>"""
        drawn = await browser.render(site.page(load))
        assert '<p id="said">refused</p>' in drawn.body.decode()
        grow = "<script>document.body.innerText = 'x'.repeat(2_000_000)</script>"
        with pytest.raises(FetchError) as too_large:
            await browser.render(site.page(f"<body>{grow}</body>"))
    assert too_large.value.code == "too_large"


async def test_without_playwright_the_error_says_what_to_install(
    browser: Browser, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "playwright.async_api", None)
    with pytest.raises(FetchError, match=r"jobhunt-ingestion\[browser\]") as missing:
        await browser.render(site.page(DRAWN))
    assert missing.value.code == "browser"


async def test_without_chromium_the_error_says_what_to_install(site: Site) -> None:
    guard = AddressGuard()
    options = {"user_agent": "t", "deadline": 30.0, "max_bytes": 1000}
    async with Browser(guard, executable="/nowhere/chromium", **options) as browser:
        with pytest.raises(FetchError, match="JOBHUNT_CHROMIUM"):
            await browser.render(site.page(DRAWN))
