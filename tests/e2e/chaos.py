"""Run a stack, harm it, and check its state afterwards.

To harm it, its parts are killed, cut off or frozen.
"""

import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import psutil

from cli.stream import run_events
from include.core.runs.progress import WatchedRun, fold
from include.core.runs.run_state import ENDED_RUNS
from include.settings import parse_duration
from local.home import StackInfo, read_stack
from tests.e2e.stack import Stack, airflow, api, jobs_of, own_stack, raw_page_keys, rows
from tests.local.waiting import eventually

SERVERS = (
    "airflow-scheduler",
    "airflow-triggerer",
    "airflow-dag-processor",
    "airflow-api-server",
    "api",
    "postgres",
    "s3-master",
    "s3-volume",
    "s3",
)
SIGNALS = {"database cut off": signal.SIGUSR1, "database stalled": signal.SIGUSR2}
_ANOTHER_NAME = "localhost"
VICTIMS = ("a task", "frozen tasks", *SERVERS, *SIGNALS)


@contextmanager
def breakable_stack(home: Path, **settings: str) -> Iterator[Stack]:
    """Start a stack whose user follows each sample company twice, by two names of its host.

    The two names make two boards. They double the number of postings, because a run reads the
    postings of each board once.
    """
    settings["ALLOWED_PRIVATE_HOSTS"] = _ANOTHER_NAME
    with own_stack(home, module="tests.e2e.up_behind_proxy", **settings) as stack:
        stack.start()
        with api(now(stack)) as client:
            for company in client.get("/companies").json()["items"]:
                again = {
                    "slug": f"{company['slug']}-again",
                    "source": company["source"],
                    "config": _by_another_name(company["config"]),
                }
                client.post("/companies", json=again).raise_for_status()
        yield stack


def _by_another_name(config: dict[str, Any]) -> dict[str, Any]:
    return {
        key: value.replace("127.0.0.1", _ANOTHER_NAME) if isinstance(value, str) else value
        for key, value in config.items()
    }


def now(stack: Stack) -> StackInfo:
    """Read the stack's current state, because process ids change when a server is restarted."""
    eventually(lambda: read_stack(stack.home) is not None, within=60)
    info = read_stack(stack.home)
    assert info is not None
    return info


def tasks(stack: Stack) -> list[psutil.Process]:
    """Return the processes that run the code of tasks of ``ingest_jobs``.

    These processes are grandchildren of the scheduler. The command line of each one's parent ends
    with the id of the task instance.
    """
    info = now(stack)
    working: list[psutil.Process] = []
    with suppress(KeyError, psutil.NoSuchProcess):
        for worker in psutil.Process(info.pids["airflow-scheduler"]).children():
            with suppress(psutil.NoSuchProcess):
                task_id = " ".join(worker.cmdline()).split()[-1]
                if worker.children() and _dag_of(info, task_id) == "ingest_jobs":
                    working += worker.children()
    return working


def _dag_of(info: StackInfo, task_instance_id: str) -> object:
    query = "SELECT dag_id FROM task_instance WHERE id::text = %s"
    return next((dag_id for (dag_id,) in _airflow_rows(info, query, task_instance_id)), None)


def dag_run_is_over(stack: Stack, run_id: int) -> bool:
    """Return whether Airflow has ended the first DAG run of the run's sweep."""
    query = "SELECT 1 FROM dag_run WHERE run_id = %s AND end_date IS NOT NULL"
    return bool(_airflow_rows(now(stack), query, f"ingest__{run_id}__1"))


def _airflow_rows(info: StackInfo, query: str, parameter: str) -> list[tuple[object, ...]]:
    airflow = replace(info, database_url=info.database_url.replace("/jobhunt", "/airflow"))
    return rows(airflow, query, parameter)


def signal_all(processes: list[psutil.Process], number: signal.Signals) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(number)


def freeze_attempt(stack: Stack, run_id: int, attempt: int) -> None:
    """Stop each task process of the attempt until the run has another attempt or has ended.

    As soon as the run is stale, trigger the DAG that detects stale runs, so that the test need not
    wait for its schedule.
    """
    stale_after = parse_duration(stack.environment["JOBHUNT_STALE_AFTER"])
    told: list[bool] = []

    def over() -> bool:
        run = report(stack, run_id)
        if run["attempt"] != attempt or run["status"] in ENDED_RUNS:
            return True
        signal_all(tasks(stack), signal.SIGSTOP)
        silence = datetime.now(UTC) - datetime.fromisoformat(run["last_heartbeat"])
        if not told and silence > stale_after:
            told.append(True)
            trigger_detector(stack)
        return False

    eventually(over, within=400, every=0.3)


