"""Whole runs through Airflow, with everything on this machine: postings a second from start to
finish, the processor time of each, the time of each task, and the memory of each server at its
largest.

    python -m bench.runs 25x1000 100x10000

runs 25 companies with 1,000 postings in all, then 100 with 10,000, on one stack.
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
from include.core.run_state import ACTIVE_RUNS
from local.home import StackInfo
from local.stack import running_stack

_MOST_HOSTS = 100
_EVERY = 1.0
_WEIGH_EVERY = 5.0
"""Seconds; to weigh all processes takes a good part of one."""


@dataclass(frozen=True, kw_only=True)
class Ran:
    postings: int
    seconds: float
    """From the start over the API to the run's end."""
    cpu_seconds: Mapping[str, float]
    """By server, its tasks included, until Airflow's run has ended, too."""
    counts: Mapping[str, int]
    tasks: Mapping[str, tuple[int, float, float]]
    """By name: how many, the mean and the longest, in seconds."""
    memory: Mapping[str, int]
    """By server, bytes (PSS) of it and its children, at most."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="+", type=_size, metavar="COMPANIESxPOSTINGS")
    parser.add_argument("--again", action="store_true", help="also a second run, nothing changed")
    options = parser.parse_args()
    console = Console()
    ports = site_ports(min(max(companies for companies, _ in options.sizes), _MOST_HOSTS))
    with (
        tempfile.TemporaryDirectory(prefix="jobhunt-bench-") as directory,
        tempfile.TemporaryDirectory(prefix="jobhunt-site-") as web,
        running_site(Path(web, "web"), 1, noise=1, validators=True, ports=ports) as site,
        running_stack(stack_settings(Path(directory, "home")), say=console.log) as stack,
    ):
        follow(stack.info, [stack.info.user_id], publish(site, 1, 40))
        _ingest(stack.info)  # Airflow's first tasks are slower than any later
        for companies, postings in options.sizes:
            _forget(stack.info)
            follow(
                stack.info, [stack.info.user_id], publish(site, companies, postings // companies)
            )
            for name in ("first", "again") if options.again else ("first",):
                _report(f"{name}, {companies} companies", _ingest(stack.info), console)


def _size(text: str) -> tuple[int, int]:
    companies, _, postings = text.partition("x")
    return int(companies), int(postings)


def _forget(info: StackInfo) -> None:
    """Empty the catalogue, so that each posting is new to the run that is measured."""
    with psycopg.connect(info.database_url.replace("+psycopg", "")) as connection:
        connection.execute("TRUNCATE boards, sweeps, ingestion_runs, user_jobs, run_jobs CASCADE")


def _ingest(info: StackInfo) -> Ran:
    """Raises TimeoutError, and ValueError for a run that did not end well."""
    headers = {"Authorization": f"Bearer {info.token}"}
    memory: dict[str, int] = defaultdict(int)
    with httpx.Client(base_url=f"{info.api_url}/api/ingestion", headers=headers) as api:
        began, cpu_before, weighed_at = time.monotonic(), cpu_seconds(info), 0.0
        answer = api.post("/start", json={"max_age": 0})
        answer.raise_for_status()
        run_id = answer.json()["run_id"]
        while True:
            run = api.get(f"/runs/{run_id}", timeout=30).raise_for_status().json()
            if run["status"] not in ACTIVE_RUNS:
                break
            if time.monotonic() > weighed_at + _WEIGH_EVERY:
                _weigh(info, memory)
                weighed_at = time.monotonic()
            if time.monotonic() > began + WITHIN_SECONDS:
                raise TimeoutError(f"the run is {run['status']}: {run['counts']}")
            time.sleep(_EVERY)
    if run["status"] != "finished" or run["counts"]["failed"]:
        raise ValueError(f"the run ended {run['status']}: {run['counts']}")
    dag_run_id = f"ingest__{run_id}__1"
    await_dag_run(info, dag_run_id)
    return Ran(
        postings=run["counts"]["total"],
        seconds=run["elapsed_seconds"],
        cpu_seconds={name: used - cpu_before[name] for name, used in cpu_seconds(info).items()},
        counts=run["counts"],
        tasks=_tasks(info, dag_run_id),
        memory=memory,
    )


def _weigh(info: StackInfo, memory: dict[str, int]) -> None:
    for name, pid in info.pids.items():
        weight = 0
        for each in processes(pid):
            with suppress(psutil.Error):
                weight += each.memory_full_info().pss
        memory[name] = max(memory[name], weight)


def _tasks(info: StackInfo, dag_run_id: str) -> dict[str, tuple[int, float, float]]:
    query = """
        SELECT task_id, count(*), avg(duration), max(duration) FROM task_instance
        WHERE run_id = %s AND duration IS NOT NULL GROUP BY 1 ORDER BY min(start_date)
    """
    with psycopg.connect(airflow_url(info)) as connection:
        rows = connection.execute(query, (dag_run_id,)).fetchall()
    return {name: (count, float(mean), float(most)) for name, count, mean, most in rows}


def _report(name: str, ran: Ran, console: Console) -> None:
    console.print(
        f"{name}: {ran.postings:,} postings in {ran.seconds:.1f} s,"
        f" {ran.postings / ran.seconds:.0f} a second;"
        f" {sum(ran.cpu_seconds.values()) * 1000 / ran.postings:.1f} CPU ms a posting;"
        f" {dict(ran.counts)}"
    )
    tasks = Table("task", "times", "mean s", "longest s")
    for task, (count, mean, most) in ran.tasks.items():
        tasks.add_row(task, str(count), f"{mean:.2f}", f"{most:.2f}")
    servers = Table("server", "CPU ms a posting", "PSS MB")
    for server, seconds in ran.cpu_seconds.items():
        weight = ran.memory.get(server, 0)
        servers.add_row(server, f"{seconds * 1000 / ran.postings:.2f}", f"{weight / 1e6:.0f}")
    console.print(tasks, servers)


if __name__ == "__main__":
    main()
