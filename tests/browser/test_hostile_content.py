"""Tests that the page shows everything that career sites send as plain text.

``Tabs`` fails a test if a dialog opens or the content security policy is violated.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine

from tests.browser.chromium import Tabs
from tests.browser.hostile import ADDRESSES, MARKS, PAYLOADS
from tests.browser.served import Served
from tests.browser.stocked import Stocked, stock

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("browser")]
_MADE_BY_MARKUP = (
    "iframe, object, embed, base, main style, main script, main meta, img[src='x'],"
    " [onerror], [onload], [onmouseover], [srcdoc]"
)
_LINKS = """links => links.map(link => [link.protocol, link.target, link.rel])"""


@pytest.fixture
def stocked(engine: Engine) -> Iterator[Stocked]:
    return stock(engine, PAYLOADS, ADDRESSES, PAYLOADS[:5])


def expect_harmless(page: Page) -> None:
    expect(page.locator(_MADE_BY_MARKUP)).to_have_count(0)
    for protocol, target, rel in page.locator("a[href]").evaluate_all(_LINKS):
        assert protocol in {"http:", "https:"}
        assert target != "_blank" or "noopener" in rel


def test_every_page_shows_hostile_words_and_obeys_none(
    served: Served, stocked: Stocked, window: Tabs
) -> None:
    for name, path in stocked.pages.items():
        page = window.open(served.page(path))
        expect(page.get_by_role("main"), name).to_contain_text(MARKS)
        page.locator("details").evaluate_all("all => all.forEach(each => (each.open = true))")
        page.wait_for_load_state("networkidle" if name != "progress" else "load")
        expect_harmless(page)
        assert page.url == served.url + path
        page.close()
    strangers = {each for each in window.requests if not each.startswith(served.url)}
    assert strangers == set()


def test_a_posting_s_title_is_shown_to_the_letter(
    served: Served, stocked: Stocked, window: Tabs
) -> None:
    page = window.open(served.page("/history"))
    for payload, job_id in zip(PAYLOADS, stocked.job_ids, strict=True):
        page.goto(f"{served.url}/jobs/{job_id}")
        heading = page.get_by_role("heading", level=1)
        expect(heading).to_contain_text(MARKS)
        assert heading.evaluate("element => element.textContent") == payload
        expect_harmless(page)
