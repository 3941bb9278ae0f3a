"""A run whose tasks are spread over Celery workers, one of which is killed on the way: a stack of
its own, so `make chaos` has it.
"""

import os
import re
import signal
from collections.abc import Iterator

import pytest

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
    pytest.mark.timeout(590),
    pytest.mark.skipif(os.environ.get("JOBHUNT_CHAOS") != "long", reason="only in make chaos"),
]
WORKERS = ("airflow-worker-1", "airflow-worker-2")


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    settings = {
        "WORKERS": str(len(WORKERS)),
        "STALE_AFTER": "30s",
        "FETCH_DEADLINE": "10s",
        "BATCH_SIZE": "40",
        # so slow that there is time to kill
        "HOST_RATE": "10",
    }
    with own_stack(tmp_path_factory.mktemp("celery") / "home", **settings) as stack:
        stack.start()
        yield stack


def tasks_taken(stack: Stack, worker: str) -> int:
    log = (stack.home / "logs" / f"{worker}.log").read_text(errors="replace")
    return len(re.findall(r"Task execute_workload\[[0-9a-f-]+\] received", log))


def test_run_spread_over_two_workers_survives_the_loss_of_one(stack: Stack) -> None:
    run_id = start(stack, force=True)
    begun = wait_for(stack, run_id, lambda run: done(run) > 40, within=180)
    assert begun["status"] == "ingesting", begun
    total = begun["counts"]["total"]
    assert all(tasks_taken(stack, worker) for worker in WORKERS)
    lost = WORKERS[0]
    pid = now(stack).pids[lost]
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: now(stack).pids.get(lost) != pid, within=60)
    run = wait_for_end(stack, run_id, within=350)
    assert run["status"] == "finished", run["error"]
    assert_nothing_is_lost_or_doubled(stack, run, total)
