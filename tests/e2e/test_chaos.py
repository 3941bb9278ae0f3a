"""Tests that a run of 500 jobs finishes although something that it needs is killed or cut off.

``make test`` kills or cuts off three of these things during one run. ``make chaos``, which sets
``JOBHUNT_CHAOS=long``, also does so to each of them in a run of its own.
"""

import os
import random
import time
from collections.abc import Iterator
from datetime import datetime

import pytest

from tests.e2e.chaos import (
    VICTIMS,
    assert_nothing_is_lost_or_doubled,
    breakable_stack,
    done,
    harm,
    now,
    start,
    wait_for,
    wait_for_end,
    watching,
)
from tests.e2e.stack import Stack, assert_stream_told_the_truth

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e"), pytest.mark.timeout(1200)]
LONG = os.environ.get("JOBHUNT_CHAOS") == "long"
ALL_AT_ONCE = ("a task", "airflow-scheduler", "postgres")
DEADLINE_SECONDS = 50
MAX_DEADLINE_CHECK_SECONDS = 20
"""The maximum time in seconds between two of Airflow's checks of deadlines, on a busy machine."""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    settings = {
        "STALE_AFTER": "20s",
        "FETCH_DEADLINE": "10s",
        "DEADLINE": f"{DEADLINE_SECONDS}s",
        "BATCH_SIZE": "80",
        # The sample sites have two host names, and this is the rate of each in requests per second.
        # The rate is low, so that a server can be killed before the run ends.
        "HOST_RATE": "8",
    }
    with breakable_stack(tmp_path_factory.mktemp("chaos") / "home", **settings) as stack:
        yield stack


@pytest.mark.parametrize(
    "victims", [ALL_AT_ONCE, *((each,) for each in VICTIMS if LONG)], ids=", ".join
)
def test_run_survives_the_loss_of(stack: Stack, victims: tuple[str, ...]) -> None:
    seed = int(os.environ.get("JOBHUNT_CHAOS_SEED") or time.time())
    print("seed", seed)  # noqa: T201 # with this seed, the test can be repeated
    chance = random.Random(seed)
    run_id = start(stack, force=True)
    with watching(stack, run_id) as watched:
        begun = wait_for(stack, run_id, lambda run: run["status"] == "ingesting", within=120)
        total = begun["counts"]["total"]
        assert total > 500
        for number, victim in enumerate(victims, start=1):
            enough = total * number / (len(victims) + 1) * chance.uniform(0.7, 1)
            wait_for(stack, run_id, lambda run, n=enough: done(run) >= n, within=240)
            print("harming", victim)  # noqa: T201
            harm(stack, run_id, victim)
        run = wait_for_end(stack, run_id, within=400)
        assert run["status"] == "finished", run["error"]
        assert_stream_told_the_truth(now(stack), run_id, watched.result(timeout=60), cut=True)
    assert_nothing_is_lost_or_doubled(stack, run, total)
    print(victims, run["elapsed_seconds"], "s", run["recoveries"], "recoveries")  # noqa: T201
    if "frozen tasks" in victims:
        assert run["recoveries"] > 0
    missed = "deadline" in {miss["deadline"] for miss in run["sla_misses"]}
    took = datetime.fromisoformat(run["finished_at"]) - datetime.fromisoformat(run["created_at"])
    over = took.total_seconds() - DEADLINE_SECONDS
    # A run that ended a little late may miss no deadline, because Airflow checks deadlines only
    # every few seconds.
    assert missed is (over > 0) or 0 < over < MAX_DEADLINE_CHECK_SECONDS


def test_run_in_time_misses_no_deadline(stack: Stack) -> None:
    run_id = start(stack, companies=["quillfern"])
    run = wait_for_end(stack, run_id, within=120)
    assert run["status"] == "finished"
    assert run["elapsed_seconds"] < DEADLINE_SECONDS
    assert run["sla_misses"] == []
