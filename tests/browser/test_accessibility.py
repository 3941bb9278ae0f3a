"""Tests of every page with axe, and tests of the keyboard.

Each opened page is tested in light and then in dark colours, and on wide and narrow screens. In
dark colours, only the rules about colours are tested, because no other rule depends on them.
"""

from collections.abc import Iterator
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
OPTIONS: dict[Literal["light", "dark"], dict[str, Any]] = {
    "light": {"resultTypes": ["violations"]},
    "dark": {
        "resultTypes": ["violations"],
        "runOnly": {"type": "rule", "values": _COLOUR_RULES},
    },
}
"""The options of axe, by the colours of the page."""
WIDTHS = (320, 1440)
"""The widths in pixels at which each page is tested: a small phone and a desktop screen."""


@pytest.fixture
def stocked(engine: Engine) -> Stocked:
    return stock(engine, TEXTS, ("https://example.test/job",), COMPANIES)


@pytest.fixture
def still(chromium: Browser) -> Iterator[Tabs]:
    """Yield tabs with reduced motion, because what fades in has too little contrast at first."""
    with tabs(chromium, reduced_motion="reduce") as opened:
        yield opened


def faults(page: Page) -> dict[str, list[Any]]:
    """Return the violations that axe finds on the page, by colours and width of the screen.

    A page that is wider than the screen counts as a violation, too.
    """
    page.evaluate(AXE.read_text())
    found: dict[str, list[Any]] = {}
    for scheme, options in OPTIONS.items():
        page.emulate_media(color_scheme=scheme)
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
                found[f"{scheme}, {width} pixels"] = wrong
    return found


def test_axe_finds_nothing_wrong_on_any_page(served: Served, stocked: Stocked, still: Tabs) -> None:
    page = still.open(f"{served.url}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    found = {"sign in": faults(page)}
    for name, path in stocked.pages.items():
        page = still.open(served.page(path))
        expect(page.get_by_role("main")).to_contain_text(EXPECTED_TEXTS[name])
        found[name] = faults(page)
        page.close()
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_axe_finds_nothing_wrong_on_pages_with_nothing_to_show(served: Served, still: Tabs) -> None:
    found = dict[str, Any]()
    for path, words in EMPTY.items():
        page = still.open(served.page(path, user="eve"))
        expect(page.get_by_role("main")).to_contain_text(words)
        found[path] = faults(page)
        page.close()
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


def test_axe_finds_nothing_wrong_with_dialogs(
    served: Served, stocked: Stocked, still: Tabs
) -> None:
    found = dict[str, Any]()
    for path, button in (
        ("/companies", "Edit heronworks"),
        ("/companies", "Remove heronworks"),
        (f"/runs/{stocked.live_run}", "Abort run"),
        ("/jobs", "Save this search"),
        ("/", "Rename Everything"),
        ("/", "Delete Everything"),
    ):
        page = still.open(served.page(path))
        page.get_by_role("button", name=button).click()
        expect(page.get_by_role("dialog")).to_be_visible()
        found[button] = faults(page)
        page.close()
    assert {button: wrong for button, wrong in found.items() if wrong} == {}


def test_axe_finds_nothing_wrong_where_earlier_checks_are_told_of(
    served: Served, world: World, still: Tabs
) -> None:
    checked = world.ingesting_run("ada", "cook")
    world.flush(checked, {"cook": "ready"})
    world.end(checked)
    adopting = world.run("bob", max_age=timedelta(minutes=10))
    world.follow("bob", "not-checked-yet")
    page = still.open(served.page("/companies", user="bob"))
    expect(page.get_by_test_id("last-checked")).to_have_count(2)
    assert faults(page) == {}
    page.goto(f"{served.url}/runs/{adopting}/summary")
    expect(page.get_by_role("button", name="Check now")).to_be_visible()
    assert faults(page) == {}


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
