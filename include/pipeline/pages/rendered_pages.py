"""Rendering the pages of boards whose config says ``render: true`` in a browser."""

from include.core.models import Page
from include.errors import FetchError
from include.failure_codes import FailureCode
from include.fetch.render import Browser

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
