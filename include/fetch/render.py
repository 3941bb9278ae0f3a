"""Pages as a browser shows them, for sites that draw theirs by JavaScript (``render: true``).

Chromium, through Playwright, which is optional: nothing here is imported or started before a page
asks for it. The browser itself has no network: whatever a page asks for is fetched by our own
guarded client and handed to it, or not at all, and names do not resolve inside it. So each address
is checked as any other, and what is large or not needed (images, fonts, media) stays out.
"""

import asyncio
import os
import shutil
from collections.abc import Mapping
from contextlib import AsyncExitStack, suppress
from typing import TYPE_CHECKING, Any, Self

from urllib3 import Retry

from include.core.models import Page
from include.errors import FetchError, JobhuntError
from include.fetch.guard import AddressGuard
from include.fetch.listings import ListingClient

if TYPE_CHECKING:
    from playwright.async_api import Browser as Chromium
    from playwright.async_api import BrowserContext, Route, WebSocketRoute

_AT_ONCE = 2
"""Pages of one worker; each takes some 100 MB."""
_SETTLES_WITHIN = 5.0
"""Seconds after it has loaded; some pages never stop asking for things."""
_MOST_REQUESTS = 150
"""Of one page, beside itself."""
_NOT_NEEDED = frozenset({"image", "font", "media", "texttrack", "eventsource", "websocket", "ping"})
_OWN_HEADERS = frozenset({"host", "user-agent", "cookie", "content-length", "accept-encoding"})
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_ARGUMENTS = (
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
)
_MISSING = (
    "its pages need a browser (render: true), and there is none: install Playwright"
    " (pip install 'jobhunt-ingestion[browser]') and Chromium (your system's package, or"
    " playwright install chromium; JOBHUNT_CHROMIUM names one elsewhere)"
)


class Browser:
    """An async context manager around one Chromium, which starts with the first page.

    Args:
        deadline: seconds for one page, with all that it loads.
        max_bytes: of a page as drawn, and of each thing it loads; of all of these together, four
            times as many.
        executable: of Chromium; empty for the one on the PATH, or else Playwright's own.
    """

    def __init__(
        self,
        guard: AddressGuard,
        *,
        user_agent: str,
        deadline: float,
        max_bytes: int,
        executable: str = "",
    ) -> None:
        self._guard = guard
        self._user_agent = user_agent
        self._deadline = deadline
        self._max_bytes = max_bytes
        self._executable = executable
        self._stack = AsyncExitStack()
        self._starting = asyncio.Lock()
        self._pages = asyncio.Semaphore(_AT_ONCE)
        self._chromium: Chromium | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Ends the browser, if there is one."""
        self._chromium = None
        await self._stack.aclose()

    async def render(self, page: Page) -> Page:
        """``page``, which was fetched, as a reader sees it once its scripts have run.

        Raises:
            FetchError: ``browser`` when there is none or it fails, ``timeout``, ``too_large``.
        """
        async with self._pages:
            chromium = await self._started()
            context = await chromium.new_context(
                user_agent=self._user_agent, service_workers="block", accept_downloads=False
            )
            try:
                async with asyncio.timeout(self._deadline):
                    return await self._draw(context, page)
            except TimeoutError as error:
                message = f"not drawn within {self._deadline:g} s"
                raise FetchError(message, code="timeout", retryable=True) from error
            finally:
                await context.close()

    async def _draw(self, context: "BrowserContext", page: Page) -> Page:
        from playwright.async_api import Error
        from playwright.async_api import TimeoutError as Unsettled

        answers = _Answers(self, page)
        await context.route("**/*", answers.give)
        await context.route_web_socket("**/*", _refuse)
        tab = await context.new_page()
        try:
            await tab.goto(page.url, wait_until="load", timeout=0)
            with suppress(Unsettled):
                await tab.wait_for_load_state("networkidle", timeout=_SETTLES_WITHIN * 1000)
            drawn = await tab.content()
        except Error as error:
            message = f"the browser could not draw it: {error.message.partition(chr(10))[0]}"
            raise FetchError(message, code="browser") from error
        body = drawn.encode("utf-8", "replace")
        if len(body) > self._max_bytes:
            raise FetchError(f"over {self._max_bytes} bytes once drawn", code="too_large")
        return Page(
            url=tab.url, body=body, content_type="text/html; charset=utf-8", headers=page.headers
        )

    async def _started(self) -> "Chromium":
        async with self._starting:
            if self._chromium is None or not self._chromium.is_connected():
                self._chromium = await self._start()
        return self._chromium

    async def _start(self) -> "Chromium":
        try:
            from playwright.async_api import Error, async_playwright
        except ImportError as error:
            raise FetchError(_MISSING, code="browser") from error
        playwright = await self._stack.enter_async_context(async_playwright())
        executable = self._executable or next(filter(None, map(shutil.which, _NAMES)), None)
        try:
            chromium = await playwright.chromium.launch(
                executable_path=executable,
                args=_ARGUMENTS,
                # Chromium's sandbox refuses to run as root
                chromium_sandbox=os.geteuid() != 0,
            )
        except Error as error:
            first = error.message.partition("\n")[0]
            raise FetchError(f"{_MISSING} ({first})", code="browser") from error
        self._stack.push_async_callback(chromium.close)
        return chromium

    def fetch(self, url: str, method: str, body: Any, headers: Mapping[str, str]) -> Page:
        """One thing that a page asks for; raises as ``ListingClient.send`` does."""
        with ListingClient(
            self._guard,
            user_agent=self._user_agent,
            deadline=self._deadline,
            max_bytes=self._max_bytes,
            retry=Retry(0, raise_on_status=False),
        ) as http:
            return http.send(url, method=method, json=body, headers=headers)

    @property
    def most_bytes(self) -> int:
        return 4 * self._max_bytes


async def _refuse(socket: "WebSocketRoute") -> None:
    await socket.close()


class _Answers:
    """What one page is given of all that it asks for."""

    def __init__(self, browser: Browser, page: Page) -> None:
        self._browser = browser
        self._page: Page | None = page
        self._left = _MOST_REQUESTS
        self._bytes_left = browser.most_bytes

    async def give(self, route: "Route") -> None:
        request = route.request
        if self._page is not None and request.is_navigation_request():
            page, self._page = self._page, None
            await route.fulfill(body=page.body, content_type=page.content_type or "text/html")
            return
        self._left -= 1
        if request.resource_type in _NOT_NEEDED or min(self._left, self._bytes_left) < 0:
            await route.abort()
            return
        try:
            answer = await self._fetch(route)
        except (JobhuntError, ValueError):
            await route.abort()
            return
        self._bytes_left -= len(answer.body)
        origin = request.headers.get("origin", "*")
        await route.fulfill(
            body=answer.body,
            content_type=answer.content_type or "application/octet-stream",
            headers={
                "access-control-allow-origin": origin,
                "access-control-allow-credentials": "true",
            },
        )

    async def _fetch(self, route: "Route") -> Page:
        """Raises ValueError for a body that is no JSON."""
        request = route.request
        headers = {
            name: value
            for name, value in request.headers.items()
            if name not in _OWN_HEADERS and not name.startswith("sec-")
        }
        body = None if request.post_data_buffer is None else request.post_data_json
        return await asyncio.to_thread(
            self._browser.fetch, request.url, request.method, body, headers
        )
