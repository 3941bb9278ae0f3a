"""Tests of every page with axe, and tests of the keyboard.

The pages are tested in light and dark colours, and on wide and narrow screens. In dark colours,
only the rules about colours are tested, because no other rule depends on them.
"""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine

from tests.api.world import World
from tests.browser.chromium import Tabs, tabs
from tests.browser.served import PROJECT, Served
from tests.browser.stocked import Stocked, stock

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("browser")]
AXE = PROJECT / "web" / "node_modules" / "axe-core" / "axe.min.js"
TEXTS = ("Warehouse Lead", "Data Engineer", "Ceramicist (m/f/d)", "Night Porter", "Beekeeper")
COMPANIES = ("heronworks", "quillfern", "tallowbridge")
EXPECTED_TEXTS = {
    "new": "can’t be used any more",
    "companies": "tallowbridge",
    "run jobs": "Data Engineer",
    "progress": "postings done",
    "summary": "Data Engineer",
    "history": "missed deadline",
    "jobs": "Beekeeper",
    "tracked": "Warehouse Lead",
    "posting": "Warehouse Lead!",
    "failed posting": "The last try failed",
}
"""A text that each page shows once it is complete, by the page's name."""
EMPTY = {
    "/": "Three steps",
    "/companies": "You follow no company yet",
    "/jobs": "No matching jobs",
    "/tracked": "0 postings",
    "/history": "No run yet",
    "/runs/999": "There is no such run",
    "/runs/999/summary": "can’t be shown",
    "/jobs/999": "can’t be shown",
    "/nowhere": "Page not found",
}
"""A text that each path shows to a user who has no companies, no runs and no postings."""
_COLOUR_RULES = ("color-contrast", "link-in-text-block")
"""The enabled rules of axe that depend on colours."""
WIDTHS = (320, 1440)
"""The widths in pixels at which each page is tested: a small phone and a desktop screen."""


@pytest.fixture
def stocked(engine: Engine) -> Stocked:
    return stock(engine, TEXTS, ("https://example.test/job",), COMPANIES)


both_themes = pytest.mark.parametrize("scheme", ["light", "dark"])
Scheme = Literal["light", "dark"]


@contextmanager
def themed(chromium: Browser, scheme: Scheme) -> Generator[Tabs]:
    # Motion is reduced, because elements that fade in have too little contrast at first.
    with tabs(chromium, color_scheme=scheme, reduced_motion="reduce") as window:
        yield window


def faults(page: Page, scheme: Scheme) -> dict[int, list[Any]]:
    """Return the violations that axe finds on the page, by the width of the screen.

    A page that is wider than the screen counts as a violation, too.
    """
    page.evaluate(AXE.read_text())
    options: dict[str, Any] = {"resultTypes": ["violations"]}
    if scheme == "dark":
        options["runOnly"] = {"type": "rule", "values": _COLOUR_RULES}
    found: dict[int, list[Any]] = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        result = page.evaluate("options => axe.run(document, options)", options)
        wrong: list[Any] = [
            {"rule": each["id"], "at": [node["html"][:200] for node in each["nodes"]]}
            for each in result["violations"]
        ]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wrong.append("too wide")
        if wrong:
            found[width] = wrong
    return found


@both_themes
def test_axe_finds_nothing_wrong_on_any_page(
    chromium: Browser, served: Served, stocked: Stocked, scheme: Scheme
) -> None:
    with themed(chromium, scheme) as window:
        page = window.open(f"{served.url}/")
        expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
        found = {"sign in": faults(page, scheme)}
        for name, path in stocked.pages.items():
            page = window.open(served.page(path))
            expect(page.get_by_role("main")).to_contain_text(EXPECTED_TEXTS[name])
            found[name] = faults(page, scheme)
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


@both_themes
def test_axe_finds_nothing_wrong_on_pages_with_nothing_to_show(
    chromium: Browser, served: Served, scheme: Scheme
) -> None:
    with themed(chromium, scheme) as window:
        found = dict[str, Any]()
        for path, words in EMPTY.items():
            page = window.open(served.page(path, user="eve"))
            expect(page.get_by_role("main")).to_contain_text(words)
            found[path] = faults(page, scheme)
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


@both_themes
def test_axe_finds_nothing_wrong_with_dialogs(
    chromium: Browser, served: Served, stocked: Stocked, scheme: Scheme
) -> None:
    with themed(chromium, scheme) as window:
        found = dict[str, Any]()
        for path, button in (
            ("/companies", "Edit heronworks"),
            ("/companies", "Remove heronworks"),
            (f"/runs/{stocked.live_run}", "Abort run"),
            ("/jobs", "Save this search"),
            ("/", "Rename Everything"),
            ("/", "Delete Everything"),
        ):
            page = window.open(served.page(path))
            page.get_by_role("button", name=button).click()
            expect(page.get_by_role("dialog")).to_be_visible()
            found[button] = faults(page, scheme)
    assert {button: wrong for button, wrong in found.items() if wrong} == {}


@both_themes
def test_axe_finds_nothing_wrong_where_earlier_checks_are_told_of(
    chromium: Browser, served: Served, world: World, scheme: Scheme
) -> None:
    checked = world.ingesting_run("ada", "cook")
    world.flush(checked, {"cook": "ready"})
    world.end(checked)
    adopting = world.run("bob", max_age=timedelta(minutes=10))
    world.follow("bob", "not-checked-yet")
    with themed(chromium, scheme) as window:
        page = window.open(served.page("/companies", user="bob"))
        expect(page.get_by_test_id("last-checked")).to_have_count(2)
        assert faults(page, scheme) == {}
        page.goto(f"{served.url}/runs/{adopting}/summary")
        expect(page.get_by_role("button", name="Check now")).to_be_visible()
        assert faults(page, scheme) == {}


def test_a_run_is_aborted_with_the_keyboard_alone(
    served: Served, stocked: Stocked, window: Tabs
) -> None:
    page = window.open(served.page(f"/runs/{stocked.live_run}"))
    abort = page.get_by_role("button", name="Abort run")
    expect(abort).to_be_visible()
    for _ in range(15):
        page.keyboard.press("Tab")
        if abort.evaluate("element => element === document.activeElement"):
            break
    expect(abort).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(abort).to_be_focused()
    for key in ("Enter", "Escape", "Enter"):  # no pause between the keys, to show that none is lost
        page.keyboard.press(key)
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{served.url}/runs/{stocked.live_run}/summary")
    assert served.ask(f"/runs/{stocked.live_run}")["status"] == "aborted"
