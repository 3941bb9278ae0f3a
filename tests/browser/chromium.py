"""Run a real Chromium. Its tabs record each error that a page reports."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Page,
    expect,
    sync_playwright,
)

from tests.programs import need_program

_OPTIONS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    # Chromium slows down tabs in the background unless it has these three options.
    *("--disable-background-timer-throttling", "--disable-renderer-backgrounding"),
    "--disable-backgrounding-occluded-windows",
)
_TIMEOUT_MS = 30_000
"""The maximum time, in milliseconds, that a test waits for the page.

It is long for slow machines.
"""
_LOST = "Failed to load resource"
"""The message of Chromium about an error response or a failed request.

It is not counted as a fault of the page.
"""


@contextmanager
def running_chromium() -> Iterator[Browser]:
    """Yield a running Chromium. If none is installed, skip the test."""
    path = need_program("chromium")
    expect.set_options(timeout=_TIMEOUT_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_OPTIONS)
        yield browser
        browser.close()


@dataclass
class Tabs:
    """The tabs of one browser context.

    ``faults`` are the dialogs, the exceptions, and the browser's errors and warnings, among them
    violations of the content security policy.
    """

    context: BrowserContext
    faults: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    """The requested URLs, in order."""

    def open(self, address: str) -> Page:
        page = self.context.new_page()
        page.on("dialog", self._note_dialog)
        page.on("console", self._note_message)
        page.on("pageerror", lambda error: self.faults.append(f"exception: {error}"))
        page.on("request", lambda request: self.requests.append(request.url))
        page.goto(address)
        return page

    def _note_dialog(self, dialog: Dialog) -> None:
        self.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _note_message(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and _LOST not in message.text:
            self.faults.append(f"{message.type}: {message.text}")


@contextmanager
def tabs(browser: Browser, **options: Any) -> Iterator[Tabs]:
    """Yield tabs in a new browser context. Fail the test if a page has faults.

    The context has no stored data.

    Args:
        options: options of Playwright's ``new_context``.
    """
    context = browser.new_context(**options)
    context.set_default_timeout(_TIMEOUT_MS)
    opened = Tabs(context)
    try:
        yield opened
    finally:
        context.close()
    assert opened.faults == [], opened.faults
