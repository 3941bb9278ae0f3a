"""Tests of the whole system over HTTP: ``jobhunt up`` with the real Airflow."""

import json
import os
import signal
from collections.abc import Iterator

import httpx
import psutil
import pytest

from include.core.progress import WatchedRun
from include.core.run_state import RunStatus
from local.career_sites import changes
from local.home import StackInfo
from tests.e2e.stack import (
    Stack,
    airflow,
    assert_stream_told_the_truth,
    ingest,
    own_stack,
    raw_page_keys,
    rows,
)
from tests.local.waiting import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e"), pytest.mark.timeout(600)]
SEED = 7


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    # Pages may change without a change in their listing, so each check reads every page.
    with own_stack(tmp_path_factory.mktemp("stack") / "home", REREAD_AFTER="0") as stack:
        yield stack


@pytest.fixture(scope="module")
def info(stack: Stack) -> StackInfo:
    return stack.start()


@pytest.fixture(scope="module")
def first_run(info: StackInfo) -> tuple[int, WatchedRun]:
    return ingest(info)


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
        # The run ends with its last posting, before Airflow's last task ends.
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
def test_killing_the_stack_leaves_no_server_and_loses_nothing(
    stack: Stack, info: StackInfo
) -> None:
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
