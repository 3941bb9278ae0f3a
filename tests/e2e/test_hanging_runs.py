"""Tests of recovering runs that hang or are slow.

They use the real scheduler, and only ``make chaos`` runs them.
"""

import signal
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.e2e.chaos import (
    breakable_stack,
    dag_run_is_over,
    done,
    freeze_attempt,
    now,
    report,
    signal_all,
    start,
    tasks,
    wait_for,
    wait_for_end,
    watching,
)
from tests.e2e.stack import Stack, assert_stream_told_the_truth
from tests.local.waiting import eventually

if TYPE_CHECKING:
    import psutil

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.xdist_group("e2e"),
    pytest.mark.timeout(1200),
    pytest.mark.chaos,
]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    settings = {
        "STALE_AFTER": "20s",
        "FETCH_DEADLINE": "10s",
        "SLOWER_BY": "5s",
        "BATCH_SIZE": "80",
        "HOST_RATE": "10",
    }
    with breakable_stack(tmp_path_factory.mktemp("hanging") / "home", **settings) as stack:
        yield stack


def test_run_that_hangs_for_ever_is_recovered_three_times_and_ends_in_error(stack: Stack) -> None:
    run_id = start(stack, force=True)
    with watching(stack, run_id) as watched:
        wait_for(stack, run_id, lambda run: done(run) > 50, within=120)
        for attempt in (1, 2, 3, 4):
            freeze_attempt(stack, run_id, attempt)
        run = wait_for_end(stack, run_id, within=10)
        assert_stream_told_the_truth(now(stack), run_id, watched.result(timeout=60), cut=True)
    assert (run["status"], run["attempt"], run["recoveries"]) == ("error", 4, 3)
    assert run["error"]["code"] == "stale"
    assert "recovered 3 times" in run["error"]["message"]
    assert run["counts"]["failed"] > 0
    assert [run["counts"][left] for left in ("pending", "crawling", "extracting")] == [0, 0, 0]


def test_run_that_hangs_twice_finishes(stack: Stack) -> None:
    run_id = start(stack, force=True)
    with watching(stack, run_id) as watched:
        wait_for(stack, run_id, lambda run: done(run) > 50, within=120)
        for attempt in (1, 2):
            freeze_attempt(stack, run_id, attempt)
        run = wait_for_end(stack, run_id, within=240)
        assert_stream_told_the_truth(now(stack), run_id, watched.result(timeout=60), cut=True)
    assert (run["status"], run["attempt"], run["recoveries"]) == ("finished", 3, 2), run["error"]
    assert run["counts"]["failed"] == 0


def test_run_that_is_slow_for_its_kind_misses_its_usual_runtime(stack: Stack) -> None:
    usual = [run_of_one_company(stack) for _ in range(3)]
    assert [run["sla_misses"] for run in usual] == [[], [], []]
    slow = start(stack, companies=["quillfern"], force=True)
    frozen: list[psutil.Process] = []

    def is_told() -> bool:
        found = tasks(stack)
        signal_all(found, signal.SIGSTOP)
        frozen.extend(found)
        return bool(report(stack, slow)["sla_misses"])

    eventually(is_told, within=120, every=0.2)
    signal_all(frozen, signal.SIGCONT)
    run = wait_for_end(stack, slow, within=240)
    assert run["status"] == "finished"
    first = run["sla_misses"][0]
    assert (first["deadline"], first["attempt"]) == ("usual_runtime", 1)


def run_of_one_company(stack: Stack) -> dict[str, object]:
    run_id = start(stack, companies=["quillfern"], force=True)
    run = wait_for_end(stack, run_id, within=120)
    assert run["status"] == "finished"
    eventually(lambda: dag_run_is_over(stack, run_id), within=60, every=0.2)
    return run
