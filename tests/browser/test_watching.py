"""Tests of watching a run in a browser. The test does the work of the run's workers."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from include.core.runs.run_state import RunStatus
from tests.api.conftest import make_token
from tests.api.world import World
from tests.browser.chromium import Tabs
from tests.browser.served import Served
from tests.documented import example
from tests.made_up_runs import MadeUpRuns

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("browser")]
IDS = [f"job-{number}" for number in range(40)]


def ingesting(world: World) -> int:
    run_id = world.ingesting_run("ada", *IDS)
    world.flush(run_id, dict.fromkeys(IDS[:10], "ready"))
    return run_id


def finish(world: World, run_id: int) -> None:
    world.flush(run_id, dict.fromkeys(IDS, "ready"))
    world.end(run_id)


def expect_done(page: Page, done: int) -> None:
    expect(page.get_by_test_id("phase-detail")).to_have_text(f"{done} of 40 postings done")


def expect_connection(page: Page, state: str, *, within: float = 20) -> None:
    badge = page.get_by_test_id("connection")
    expect(badge).to_have_attribute("data-state", re.compile(state), timeout=within * 1000)


def expect_summary(page: Page, served: Served, run_id: int) -> None:
    """Expect the summary page to show the numbers that the API returns."""
    expect(page).to_have_url(f"{served.url}/runs/{run_id}/summary")
    run = served.ask(f"/runs/{run_id}")
    counts = run["counts"]
    # The page counts aborted postings as not reached instead of failed.
    counts["failed"] -= run["failures"].get("aborted", 0)
    for name in ("added", "skipped", "expired", "failed", "total"):
        expect(page.get_by_test_id(f"count-{name}")).to_have_text(str(counts[name]))


def test_the_token_leaves_the_address_and_a_reload_shows_the_same(
    served: Served, world: World, window: Tabs
) -> None:
    run_id = ingesting(world)
    page = window.open(served.page(f"/runs/{run_id}"))
    expect_done(page, 10)
    assert page.url == f"{served.url}/runs/{run_id}"
    world.flush(run_id, dict.fromkeys(IDS[10:20], "failed"))
    expect_done(page, 20)
    page.reload()
    expect_done(page, 20)
    expect_connection(page, "live")
    expect(page.get_by_test_id("jobs-shown")).to_have_text("40 postings")
    finish(world, run_id)
    expect_summary(page, served, run_id)
    assert not any("token" in address for address in window.requests)


def test_a_row_takes_the_title_of_its_page_and_leads_to_the_posting(
    served: Served, world: World, window: Tabs
) -> None:
    run_id = ingesting(world)
    page = window.open(served.page(f"/runs/{run_id}"))
    expect_done(page, 10)
    page.get_by_label("Find postings").fill("job-20")
    row = page.get_by_test_id("job-row")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("Title of job-20")
    world.flush(run_id, {"job-20": "ready"}, titles={"job-20": "Head baker"})
    expect(row.get_by_role("link")).to_have_text("Head baker")
    expect(row).to_contain_text("Ready")
    row.get_by_role("link").click()
    expect(page).to_have_url(re.compile(r"/jobs/\d+$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Head baker")
    page.go_back()
    expect_done(page, 11)


def test_two_tabs_and_one_that_comes_late_see_the_same(
    served: Served, world: World, window: Tabs
) -> None:
    run_id = ingesting(world)
    first = window.open(served.page(f"/runs/{run_id}"))
    second = window.open(served.page(f"/runs/{run_id}"))
    for page in (first, second):
        expect_done(page, 10)
    first.close()
    world.flush(run_id, dict.fromkeys(IDS[10:30], "ready"))
    third = window.open(served.page(f"/runs/{run_id}"))
    for page in (second, third):
        expect_done(page, 30)
    finish(world, run_id)
    for page in (second, third):
        expect_summary(page, served, run_id)


def test_a_killed_api_is_told_of_within_three_seconds_and_found_again(
    served: Served, world: World, window: Tabs
) -> None:
    run_id = ingesting(world)
    page = window.open(served.page(f"/runs/{run_id}"))
    expect_done(page, 10)
    served.kill()
    expect_connection(page, "reconnecting|offline", within=3)
    expect(page.get_by_role("timer")).to_have_attribute("data-ticking", "false")
    expect_connection(page, "offline")
    world.flush(run_id, dict.fromkeys(IDS[10:25], "ready"))
    served.start()
    expect_connection(page, "live")
    expect_done(page, 25)
    finish(world, run_id)
    expect_summary(page, served, run_id)


def wait_until(page: Page, condition: str) -> None:
    """Wait until a JavaScript condition is true.

    Playwright's ``wait_for_function`` cannot be used, because it needs ``eval``, which the page's
    security policy forbids.
    """
    page.evaluate(
        f"""async () => {{
            while (!({condition})) await new Promise((done) => setTimeout(done, 20));
        }}"""
    )


def test_the_documented_browser_client_reconnects_by_itself_and_stops_at_the_end(
    served: Served, world: World, window: Tabs
) -> None:
    run_id = ingesting(world)
    page = window.open(served.page("/history"))
    page.evaluate(
        f"""([runId, token]) => {{
            {example("js")}
            window.shown = {{}};
            const show = (jobs) => {{ window.shown = Object.fromEntries(jobs); }};
            window.ended = follow("/api/ingestion", token, runId, show);
        }}""",
        [run_id, make_token()],
    )
    wait_until(page, "window.shown['acme job-0']?.status === 'ready'")
    served.kill()
    world.flush(run_id, {"job-20": "ready"}, titles={"job-20": "Head baker"})
    served.start()
    wait_until(page, "window.shown['acme job-20']?.title === 'Head baker'")
    finish(world, run_id)
    assert page.evaluate("window.ended") == "finished"


def test_abort_asks_first_and_then_ends_the_run(served: Served, world: World, window: Tabs) -> None:
    run_id = ingesting(world)
    page = window.open(served.page(f"/runs/{run_id}"))
    page.get_by_role("button", name="Abort run").click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert served.ask(f"/runs/{run_id}")["status"] == "ingesting"
    page.get_by_role("button", name="Abort run").click()
    page.get_by_role("button", name="Abort the run").click()
    expect_summary(page, served, run_id)
    expect(page.get_by_test_id("count-failed")).to_have_text("0")
    unread = page.get_by_test_id("count-unread")
    expect(unread).to_have_text("30")
    assert served.ask(f"/runs/{run_id}")["status"] == "aborted"
    unread.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        f"Not reached postings of run {run_id}"
    )
    expect(page.get_by_test_id("run-job")).to_have_count(30)


def test_failed_jobs_are_shown_with_their_reason_and_tried_again(
    served: Served, world: World, window: Tabs
) -> None:
    run_id = MadeUpRuns(engine=world.engine).ingesting(jobs=2).sweep_id
    world.end(run_id, RunStatus.ERROR)
    page = window.open(served.page(f"/runs/{run_id}/summary"))
    expect(page.get_by_test_id("failure")).to_have_count(2)
    expect(page.get_by_test_id("failure").first).to_contain_text("stale")
    page.get_by_role("button", name="Retry failed").click()
    expect(page).not_to_have_url(f"{served.url}/runs/{run_id}/summary")
    assert served.ask("/history")["items"][0]["run_id"] == run_id + 1
    expect(page).to_have_url(f"{served.url}/runs/{run_id + 1}")


def test_a_run_that_uses_a_check_of_somebody_else_shows_its_summary_and_offers_to_check_now(
    served: Served, world: World, window: Tabs
) -> None:
    finish(world, ingesting(world))
    world.follow("bob")
    page = window.open(served.page("/companies", user="bob"))
    company = page.get_by_test_id("last-checked")
    expect(company).to_have_text("checked just now")
    assert company.get_by_role("time").get_attribute("title")
    page.get_by_role("button", name="Start run").click()
    expect(page).to_have_url(re.compile(r"/runs/\d+/summary"), timeout=3_000)
    expect(page.get_by_test_id("count-added")).to_have_text("40")
    expect(page.get_by_test_id("check-now")).to_contain_text("checked shortly before")
    adopting = served.ask("/history", user="bob")["items"][0]
    assert adopting["companies"][0]["adopted"] is True

    page.get_by_role("button", name="Check now").click()
    expect(page).to_have_url(f"{served.url}/runs/{adopting['run_id'] + 1}")
    expect(page.get_by_test_id("phase")).to_have_text("Waiting to begin")
    (checking, _) = served.ask("/history", user="bob")["items"]
    assert (checking["status"], checking["companies"][0]["adopted"]) == ("pending", False)


def test_a_run_that_awaits_the_check_of_somebody_else_shows_it_as_it_goes_on(
    served: Served, world: World, window: Tabs
) -> None:
    checking = world.run("ada")
    awaiting = world.run("bob", max_age=timedelta(minutes=10))
    page = window.open(served.page(f"/runs/{awaiting}", user="bob"))
    card = page.get_by_test_id("company-card")
    expect(card).to_contain_text("Not listed yet")
    world.initialize(checking)
    expect(card).to_contain_text("Listing…")
    world.list_jobs(checking, *IDS)
    world.ingest(checking)
    expect(card).to_contain_text("Complete")
    world.flush(checking, dict.fromkeys(IDS[:10], "ready"))
    expect_done(page, 10)
    expect(card).not_to_contain_text("checked")
    finish(world, checking)
    expect(page).to_have_url(f"{served.url}/runs/{awaiting}/summary")
    expect(page.get_by_test_id("count-added")).to_have_text("40")
    expect(page.get_by_test_id("check-now")).to_have_count(0)


def test_in_the_minute_after_the_end_nothing_is_asked_for_but_the_late_log(
    served: Served, world: World, window: Tabs
) -> None:
    run_id = ingesting(world)
    window.context.clock.install()
    page = window.open(served.page(f"/runs/{run_id}"))
    expect_done(page, 10)
    finish(world, run_id)
    expect_summary(page, served, run_id)
    page.wait_for_load_state("networkidle")
    before = len(window.requests)
    for _ in range(12):
        page.clock.run_for(5_000)
        page.wait_for_timeout(50)  # real time must pass, so that a wrong request could be sent
    late = window.requests[before:]
    assert [address for address in late if not address.endswith("/logs?limit=500")] == []


def test_a_token_for_one_run_shows_that_run_and_offers_nothing_else(
    served: Served, world: World, window: Tabs
) -> None:
    run_id = ingesting(world)
    page = window.open(served.page(f"/runs/{run_id}", only_run=run_id))
    expect_done(page, 10)
    expect(page.get_by_role("navigation", name="Main")).to_have_count(0)
    expect(page.get_by_role("button", name="Abort run")).to_have_count(0)
    finish(world, run_id)
    expect_summary(page, served, run_id)
    refused = [address for address in window.requests if "/companies" in address]
    assert refused == []
