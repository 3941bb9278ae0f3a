"""A real Chromium, and tabs that note whatever a page must never do."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Page,
    sync_playwright,
)

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_OPTIONS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    # a tab in the background goes on as one that is looked at
    *("--disable-background-timer-throttling", "--disable-renderer-backgrounding"),
    "--disable-backgrounding-occluded-windows",
)
_LOST = "Failed to load resource"
"""What Chromium says of an answer that is an error or does not come: no fault of the page's."""


@contextmanager
def running_chromium() -> Iterator[Browser]:
    """Skips the test where there is none."""
    path = next(filter(None, map(shutil.which, _NAMES)), None)
    if path is None:
        pytest.skip("there is no Chromium: as root, apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_OPTIONS)
        yield browser
        browser.close()


@dataclass
class Tabs:
    """Tabs of one window; ``faults`` are dialogs, exceptions, and complaints of the browser's,
    among them those about the content security policy."""

    context: BrowserContext
    faults: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    """Addresses, in the order they were asked for."""

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
    """A window of its own, which remembers nothing. Fails the test when a page did what it must
    not.

    Args:
        options: of Playwright's ``new_context``.
    """
    context = browser.new_context(**options)
    context.set_default_timeout(20_000)
    opened = Tabs(context)
    try:
        yield opened
    finally:
        context.close()
    assert opened.faults == [], opened.faults
