"""What a run needs is killed while it runs, on the real stack; it ends finished all the same.

The long version, with everything killed in turn, is ``make chaos`` (``JOBHUNT_CHAOS=long``).
"""

import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import httpx
import psutil
import pytest
from obstore.store import S3Store

from include.core.run_state import ENDED_RUNS
from local.home import StackInfo, read_stack
from tests.e2e.stack import Stack, api, own_stack, rows
from tests.local.waiting import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e"), pytest.mark.timeout(1500)]
SHORT = ("a task", "airflow-scheduler", "postgres")
LONG = (
    *SHORT,
    "airflow-triggerer",
    "airflow-dag-processor",
    "airflow-api-server",
    "api",
    "s3",
    "frozen tasks",
)
VICTIMS = LONG if os.environ.get("JOBHUNT_CHAOS") == "long" else SHORT
DEADLINE_SECONDS = 50


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    settings = {
        "STALE_AFTER": "20s",
        "DEADLINE": f"{DEADLINE_SECONDS}s",
        "BATCH_SIZE": "40",
        # so slow that there is time to kill
        "HOST_RATE": "4",
    }
    with own_stack(tmp_path_factory.mktemp("chaos") / "home", **settings) as stack:
        stack.start()
        yield stack


def now(stack: Stack) -> StackInfo:
    """Pids change when a server is started again."""
    eventually(lambda: read_stack(stack.home) is not None, within=60)
    info = read_stack(stack.home)
    assert info is not None
    return info


def tasks(stack: Stack) -> list[psutil.Process]:
    """The processes in which tasks' own code runs: the scheduler's grandchildren."""
    try:
        scheduler = psutil.Process(now(stack).pids["airflow-scheduler"])
        return [task for worker in scheduler.children() for task in worker.children()]
    except (KeyError, psutil.NoSuchProcess):
        return []


def kill(stack: Stack, victim: str) -> None:
    match victim:
        case "a task" | "frozen tasks":
            eventually(lambda: tasks(stack), within=90)
            for process in tasks(stack)[: 1 if victim == "a task" else None]:
                with suppress(psutil.NoSuchProcess):
                    process.send_signal(signal.SIGKILL if victim == "a task" else signal.SIGSTOP)
        case _:
            pid = now(stack).pids[victim]
            os.kill(pid, signal.SIGKILL)
            eventually(lambda: now(stack).pids.get(victim) not in (None, pid), within=90)


def report(stack: Stack, run_id: int) -> dict[str, object]:
    """As soon as the API can be asked again."""
    found: dict[str, object] = {}

    def ask() -> bool:
        try:
            with api(now(stack)) as client:
                answer = client.get(f"/runs/{run_id}")
        except httpx.TransportError:
            return False
        if answer.is_success:
            found.update(answer.json())
        return answer.is_success

    eventually(ask, within=120)
    return found


def wait_for(stack: Stack, run_id: int, condition: Callable[[dict], bool], within: float) -> dict:
    last: dict = {}

    def met() -> bool:
        last.update(report(stack, run_id))
        return condition(last) or last["status"] in ENDED_RUNS

    eventually(met, within=within, every=0.5)
    return last


def done(run: dict) -> int:
    counts = run["counts"]
    return sum(counts[end] for end in ("ready", "skipped", "failed", "expired"))


def start(stack: Stack, **body: object) -> int:
    with api(now(stack)) as client:
        answer = client.post("/start", json=body)
    assert answer.status_code == 202, answer.text
    return answer.json()["run_id"]


def test_run_survives_whatever_is_killed(stack: Stack) -> None:
    seed = int(os.environ.get("JOBHUNT_CHAOS_SEED") or time.time())
    print("seed", seed)  # noqa: T201 # how to have the same again
    chance = random.Random(seed)
    run_id = start(stack)
    begun = wait_for(stack, run_id, lambda run: run["status"] == "ingesting", within=120)
    total = begun["counts"]["total"]
    assert total > 290
    for number, victim in enumerate(VICTIMS, start=1):
        enough = total * number * 0.8 / (len(VICTIMS) + 1) * chance.uniform(0.8, 1)
        wait_for(stack, run_id, lambda run, n=enough: done(run) >= n, within=240)
        print("killing", victim)  # noqa: T201
        kill(stack, victim)
    run = wait_for(stack, run_id, lambda run: False, within=600)
    assert run["status"] == "finished", run["error"]
    assert run["counts"]["failed"] == 0
    assert_nothing_is_lost_or_doubled(stack, run_id, total)
    assert "deadline" in {miss["deadline"] for miss in run["sla_misses"]}


def assert_nothing_is_lost_or_doubled(stack: Stack, run_id: int, total: int) -> None:
    info = now(stack)
    ended = rows(info, "SELECT company, external_id FROM run_jobs WHERE run_id = %s", run_id)
    listed = rows(info, "SELECT company, external_id FROM jobs WHERE run_id = %s", run_id)
    assert len(ended) == len(set(ended)) == total
    assert set(ended) == set(listed)
    query = "SELECT raw_key FROM jobs WHERE run_id = %s AND status = 'ready'"
    keys = {key for (key,) in rows(info, query, run_id)}
    store = S3Store(
        info.s3_bucket,
        config={
            "endpoint": info.s3_endpoint,
            "region": "us-east-1",
            "access_key_id": info.s3_access_key,
            "secret_access_key": info.s3_secret_key,
        },
        client_options={"allow_http": True},
    )
    stored = {found["path"] for page in store.list(f"raw/{run_id}/") for found in page}
    assert keys <= stored


def test_run_in_time_misses_no_deadline(stack: Stack) -> None:
    run_id = start(stack, companies=["quillfern"])
    run = wait_for(stack, run_id, lambda run: False, within=120)
    assert run["status"] == "finished"
    assert run["elapsed_seconds"] < DEADLINE_SECONDS
    assert run["sla_misses"] == []
