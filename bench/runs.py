"""Measure whole runs through Airflow. All servers run on this machine.

    python -m bench.runs 25x1000 100x10000

The example measures a run of 25 companies that have 1,000 postings in all, and then one of 100
companies that have 10,000. Both use the same stack. For each run, the benchmark prints the postings
per second from start to end, the processor time per posting, the time of each task, and the highest
memory use of each server.
"""

import argparse
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import psycopg
from rich.console import Console
from rich.table import Table

from bench.crawl.site import running_site, site_ports
from bench.whole_stack import (
    WITHIN_SECONDS,
    airflow_url,
    await_dag_run,
    cpu_seconds,
    follow,
    processes,
    publish,
    stack_settings,
)
from include.core.runs.run_state import ACTIVE_RUNS
from local.home import StackInfo
from local.stack import running_stack

_MAX_HOSTS = 100
_POLL_SECONDS = 0.5
_MEMORY_INTERVAL_SECONDS = 5.0
"""The time in seconds between two measurements of memory. It is long, because a measurement takes a
large part of a second."""


@dataclass(frozen=True, kw_only=True)
class RunFigures:
    """The measurements of one run."""

    postings: int
    seconds: float
    """The time in seconds from the start of the run, as the API states it, to its end."""
    cpu_seconds: Mapping[str, float]
    """The processor time in seconds of each server and its child processes, from the start of the
    run until the DAG run ended."""
    first_seconds: float
    """The time in seconds from the start of the run until the API returned the first extracted
    posting."""
    counts: Mapping[str, int]
    tasks: Mapping[str, tuple[int, float, float]]
    """The number of task instances of each task, and their mean and longest time in seconds, by
    task id."""
    memory: Mapping[str, int]
    """The highest memory use (PSS) in bytes of each server, including its child processes."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="+", type=_parse_size, metavar="COMPANIESxPOSTINGS")
    parser.add_argument(
        "--again", action="store_true", help="also measure a second run, without changes"
    )
    options = parser.parse_args()
    console = Console()
    ports = site_ports(min(max(companies for companies, _ in options.sizes), _MAX_HOSTS))
    with (
        tempfile.TemporaryDirectory(prefix="jobhunt-bench-") as directory,
        tempfile.TemporaryDirectory(prefix="jobhunt-site-") as web,
        running_site(Path(web, "web"), 1, noise=1, validators=True, ports=ports) as site,
        running_stack(stack_settings(Path(directory, "home")), say=console.log) as stack,
    ):
        follow(stack.info, [stack.info.user_id], publish(site, 1, 40))
        _ingest(stack.info)  # not counted, because Airflow's first tasks are slower
        for companies, postings in options.sizes:
            _empty_catalogue(stack.info)
            follow(
                stack.info, [stack.info.user_id], publish(site, companies, postings // companies)
            )
            for name in ("first", "again") if options.again else ("first",):
                _report(f"{name}, {companies} companies", _ingest(stack.info), console)


def _parse_size(text: str) -> tuple[int, int]:
    companies, _, postings = text.partition("x")
    return int(companies), int(postings)


def _empty_catalogue(info: StackInfo) -> None:
    """Delete all boards, jobs and runs, so that each posting is new in the measured run."""
    with psycopg.connect(info.database_url.replace("+psycopg", "")) as connection:
        connection.execute(
            "TRUNCATE boards, sweeps, ingestion_runs, user_jobs, run_outcomes CASCADE"
        )


def _ingest(info: StackInfo) -> RunFigures:
    """Start a run, wait for its end, and return its measurements.

    Raises:
        TimeoutError: the run or its DAG run has not ended after ``WITHIN_SECONDS``.
        ValueError: the run did not finish, or some of its jobs failed.
    """
    headers = {"Authorization": f"Bearer {info.token}"}
    memory: dict[str, int] = defaultdict(int)
    with httpx.Client(base_url=f"{info.api_url}/api/ingestion", headers=headers) as api:
        began, cpu_before, memory_at = time.monotonic(), cpu_seconds(info), 0.0
        response = api.post("/start", json={"max_age": 0})
        response.raise_for_status()
        run_id = response.json()["run_id"]
        first_seconds = None
        while True:
            run = api.get(f"/runs/{run_id}", timeout=30).raise_for_status().json()
            if first_seconds is None and run["counts"]["ready"] + run["counts"]["skipped"]:
                first_seconds = time.monotonic() - began
            if run["status"] not in ACTIVE_RUNS:
                break
            if time.monotonic() > memory_at + _MEMORY_INTERVAL_SECONDS:
                _measure_memory(info, memory)
                memory_at = time.monotonic()
            if time.monotonic() > began + WITHIN_SECONDS:
                raise TimeoutError(f"the run is {run['status']}: {run['counts']}")
            time.sleep(_POLL_SECONDS)
    if run["status"] != "finished" or run["counts"]["failed"]:
        raise ValueError(f"the run ended {run['status']}: {run['counts']}")
    dag_run_id = f"ingest__{run_id}__1"
    await_dag_run(info, dag_run_id)
    return RunFigures(
        postings=run["counts"]["total"],
        seconds=run["elapsed_seconds"],
        first_seconds=first_seconds or run["elapsed_seconds"],
        cpu_seconds={name: used - cpu_before[name] for name, used in cpu_seconds(info).items()},
        counts=run["counts"],
        tasks=_tasks(info, dag_run_id),
        memory=memory,
    )


def _measure_memory(info: StackInfo, memory: dict[str, int]) -> None:
    for name, pid in info.pids.items():
        used = 0
        for each in processes(pid):
            with suppress(psutil.Error):
                used += each.memory_full_info().pss
        memory[name] = max(memory[name], used)


def _tasks(info: StackInfo, dag_run_id: str) -> dict[str, tuple[int, float, float]]:
    query = """
        SELECT task_id, count(*), avg(duration), max(duration) FROM task_instance
        WHERE run_id = %s AND duration IS NOT NULL GROUP BY 1 ORDER BY min(start_date)
    """
    with psycopg.connect(airflow_url(info)) as connection:
        rows = connection.execute(query, (dag_run_id,)).fetchall()
    return {name: (count, float(mean), float(longest)) for name, count, mean, longest in rows}


def _report(name: str, figures: RunFigures, console: Console) -> None:
    console.print(
        f"{name}: {figures.postings:,} postings in {figures.seconds:.1f} s,"
        f" {figures.postings / figures.seconds:.0f} per second,"
        f" the first after {figures.first_seconds:.1f} s;"
        f" {sum(figures.cpu_seconds.values()) * 1000 / figures.postings:.1f} CPU ms per posting;"
        f" {dict(figures.counts)}"
    )
    tasks = Table("task", "number", "mean s", "longest s")
    for task, (count, mean, longest) in figures.tasks.items():
        tasks.add_row(task, str(count), f"{mean:.2f}", f"{longest:.2f}")
    servers = Table("server", "CPU ms per posting", "PSS MB")
    for server, seconds in figures.cpu_seconds.items():
        used = figures.memory.get(server, 0)
        servers.add_row(server, f"{seconds * 1000 / figures.postings:.2f}", f"{used / 1e6:.0f}")
    console.print(tasks, servers)


if __name__ == "__main__":
    main()
