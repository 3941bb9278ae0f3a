"""Render pages in a browser, for sites that build them with JavaScript (``render: true``).

The browser is Chromium, controlled by Playwright. Playwright is an optional dependency, so it is
imported only when a page needs a browser. The browser has no access to the network: it cannot
resolve names, WebRTC cannot send UDP, and ``PageResources`` answers or refuses every request of a
page.
"""

import asyncio
import logging
import os
import shutil
from contextlib import AsyncExitStack, suppress
from functools import cache
from typing import TYPE_CHECKING, Any, Self, cast

from include.core.formats.urls import is_http
from include.core.models import Page
from include.errors import FetchError
from include.failure_codes import FailureCode
from include.fetch.http_messages import HttpRequest
from include.fetch.options import FetchOptions
from include.fetch.page_resources import HostPacer, PageResources

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from playwright.async_api import Browser as Chromium
    from playwright.async_api import BrowserContext, Route, WebSocketRoute
    from playwright.async_api import Page as Tab
    from playwright.async_api import Request as BrowserRequest

_MAX_CONCURRENT_PAGES = 2
"""The maximum number of pages that one worker renders at the same time. Each page needs about 100
MB of memory."""
_SETTLE_SECONDS = 5.0
"""The maximum time in seconds to wait after the load event until a page sends no more requests.
Some pages never stop sending requests."""
_REFUSED_TYPES = frozenset(
    {"image", "font", "media", "texttrack", "eventsource", "websocket", "ping"}
)
"""The resource types that are not loaded, because they do not change the text of a page."""
_OWN_HEADERS = frozenset({"host", "user-agent", "cookie", "content-length", "accept-encoding"})
"""The headers that are not copied from the browser's requests. The HTTP client sets its own values,
and gets no cookies from the browser."""
_HTML_TYPES = ("text/html", "application/xhtml+xml")
_EXECUTABLES = ("chromium", "chromium-browser", "google-chrome")
_ARGUMENTS = (
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    # Keep WebRTC from sending UDP. Chromium reads the first of these switches, and
    # chrome-headless-shell the second.
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
)
_NO_BROWSER = (
    "the page needs a browser (render: true), and there is none: install Playwright"
    " (pip install 'jobhunt-ingestion[browser]') and Chromium (your system's package, or"
    " playwright install chromium; JOBHUNT_CHROMIUM names one elsewhere)"
)
_SNAPSHOT = """(limit => {
    const doctype = document.doctype ? "<!DOCTYPE html>" : ""
    return [document.URL, (doctype + (document.documentElement?.outerHTML ?? "")).slice(0, limit)]
})"""

_log = logging.getLogger(__name__)


class Browser:
    """An async context manager that controls one Chromium.

    Chromium starts when the first page needs it.

    Args:
        executable: the path of Chromium. If the path is empty, the Chromium on the PATH is used; if
            there is none, the Chromium that Playwright installed.
    """

    def __init__(self, options: FetchOptions, *, executable: str = "") -> None:
        self._options = options
        self._executable = executable
        self._stack = AsyncExitStack()
        self._starting = asyncio.Lock()
        self._pages = asyncio.Semaphore(_MAX_CONCURRENT_PAGES)
        self._pacer = HostPacer()
        self._chromium: Chromium | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._chromium = None
        await self._stack.aclose()

    async def render(self, page: Page) -> Page:
        """Return a fetched page in the state after its scripts have run.

        A page that is not HTML is returned unchanged.

        Raises:
            FetchError: the code is ``browser`` if there is no browser or the browser fails,
                ``timeout`` if rendering takes too long, and ``too_large`` if the rendered page is
                too large. If a script navigates to a URL that cannot be loaded, the error of this
                request is raised.
        """
        if not (page.content_type or _HTML_TYPES[0]).lower().startswith(_HTML_TYPES):
            return page
        async with self._pages:
            chromium = await self._start_if_needed()
            context = await chromium.new_context(
                user_agent=self._options.user_agent, service_workers="block", accept_downloads=False
            )
            try:
                async with asyncio.timeout(self._options.deadline):
                    return await self._render_page(context, page)
            except TimeoutError as error:
                message = f"the page was not rendered within {self._options.deadline:g} s"
                raise FetchError(message, code=FailureCode.TIMEOUT) from error
            finally:
                await context.close()

    async def _render_page(self, context: "BrowserContext", page: Page) -> Page:
        from playwright.async_api import Error
        from playwright.async_api import TimeoutError as Unsettled

        resources = PageResources(page.url, self._options, self._pacer)
        async with resources, _Interceptor(resources, page) as interceptor:
            await context.route("**/*", interceptor.answer)
            await context.route_web_socket("**/*", _refuse_socket)
            tab = await context.new_page()
            try:
                await tab.goto(page.url, wait_until="load", timeout=0)
                with suppress(Unsettled):
                    await tab.wait_for_load_state("networkidle", timeout=_SETTLE_SECONDS * 1000)
                url, markup = await _snapshot(context, tab, self._options.max_bytes + 1)
            except Error as error:
                raise interceptor.navigation_error or _browser_failed(error) from error
        # If the URL is not http(s), a navigation has failed: Chromium then shows its own error page
        # (chrome-error://).
        if not is_http(url):
            message = f"a script of the page navigates to {url}, which is not a web page"
            raise interceptor.navigation_error or FetchError(message, code=FailureCode.BROWSER)
        body = markup.encode("utf-8", "replace")
        if len(body) > self._options.max_bytes:
            message = f"the rendered page is larger than {self._options.max_bytes} bytes"
            raise FetchError(message, code=FailureCode.TOO_LARGE)
        return Page(
            url=url, body=body, content_type="text/html; charset=utf-8", headers=page.headers
        )

    async def _start_if_needed(self) -> "Chromium":
        async with self._starting:
            if self._chromium is None or not self._chromium.is_connected():
                self._chromium = await self._start()
        return self._chromium

    async def _start(self) -> "Chromium":
        try:
            from playwright.async_api import Error, async_playwright
        except ImportError as error:
            raise FetchError(_NO_BROWSER, code=FailureCode.BROWSER) from error
        playwright = await self._stack.enter_async_context(async_playwright())
        executable = self._executable or next(filter(None, map(shutil.which, _EXECUTABLES)), None)
        try:
            chromium = await playwright.chromium.launch(
                executable_path=executable,
                args=_ARGUMENTS,
                chromium_sandbox=_is_sandbox_possible(),
            )
        except Error as error:
            if "sandbox" in error.message.lower():
                message = (
                    "Chromium cannot start its sandbox here; see 'Chromium's sandbox' in"
                    " docs/operate.md"
                )
                raise FetchError(message, code=FailureCode.BROWSER) from error
            message = f"{_NO_BROWSER} ({_first_line(error)})"
            raise FetchError(message, code=FailureCode.BROWSER) from error
        self._stack.push_async_callback(chromium.close)
        return chromium


