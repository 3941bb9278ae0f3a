"""Tests of the whole system as a user has it, which is ``jobhunt up`` with the real Airflow.

They send requests to the API, and use the page in a real browser. All tests share one stack,
because a stack takes half a minute to start.
"""

import json
import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import psutil
import pytest
from playwright.sync_api import Browser, Page, expect

from include.core.runs.progress import WatchedRun
from include.core.runs.run_state import ENDED_RUNS, RunStatus
from local.career_sites import changes
from local.home import StackInfo, read_stack
from tests.browser.chromium import Tabs, running_chromium, tabs
from tests.browser.served import need_the_page
from tests.e2e.stack import (
    Stack,
    airflow,
    api,
    assert_stream_told_the_truth,
    ingest,
    own_stack,
    raw_page_keys,
    rows,
)
from tests.local.waiting import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e"), pytest.mark.timeout(1200)]
SEED = 7
TIMEOUT_MS = 90_000
"""The maximum time, in milliseconds, that a browser waits for a result of Airflow's work."""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    settings = {
        # Every run reads every page, because pages of the sample sites may change although their
        # rows in the listing do not.
        "REREAD_AFTER": "0",
        # The rate makes a run take about ten seconds, which leaves time to watch and to abort it.
        "HOST_RATE": "40",
    }
    with own_stack(tmp_path_factory.mktemp("stack") / "home", **settings) as stack:
        stack.start()
        yield stack


@pytest.fixture
def info(stack: Stack) -> Iterator[StackInfo]:
    """Yield the current state of the stack. If the test leaves a run active, abort that run."""
    yield stack.info()
    with api(stack.info()) as client:
        for last in client.get("/history", params={"limit": 1}).json()["items"]:
            if last["status"] not in ENDED_RUNS:
                client.post(f"/runs/{last['run_id']}/abort").raise_for_status()


@pytest.fixture(scope="module")
def first_run(stack: Stack) -> tuple[int, WatchedRun]:
    return ingest(stack.info())


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with running_chromium() as browser:
        yield browser


@pytest.fixture
def window(chromium: Browser) -> Iterator[Tabs]:
    need_the_page()
    with tabs(chromium, viewport={"width": 1440, "height": 900}) as opened:
        yield opened


def outcomes(watched: WatchedRun, status: str) -> set[tuple[str, str]]:
    return {
        (company, external_id)
        for company, jobs in watched.jobs.items()
        for external_id, job in jobs.items()
        if job.status == status
    }


def test_run_over_http_is_streamed_stored_and_extracted(
    info: StackInfo, first_run: tuple[int, WatchedRun]
) -> None:
    run_id, watched = first_run
    assert watched.status is RunStatus.FINISHED
    assert_stream_told_the_truth(info, run_id, watched)
    assert len(outcomes(watched, "ready")) > 290
    assert outcomes(watched, "failed") == set()
    keys = {key for (key,) in rows(info, "SELECT raw_key FROM jobs WHERE raw_key IS NOT NULL")}
    assert raw_page_keys(info) == keys
    titles = rows(info, "SELECT count(*) FROM jobs WHERE posting->>'title' <> ''")
    assert titles == [(len(outcomes(watched, "ready")),)]


def test_airflow_starts_no_task_for_which_the_crawl_has_left_nothing(
    info: StackInfo, first_run: tuple[int, WatchedRun]
) -> None:
    run_id, _ = first_run
    path = f"/dags/ingest_jobs/dagRuns/ingest__{run_id}__1"
    with airflow(info) as client:
        # The run ends with its last posting. Airflow's last task ends later, so the test waits for
        # it.
        eventually(lambda: client.get(path).json()["state"] == "success", within=60)
        tasks = client.get(f"{path}/taskInstances").raise_for_status().json()["task_instances"]
    extracted = [task for task in tasks if task["task_id"] == "ingest_batch.extract_jobs"]
    assert extracted
    assert {task["state"] for task in extracted} == {"skipped"}
    assert {task["state"] for task in tasks if task not in extracted} == {"success"}


@pytest.mark.usefixtures("first_run")
def test_next_day_skips_what_is_unchanged_and_a_broken_listing_expires_nothing(
    info: StackInfo,
) -> None:
    httpx.put(f"{info.demo_sites_url}/day", json={"day": 2}).raise_for_status()
    broken = "saltmarsh-energy"
    faults = {"listings": {broken: 500}}
    httpx.put(f"{info.demo_sites_url}/faults", json=faults).raise_for_status()
    run_id, watched = ingest(info)
    httpx.put(f"{info.demo_sites_url}/faults", json={}).raise_for_status()
    assert_stream_told_the_truth(info, run_id, watched)
    day = changes(SEED, 1, 2, base_url=info.demo_sites_url)

    def listed(jobs: set[tuple[str, str]]) -> set[tuple[str, str]]:
        return {job for job in jobs if job[0] != broken}

    assert outcomes(watched, "ready") == listed(day.added | day.edited)
    assert outcomes(watched, "expired") == listed(day.removed | day.gone)
    assert outcomes(watched, "skipped") == listed(day.unchanged)
    assert day.removed - listed(day.removed), "the broken company had something to expire"
    status = "SELECT status FROM run_companies WHERE run_id = %s AND company = %s"
    assert rows(info, status, run_id, broken) == [("error",)]