def trigger_detector(stack: Stack) -> None:
    with airflow(now(stack)) as client:
        response = client.post("/dags/detect_stale_runs/dagRuns", json={"logical_date": None})
    response.raise_for_status()


def harm(stack: Stack, run_id: int, victim: str) -> None:
    """Harm the victim.

    If it is a server, return when the server runs again. If it is ``frozen tasks``, return when the
    attempt is lost. Otherwise, return at once.
    """
    assert stack.process is not None
    if victim in SIGNALS:
        stack.process.send_signal(SIGNALS[victim])
    elif victim in SERVERS:
        pid = now(stack).pids[victim]
        os.kill(pid, signal.SIGKILL)
        eventually(lambda: now(stack).pids.get(victim) not in (None, pid), within=90)
    elif victim == "frozen tasks":
        freeze_attempt(stack, run_id, attempt=1)
    else:
        found: list[psutil.Process] = []
        eventually(lambda: found.extend(tasks(stack)) or found, within=90)
        signal_all(found[:1], signal.SIGKILL)


def start(stack: Stack, **body: object) -> int:
    """Start a run that adopts no check, and return its id."""
    with api(now(stack)) as client:
        answer = client.post("/start", json={"max_age": 0, **body})
    assert answer.status_code == 202, answer.text
    return answer.json()["run_id"]


def report(stack: Stack, run_id: int) -> dict[str, Any]:
    """Return the report of the run as soon as the API answers."""
    found: dict[str, Any] = {}

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


def wait_for(
    stack: Stack, run_id: int, condition: Callable[[dict[str, Any]], bool], *, within: float
) -> dict[str, Any]:
    """Return the report of the run as soon as the run meets the condition or has ended."""
    last: dict[str, Any] = {}

    def met() -> bool:
        last.update(report(stack, run_id))
        return condition(last) or last["status"] in ENDED_RUNS

    eventually(met, within=within, every=0.5)
    return last


def wait_for_end(stack: Stack, run_id: int, *, within: float) -> dict[str, Any]:
    return wait_for(stack, run_id, lambda run: False, within=within)


def done(run: dict[str, Any]) -> int:
    counts = run["counts"]
    return sum(counts[end] for end in ("ready", "skipped", "failed", "expired"))


@contextmanager
def watching(stack: Stack, run_id: int) -> Iterator[Future[WatchedRun]]:
    """Yield the future result of a client that follows the stream of the run to its end.

    The client reconnects as often as needed.
    """

    def watch() -> WatchedRun:
        watched = WatchedRun()
        with api(now(stack)) as client:
            for event in run_events(client, run_id, timeout=180):
                watched = fold(watched, event.event, event.data)
        return watched

    with ThreadPoolExecutor(1) as thread:
        yield thread.submit(watch)


def assert_nothing_is_lost_or_doubled(stack: Stack, run: dict[str, Any], total: int) -> None:
    info, run_id = now(stack), run["run_id"]
    with api(info) as client:
        ended = jobs_of(client, run_id)
    of_checks = "FROM run_companies AS f JOIN jobs USING (check_id) WHERE f.run_id = %s"
    # If a page is gone, its job is expired in one run and skipped in later ones. The column
    # ``status`` does not tell these cases apart, so the query does.
    status = """
        CASE WHEN jobs.status = 'expired' AND EXISTS (
            SELECT FROM user_jobs AS u
            WHERE u.user_id = f.user_id AND u.job_id = jobs.job_id AND u.run_id < f.run_id
        ) THEN 'skipped' ELSE jobs.status END
    """
    listed = rows(info, f"SELECT company, external_id, {status} {of_checks}", run_id)
    assert len(ended) == len({job[:2] for job in ended}) == total
    assert sorted(ended) == sorted(listed)
    assert {status for _, _, status in ended} <= {"ready", "skipped", "expired"}
    query = f"SELECT raw_key {of_checks} AND jobs.status = 'ready'"
    keys = [key for (key,) in rows(info, query, run_id)]
    assert len(keys) == len(set(keys)) == run["counts"]["ready"]
    assert set(keys) <= raw_page_keys(info, run_id)