class _Interceptor:
    """An async context manager that answers the requests of one browser tab."""

    def __init__(self, resources: PageResources, page: Page) -> None:
        self._resources = resources
        self._unserved_page: Page | None = page
        """The fetched page; None once it has been the answer to the tab's first navigation."""
        self._tasks = set[asyncio.Task[None]]()
        self._closed = False
        self.navigation_error: FetchError | None = None
        """The error of the tab's latest failed navigation; None if none has failed."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closed = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def answer(self, route: "Route") -> None:
        """Answer one request in its own task, which is cancelled when the context ends."""
        if self._closed:  # the browser context is being closed, so no answer is needed
            return
        task = asyncio.create_task(self._answer(route))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        await asyncio.wait({task})

    async def _answer(self, route: "Route") -> None:
        from playwright.async_api import Error

        # Ignore the error, because the tab may be closed, or show another document, before the
        # request is answered.
        with suppress(Error):
            await self._fulfill(route)

    async def _fulfill(self, route: "Route") -> None:
        request = route.request
        is_navigation = request.is_navigation_request()
        if self._unserved_page is not None and is_navigation:
            page, self._unserved_page = self._unserved_page, None
            await route.fulfill(body=page.body, content_type=page.content_type or "text/html")
            return
        if request.resource_type in _REFUSED_TYPES:
            await route.abort()
            return
        try:
            loaded = await self._resources.load(_http_request(request))
        except FetchError as error:
            is_main_frame = request.frame.parent_frame is None
            if is_navigation and is_main_frame:
                self.navigation_error = error
            await route.abort()
            return
        await route.fulfill(
            body=loaded.body,
            content_type=loaded.content_type or "application/octet-stream",
            headers={
                "access-control-allow-origin": request.headers.get("origin", "*"),
                "access-control-allow-credentials": "true",
            },
        )


def _http_request(request: "BrowserRequest") -> HttpRequest:
    headers = {
        name: value
        for name, value in request.headers.items()
        if name not in _OWN_HEADERS and not name.startswith("sec-")
    }
    body = request.post_data_buffer or b""
    return HttpRequest(url=request.url, method=request.method, headers=headers, body=body)


async def _snapshot(context: "BrowserContext", tab: "Tab", limit: int) -> tuple[str, str]:
    """Return the tab's URL and the first ``limit`` characters of its markup.

    The browser cuts the markup, so that this process never receives a huge page. The snapshot
    script runs in an isolated world. The page's own scripts cannot replace ``document.URL`` there.
    """
    session = await context.new_cdp_session(tab)
    send = cast("Callable[..., Awaitable[Any]]", session.send)
    tree = await send("Page.getFrameTree")
    frame = {"frameId": tree["frameTree"]["frame"]["id"]}
    world = await send("Page.createIsolatedWorld", frame)
    expression = {
        "expression": f"{_SNAPSHOT}({limit})",
        "contextId": world["executionContextId"],
        "returnByValue": True,
    }
    evaluated = await send("Runtime.evaluate", expression)
    url, markup = evaluated["result"]["value"]
    return url, markup


async def _refuse_socket(socket: "WebSocketRoute") -> None:
    await socket.close()


def _is_sandbox_possible() -> bool:
    """Return whether Chromium can run in its sandbox. Chromium refuses to do so as root."""
    if os.geteuid() != 0:
        return True
    _warn_of_root()
    return False


@cache
def _warn_of_root() -> None:
    """Log once that the browser has no sandbox."""
    _log.warning(
        "Chromium runs without its sandbox, because this process runs as root:"
        " run the workers as another user (docs/operate.md)"
    )


def _browser_failed(error: Exception) -> FetchError:
    message = f"the browser could not render the page: {_first_line(error)}"
    return FetchError(message, code=FailureCode.BROWSER)


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
