"""Tests of saving a search, and of finding its new postings on the first page."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine, text

from tests.api.test_postings import extract
from tests.api.world import World
from tests.browser.chromium import Tabs
from tests.browser.served import Served
from tests.browser.test_companies import press, read, tab_to

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("browser")]


def assert_listed(page: Page, *titles: str) -> None:
    expect(page.get_by_test_id("job")).to_have_count(len(titles))
    for title in titles:
        expect(page.get_by_role("link", name=title, exact=True)).to_be_visible()


def test_the_keyboard_saves_a_search_and_finds_renames_and_deletes_it(
    served: Served, world: World, window: Tabs
) -> None:
    world.follow("ada")
    read(world, "cook 1", "porter 1")
    page = window.open(served.page("/jobs?new=true"))
    tab_to(page, page.get_by_role("searchbox", name="Search"))
    page.keyboard.type("cook")
    assert_listed(page, "Title of cook 1")
    press(page, page.get_by_role("button", name="Save this search"))
    name = page.get_by_label("Name", exact=True)
    expect(name).to_be_focused()
    expect(name).to_have_value("cook")
    name.fill("Cooks")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Saved as “Cooks”")).to_be_visible()
    (saved,) = served.ask("/searches")["items"]
    assert (saved["name"], saved["query"]) == ("Cooks", "q=cook")

    press(page, page.get_by_role("link", name="New", exact=True).first)
    row = page.get_by_test_id("saved-search")
    expect(row).to_contain_text("1 new1 in all")
    press(page, page.get_by_role("button", name="Mark all as seen"))
    expect(row).not_to_contain_text("new")
    read(world, "cook 1", "cook 2", "porter 1", "porter 2")
    page.reload()
    press(page, row.get_by_role("link", name="1 new"))
    expect(page).to_have_url(re.compile(r"/jobs\?q=cook&new=true$"))
    assert_listed(page, "Title of cook 2")
    page.go_back()
    press(page, row.get_by_role("link", name="2 in all"))
    assert_listed(page, "Title of cook 1", "Title of cook 2")
    page.go_back()

    press(page, page.get_by_role("button", name="Rename Cooks"))
    page.get_by_label("Name", exact=True).fill("Chefs")
    page.keyboard.press("Enter")
    expect(row).to_contain_text("Chefs")
    expect(page.get_by_role("dialog")).to_have_count(0)
    press(page, page.get_by_role("button", name="Delete Chefs"))
    press(page, page.get_by_role("button", name="Delete the search"))
    expect(row).to_have_count(0)
    assert served.ask("/searches")["items"] == []


def test_a_name_that_is_taken_is_refused_in_words(
    served: Served, world: World, window: Tabs
) -> None:
    world.follow("ada")
    page = window.open(served.page("/jobs?q=cook"))
    for name, shown in (("Cooks", "Saved as “Cooks”"), ("Cooks", "a search named Cooks is saved")):
        page.get_by_role("button", name="Save this search").click()
        page.get_by_label("Name", exact=True).fill(name)
        page.keyboard.press("Enter")
        expect(page.get_by_text(shown)).to_be_visible()


def test_the_list_searches_for_all_that_its_address_says(
    served: Served, world: World, window: Tabs
) -> None:
    world.follow("ada")
    read(world, "cook", "porter")
    page = window.open(served.page("/jobs?country=DE&country=FR"))
    expect(page.get_by_text("No matching jobs")).to_be_visible()
    page.get_by_role("button", name="Remove country: DE, FR").click()
    assert_listed(page, "Title of cook", "Title of porter")
    page.goto(f"{served.url}/jobs?flavour=sweet")
    expect(page.get_by_role("alert")).to_contain_text("flavour")


def test_each_filter_of_the_form_changes_the_address_and_the_list(
    served: Served, world: World, engine: Engine, window: Tabs
) -> None:
    world.follow("ada")
    read(world, "cook", "porter", "baker")
    day = timedelta(days=1)
    extract(engine, "cook", language="de", valid_through=(datetime.now(UTC) + day).isoformat())
    extract(engine, "porter", language="en", valid_through=(datetime.now(UTC) - day).isoformat())
    with engine.begin() as connection:
        earlier_sighting = """
            UPDATE postings SET first_seen_at = now() - interval '3 days'
            FROM jobs WHERE jobs.job_id = postings.job_id AND external_id = 'baker'
        """
        connection.execute(text(earlier_sighting))
    page = window.open(served.page("/jobs"))
    assert_listed(page, "Title of cook", "Title of porter", "Title of baker")
    for label, option, parameter, titles in (
        ("Language", "German", "language=de", ["Title of cook"]),
        ("Deadline", "Passed", "deadline_passed=true", ["Title of porter"]),
        ("First seen within", "A day", "seen_since=1d", ["Title of cook", "Title of porter"]),
    ):
        field = page.get_by_role("combobox", name=label, exact=True)
        field.select_option(option)
        expect(page).to_have_url(f"{served.url}/jobs?{parameter}")
        assert_listed(page, *titles)
        field.select_option("Any")
