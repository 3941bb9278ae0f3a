"""Tests of the page on the whole stack, in a real browser: from the button to the summary.

They also open the pages in Airflow that ours link to.
"""

import os
import re
import signal
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from include.core.run_state import ENDED_RUNS
from local.home import StackInfo, read_stack
from tests.browser.chromium import Tabs, running_chromium, tabs
from tests.browser.served import need_the_page
from tests.e2e.stack import Stack, api, ingest, own_stack
from tests.local.waiting import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e"), pytest.mark.timeout(600)]
SLOW = {"HOST_RATE": "40"}
"""Requests a second to the sample sites, with which a run takes some ten seconds."""
PATIENCE = 90_000
"""The time limit in milliseconds for what Airflow does."""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with running_chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def stack(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    need_the_page()
    with own_stack(tmp_path_factory.mktemp("browser") / "home", **SLOW) as stack:
        stack.start()
        yield stack


@pytest.fixture
def info(stack: Stack) -> Iterator[StackInfo]:
    """Yield the stack's present state, and abort a run that is still active when the test ends.

    A server that was killed has another pid afterwards.
    """
    info = stack.info()
    yield info
    with api(info) as client:
        (last,) = client.get("/history", params={"limit": 1}).json()["items"]
        if last["status"] not in ENDED_RUNS:
            client.post(f"/runs/{last['run_id']}/abort").raise_for_status()


@pytest.fixture
def window(chromium: Browser) -> Iterator[Tabs]:
    with tabs(chromium, viewport={"width": 1440, "height": 900}) as opened:
        yield opened


def run_at(page: Page) -> int:
    expect(page).to_have_url(re.compile(r"/runs/\d+"))
    found = re.search(r"/runs/(\d+)", page.url)
    assert found
    return int(found[1])


def start(page: Page) -> int:
    page.get_by_role("checkbox", name=re.compile("Read unchanged")).check()
    page.get_by_role("button", name="Start run").click()
    return run_at(page)


def expect_some_done(page: Page) -> None:
    detail = page.get_by_test_id("phase-detail")
    expect(detail).to_have_text(re.compile(r"[1-9]\d* of \d+ postings done"), timeout=PATIENCE)


def expect_summary_as_the_api_has_it(page: Page, info: StackInfo, run_id: int) -> None:
    summary = f"{info.api_url}/runs/{run_id}/summary"
    expect(page).to_have_url(summary, timeout=PATIENCE)
    with api(info) as client:
        counts = client.get(f"/runs/{run_id}").json()["counts"]
    for name in ("added", "skipped", "expired", "failed", "total"):
        expect(page.get_by_test_id(f"count-{name}")).to_have_text(str(counts[name]))


def test_from_the_button_over_a_reload_and_a_second_tab_to_the_summary(
    info: StackInfo, window: Tabs
) -> None:
    page = window.open(info.page_url)
    expect(page.get_by_test_id("company")).to_have_count(8)
    run_id = start(page)
    expect_some_done(page)
    page.reload()
    second = window.open(f"{info.api_url}/runs/{run_id}#token={info.token}")
    for tab in (page, second):
        expect_some_done(tab)
        expect(tab.get_by_test_id("company-card")).to_have_count(8)
    for tab in (page, second):
        expect_summary_as_the_api_has_it(tab, info, run_id)
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("link", name="Open in Airflow")).to_be_visible()


def test_a_run_goes_on_behind_a_killed_api_and_is_shown_again(
    info: StackInfo, stack: Stack, window: Tabs
) -> None:
    page = window.open(info.page_url)
    run_id = start(page)
    expect_some_done(page)
    os.kill(info.pids["api"], signal.SIGKILL)
    badge = page.get_by_test_id("connection")
    lost = re.compile("reconnecting|offline")
    expect(badge).to_have_attribute("data-state", lost, timeout=3_000)
    eventually(
        lambda: (read_stack(stack.home) or info).pids.get("api") != info.pids["api"], within=60
    )
    expect_summary_as_the_api_has_it(page, info, run_id)


def test_an_aborted_run_s_failed_jobs_are_retried(info: StackInfo, window: Tabs) -> None:
    page = window.open(info.page_url)
    aborted = start(page)
    # The abort needs some seconds on a busy machine, so it must not wait for the first results.
    expect(page.get_by_test_id("phase-detail")).to_have_text(
        re.compile(r"\d+ of \d+ postings done"), timeout=PATIENCE
    )
    page.get_by_role("button", name="Abort run").click()
    page.get_by_role("button", name="Abort the run").click()
    expect_summary_as_the_api_has_it(page, info, aborted)
    expect(page.get_by_test_id("failure").first).to_contain_text("aborted")
    page.get_by_role("button", name="Retry failed").click()
    expect(page).not_to_have_url(re.compile(f"/runs/{aborted}/"))
    retried = run_at(page)
    expect_summary_as_the_api_has_it(page, info, retried)
    with api(info) as client:
        reports = [client.get(f"/runs/{run_id}").json() for run_id in (aborted, retried)]
    assert [report["status"] for report in reports] == ["aborted", "finished"]
    failed, tried = (report["counts"] for report in reports)
    assert tried["total"] == failed["failed"] > 0
    assert tried["failed"] == 0


def test_airflow_s_tab_shows_the_run_without_another_sign_in(info: StackInfo, window: Tabs) -> None:
    run_id, _ = ingest(info)
    with api(info) as client:
        run = client.get(f"/runs/{run_id}").json()
    path = f"/jobhunt/dags/ingest_jobs/runs/{run['dag_run_id']}"
    assert httpx.get(info.airflow_url + path, trust_env=False).status_code == 401

    page = window.context.new_page()
    page.goto(info.airflow_url)
    page.locator("input[name=username]").fill(info.airflow_user)
    page.locator("input[name=password]").fill(info.airflow_password)
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Dags").first).to_be_visible(timeout=PATIENCE)
    page.goto(f"{info.airflow_url}/dags/ingest_jobs/runs/{run['dag_run_id']}")
    page.get_by_role("link", name="Progress").click(timeout=PATIENCE)
    tab = page.frame_locator("iframe[title=Progress]")
    expect(tab.get_by_role("heading", level=1)).to_have_text(f"Run {run['run_id']}")
    expect(tab.get_by_test_id("count-total")).to_have_text(str(run["counts"]["total"]))
    expect(tab.get_by_role("navigation", name="Main")).to_have_count(0)
