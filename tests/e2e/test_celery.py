"""Tests of a run whose tasks are spread over several Celery workers.

One worker is killed during the run. These tests need a stack of their own, so only ``make chaos``
runs them. They also compare the statsd metrics of the stack's Airflow with the queries of the
dashboard.
"""

import os
import re
import signal
from collections.abc import Iterator

import httpx
import pytest

from tests.deploy.queries import metrics_asked_for
from tests.deploy.statsd import Metric, in_prometheus, listening
from tests.e2e.chaos import (
    assert_nothing_is_lost_or_doubled,
    done,
    now,
    start,
    wait_for,
    wait_for_end,
)
from tests.e2e.stack import Stack, own_stack
from tests.local.waiting import eventually

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.xdist_group("e2e"),
    pytest.mark.timeout(1200),
    pytest.mark.chaos,
]
WORKERS = ("airflow-worker-1", "airflow-worker-2")


@pytest.fixture(scope="module")
def statsd() -> Iterator[tuple[int, set[str]]]:
    with listening() as heard:
        yield heard


@pytest.fixture(scope="module")
def stack(
    tmp_path_factory: pytest.TempPathFactory, statsd: tuple[int, set[str]]
) -> Iterator[Stack]:
    settings = {
        "WORKERS": str(len(WORKERS)),
        "STALE_AFTER": "30s",
        "FETCH_DEADLINE": "10s",
        "BATCH_SIZE": "40",
        # The rate is low, so that a worker can be killed before the run ends.
        "HOST_RATE": "10",
    }
    with own_stack(tmp_path_factory.mktemp("celery") / "home", **settings) as stack:
        stack.environment |= {
            "AIRFLOW__METRICS__STATSD_ON": "True",
            "AIRFLOW__METRICS__STATSD_PORT": str(statsd[0]),
            "AIRFLOW__METRICS__STATSD_PREFIX": "airflow",
        }
        stack.start()
        yield stack


def tasks_taken(stack: Stack, worker: str) -> int:
    log = (stack.home / "logs" / f"{worker}.log").read_text(errors="replace")
    return len(re.findall(r"Task execute_workload\[[0-9a-f-]+\] received", log))


def test_run_spread_over_two_workers_survives_the_loss_of_one(stack: Stack) -> None:
    run_id = start(stack, force=True)
    begun = wait_for(stack, run_id, lambda run: done(run) > 40, within=400)
    assert begun["status"] == "ingesting", begun
    total = begun["counts"]["total"]
    assert all(tasks_taken(stack, worker) for worker in WORKERS)
    lost = WORKERS[0]
    pid = now(stack).pids[lost]
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: now(stack).pids.get(lost) != pid, within=60)
    run = wait_for_end(stack, run_id, within=500)
    assert run["status"] == "finished", run["error"]
    assert_nothing_is_lost_or_doubled(stack, run, total)


def test_real_servers_say_all_that_alerts_and_dashboard_ask_for(
    stack: Stack, statsd: tuple[int, set[str]]
) -> None:
    run = wait_for_end(stack, start(stack, force=True), within=500)
    assert run["status"] == "finished", run["error"]
    scrape = httpx.get(f"{now(stack).api_url}/metrics", trust_env=False).raise_for_status().text
    metrics = set(re.findall(r"^(jobhunt_\w+)", scrape, re.MULTILINE))
    assert metrics_asked_for("jobhunt") - metrics == set()

    heard = [in_prometheus(name) for name in sorted(statsd[1])]
    assert metrics_asked_for("airflow") - {metric.name for metric in heard} == set()
    labels = {"dag_id": "ingest_jobs", "task_id": "ingest_batch__crawl_pages", "state": "success"}
    assert Metric(name="airflow_tasks_finished", labels=labels) in heard