@pytest.mark.usefixtures("first_run")
def test_a_killed_stack_leaves_no_server_and_loses_no_data(stack: Stack, info: StackInfo) -> None:
    before = rows(info, "SELECT * FROM run_jobs ORDER BY run_id, job_id")
    assert before
    assert stack.process is not None
    recorded = json.loads((stack.home / "processes.json").read_text())
    servers = [*info.pids.values(), *map(int, recorded)]
    children = psutil.Process(stack.process.pid).children(recursive=True)
    os.kill(stack.process.pid, signal.SIGKILL)
    stack.process.wait()
    eventually(lambda: not any(child.is_running() for child in children), within=15)
    assert not any(psutil.pid_exists(pid) for pid in servers)
    again = stack.start()
    assert rows(again, "SELECT * FROM run_jobs ORDER BY run_id, job_id") == before


def companies_at(info: StackInfo) -> str:
    """Return the URL of the page that starts runs. It signs the user in."""
    return info.page_url.replace("/#", "/companies#")


@contextmanager
def frozen(pid: int) -> Iterator[None]:
    """Freeze the process until the block ends."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def run_at(page: Page) -> int:
    expect(page).to_have_url(re.compile(r"/runs/\d+"))
    found = re.search(r"/runs/(\d+)", page.url)
    assert found
    return int(found[1])


def start(page: Page) -> int:
    page.get_by_role("checkbox", name=re.compile("Re-read everything")).check()
    page.get_by_role("button", name="Start run").click()
    return run_at(page)


def expect_some_done(page: Page) -> None:
    detail = page.get_by_test_id("phase-detail")
    expect(detail).to_have_text(re.compile(r"[1-9]\d* of \d+ postings done"), timeout=TIMEOUT_MS)


def expect_summary_as_the_api_has_it(page: Page, info: StackInfo, run_id: int) -> None:
    summary = f"{info.api_url}/runs/{run_id}/summary"
    expect(page).to_have_url(summary, timeout=TIMEOUT_MS)
    with api(info) as client:
        run = client.get(f"/runs/{run_id}").json()
    counts = run["counts"]
    # The page counts aborted postings as not reached instead of failed.
    counts["failed"] -= run["failures"].get("aborted", 0)
    for name in ("added", "skipped", "expired", "failed", "total"):
        expect(page.get_by_test_id(f"count-{name}")).to_have_text(str(counts[name]))


def test_from_the_button_over_a_reload_and_a_second_tab_to_the_summary(
    info: StackInfo, window: Tabs
) -> None:
    page = window.open(companies_at(info))
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
    page = window.open(companies_at(info))
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
    page = window.open(companies_at(info))
    aborted = start(page)
    expect(page.get_by_test_id("phase-detail")).to_have_text(
        re.compile(r"\d+ of \d+ postings done"), timeout=TIMEOUT_MS
    )
    # The sites give no answers for now. Otherwise the run could end before a slow browser has
    # aborted it.
    with frozen(info.pids["demo-sites"]):
        page.get_by_role("button", name="Abort run").click()
        page.get_by_role("button", name="Abort the run").click()
        expect(page).to_have_url(f"{info.api_url}/runs/{aborted}/summary", timeout=TIMEOUT_MS)
    expect_summary_as_the_api_has_it(page, info, aborted)
    with api(info) as client:
        not_reached = client.get(f"/runs/{aborted}").json()["failures"]["aborted"]
    expect(page.get_by_test_id("count-unread")).to_have_text(str(not_reached))
    expect(page.get_by_test_id("failure").first).to_contain_text("Not reached")
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
    expect(page.get_by_role("link", name="Dags").first).to_be_visible(timeout=TIMEOUT_MS)
    page.goto(f"{info.airflow_url}/dags/ingest_jobs/runs/{run['dag_run_id']}")
    page.get_by_role("link", name="Progress").click(timeout=TIMEOUT_MS)
    tab = page.frame_locator("iframe[title=Progress]")
    expect(tab.get_by_role("heading", level=1)).to_have_text(f"Run {run['run_id']}")
    expect(tab.get_by_test_id("count-total")).to_have_text(str(run["counts"]["total"]))
    expect(tab.get_by_role("navigation", name="Main")).to_have_count(0)
