"""Take the README's pictures of the running stack.

Run ``make screenshots`` while ``make up`` runs.
"""

import re
import sys
from pathlib import Path

from playwright.sync_api import expect

from include.settings import get_settings
from local.home import read_stack
from tests.browser.chromium import running_chromium, tabs
from tests.browser.served import PROJECT

IMAGES = PROJECT / "docs" / "images"
SIZE = {"width": 1120, "height": 800}
MINUTE = 60_000.0
"""The milliseconds in a minute, because Playwright counts in milliseconds."""


def take(page_url: str, into: Path) -> None:
    """Take pictures of a run in progress and of its summary."""
    into.mkdir(parents=True, exist_ok=True)
    with running_chromium() as browser, tabs(browser, viewport=SIZE) as window:
        page = window.open(page_url.replace("/#", "/companies#"))
        page.get_by_role("checkbox", name=re.compile("Re-read everything")).check()
        page.get_by_role("button", name="Start run").click()
        detail = page.get_by_test_id("phase-detail")
        some = re.compile(r"[1-9]\d+ of \d+ postings done")
        expect(detail).to_have_text(some, timeout=2 * MINUTE)
        page.screenshot(path=into / "progress.png")
        expect(page).to_have_url(re.compile("summary"), timeout=2 * MINUTE)
        expect(page.get_by_text("postings a second")).to_be_visible()
        expect(page.get_by_text("…", exact=True)).to_have_count(0)
        page.screenshot(path=into / "summary.png")


if __name__ == "__main__":
    stack = read_stack(get_settings().home)
    if stack is None:
        sys.exit("no stack is running: make up, in another terminal")
    take(stack.page_url, IMAGES)
