"""Rendering the pages of boards whose config says ``render: true`` in a browser."""

import asyncio
from collections.abc import Callable, Generator
from contextlib import contextmanager

from include.core.models import Company, Page
from include.errors import FetchError
from include.failure_codes import FailureCode
from include.fetch.render import Browser
from include.sources.base import Request

_WEB_PAGES = ("text/html", "application/xhtml+xml")
_NO_BROWSER = "the page needs a browser (render: true), which this process does not start"


async def rendered(browser: Browser | None, page: Page) -> Page:
    """Return ``page`` as ``browser`` renders it. A page that is not HTML is returned unchanged.

    Raises:
        FetchError: the page could not be rendered, or there is no browser.
    """
    if not (page.content_type or _WEB_PAGES[0]).lower().startswith(_WEB_PAGES):
        return page
    if browser is None:
        raise FetchError(_NO_BROWSER, code=FailureCode.BROWSER)
    return await browser.render(page)


@contextmanager
def sending_rendered(
    company: Company, send: Callable[[Request], Page], start: Callable[[], Browser]
) -> Generator[Callable[[Request], Page]]:
    """Yield a function like ``send`` that also renders web pages if the company's config says so.

    ``start`` makes the browser, which is used for the whole listing, in the calling thread only.
    """
    if not company.config.get("render"):
        yield send
        return
    browser = start()
    with asyncio.Runner() as runner:

        def send_and_render(request: Request) -> Page:
            page = send(request)
            return runner.run(rendered(browser, page)) if request.method == "GET" else page

        try:
            yield send_and_render
        finally:
            runner.run(browser.aclose())
