"""Measure what it costs that many users follow the same boards.

    python -m bench.followers --users 200 --boards 20 --postings 1000

All runs go through Airflow, on one stack. The benchmark first measures the idle servers. Then it
measures the run of one user, and after that the runs of all users, who start at the same time.
Before each of these two steps, the jobs are deleted. The benchmark measures the processor time of
all servers together, and the requests that the sites received.

Then it simulates that a day passes on which nothing changes, and the daily schedule starts the runs
of all users. The same day is measured a second time, but the users start their runs by hand. On
such a day, only the pages that are due to be read again are requested. They are a third of all
pages.
"""

import argparse
import asyncio
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import aiohttp
import httpx
import psycopg
from rich.console import Console

from bench.crawl.site import Site, running_site, site_ports
from bench.whole_stack import (
    WITHIN_SECONDS,
    airflow_url,
    cpu_seconds,
    follow,
    publish,
    stack_settings,
)
from include.settings import get_settings
from include.tokens import mint_token
from local.home import StackInfo
from local.stack import running_stack

_POLL_SECONDS = 0.5
_QUIET_SECONDS = 3.0
"""The time in seconds for which Airflow must have no active DAG run before a measurement ends."""
_IDLE_SECONDS = 20.0

_COUNT_ENDED_RUNS = """
    SELECT count(*) FILTER (WHERE finished_at IS NOT NULL), count(*) FILTER (
        WHERE finished_at IS NOT NULL AND (status <> 'finished' OR counts ->> 'failed' <> '0')
    )
    FROM ingestion_runs
"""
_COUNT_AIRFLOW_WORK = """
    SELECT count(DISTINCT d.id), count(t.id) FILTER (WHERE t.state = 'success')
    FROM dag_run AS d JOIN task_instance AS t USING (dag_id, run_id)
    WHERE d.dag_id IN ('ingest_jobs', 'ingest_daily')
"""
_COUNT_ACTIVE_DAG_RUNS = """
    SELECT count(*) FROM dag_run
    WHERE state IN ('running', 'queued') AND dag_id IN ('ingest_jobs', 'ingest_daily')
"""


@dataclass(frozen=True, kw_only=True)
class StartedRuns:
    """The cost of runs that were started together."""

    seconds: float
    """The time in seconds from the start of the runs until the last of them ended."""
    measured_seconds: float
    """The time in seconds from the start of the runs until Airflow was quiet again. Processor time
    was measured during this time."""
    cpu_seconds: Mapping[str, float]
    """The processor time in seconds, by server."""
    listings: Counter[str]
    """The number of requests for each listing, by its path."""
    pages: Counter[str]
    """The number of requests for each page, by its path."""
    dag_runs: int
    tasks: int
    """The number of tasks that Airflow carried out. Skipped tasks are not counted."""

    @property
    def all_seconds(self) -> float:
        return sum(self.cpu_seconds.values())

    def above_idle(self, idle: float) -> float:
        """Return the processor time in seconds, minus the time that idle servers would have used.

        Args:
            idle: the seconds of processor time that all idle servers together use per second.
        """
        return self.all_seconds - idle * self.measured_seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=200)
    parser.add_argument("--boards", type=int, default=20)
    parser.add_argument("--postings", type=int, default=1000, help="number for all boards together")
    options = parser.parse_args()
    console = Console()
    users = [f"user-{number}" for number in range(options.users)]
    with (
        tempfile.TemporaryDirectory(prefix="jobhunt-bench-") as directory,
        tempfile.TemporaryDirectory(prefix="jobhunt-site-") as web,
        running_site(
            Path(web, "web"), 1, noise=1, validators=True, ports=site_ports(options.boards)
        ) as site,
        running_stack(stack_settings(Path(directory, "home")), say=console.log) as stack,
    ):
        info = stack.info
        published = publish(site, options.boards, options.postings // options.boards)
        follow(info, users, published)
        # Do not count this run, because Airflow's first tasks are slower than later tasks.
        _measure(info, site, 1, partial(_start_by_hand, info, users[:1]))
        idle = _measure_idle(console, info)
        figures: list[StartedRuns] = []
        for name, starting_users in (("one user", users[:1]), (f"{len(users)} users", users)):
            _empty_catalogue(info)
            start = partial(_start_by_hand, info, starting_users)
            figures.append(_measure(info, site, len(starting_users), start))
            _print_started(console, name, figures[-1])
        for name, start in (
            ("a day later, by the schedule", partial(_trigger_daily, info)),
            ("a day later, by hand", partial(_start_by_hand, info, users)),
        ):
            _let_a_day_pass(info)
            figures.append(_measure(info, site, len(users), start))
            _print_started(console, name, figures[-1])
    scheduled_pages = figures[2].pages.total()
    console.print(f"The schedule requested {scheduled_pages / options.postings:.0%} of the pages")
    for kind, (one, many, scheduled, by_hand) in (
        ("All processor time", [started.all_seconds for started in figures]),
        ("Without the time of idle servers", [started.above_idle(idle) for started in figures]),
    ):
        console.print(
            f"{kind}: {options.users} users cost {many / one:.2f} times one user; a day later the"
            f" schedule costs {scheduled / many:.2f} times their first run, and starting by hand"
            f" {by_hand / many:.2f} times"
        )


def _measure(info: StackInfo, site: Site, runs: int, start: Callable[[], None]) -> StartedRuns:
    """Call ``start``, which starts a number of runs (``runs``), and return their cost.

    Wait until all of them have ended, and until Airflow has no active DAG run.
    """
    site.requests()
    with (
        psycopg.connect(airflow_url(info), autocommit=True) as airflow,
        psycopg.connect(_database_url(info), autocommit=True) as database,
    ):
        work_before, cpu_before = _count_work(airflow), cpu_seconds(info)
        ended_before, _ = _count_ended(database)
        began = time.monotonic()
        start()
        _await_runs(database, ended_before + runs)
        seconds = time.monotonic() - began
        _await_quiet(airflow)
        spent = {name: used - cpu_before[name] for name, used in cpu_seconds(info).items()}
        measured_seconds = time.monotonic() - began
        dag_runs, tasks = (
            now - before for now, before in zip(_count_work(airflow), work_before, strict=True)
        )
    requests = Counter(path for path in site.requests() if not path.endswith("robots.txt"))
    listings = Counter({path: n for path, n in requests.items() if path.endswith(".xml")})
    return StartedRuns(
        seconds=seconds,
        measured_seconds=measured_seconds,
        cpu_seconds=spent,
        listings=listings,
        pages=requests - listings,
        dag_runs=dag_runs,
        tasks=tasks,
    )


def _trigger_daily(info: StackInfo) -> None:
    """Trigger the DAG of the daily schedule, as its timetable does each day."""
    with httpx.Client(base_url=info.airflow_url) as http:
        login = {"username": info.airflow_user, "password": info.airflow_password}
        response = http.post("/auth/token", json=login).raise_for_status()
        headers = {"Authorization": f"Bearer {response.json()['access_token']}"}
        path = "/api/v2/dags/ingest_daily/dagRuns"
        http.post(path, json={"logical_date": None}, headers=headers).raise_for_status()


def _start_by_hand(info: StackInfo, users: Sequence[str]) -> None:
    """Start one run for each user at the same time, by requests to the API."""
    asyncio.run(_start_all(info, users))


async def _start_all(info: StackInfo, users: Sequence[str]) -> None:
    async with aiohttp.ClientSession(base_url=info.api_url) as http:
        await asyncio.gather(*(_start_one(http, user) for user in users))


async def _start_one(http: aiohttp.ClientSession, user: str) -> None:
    headers = {"Authorization": f"Bearer {_token(user)}"}
    async with http.post("/api/ingestion/start", json={}, headers=headers) as response:
        response.raise_for_status()


def _await_runs(database: psycopg.Connection, runs: int) -> None:
    """Wait until ``runs`` runs have ended.

    One database query counts the ended runs, instead of a request to the API for each run. The cost
    of watching runs must not be measured here, because ``bench.stream`` measures it.

    Raises:
        TimeoutError: some runs have not ended after ``WITHIN_SECONDS``.
        ValueError: a run did not finish, or some of its jobs failed.
    """
    until = time.monotonic() + WITHIN_SECONDS
    while True:
        ended, failed = _count_ended(database)
        if ended >= runs:
            break
        if time.monotonic() > until:
            raise TimeoutError(f"{runs - ended} runs have not ended")
        time.sleep(_POLL_SECONDS)
    if failed:
        raise ValueError(f"{failed} runs did not finish, or have failed jobs")


def _count_ended(database: psycopg.Connection) -> tuple[int, int]:
    """Return the number of ended runs, and the number of failed runs.

    A run also counts as failed if some of its jobs failed.
    """
    return database.execute(_COUNT_ENDED_RUNS).fetchone() or (0, 0)


def _database_url(info: StackInfo) -> str:
    return info.database_url.replace("+psycopg", "")


def _token(user: str) -> str:
    settings = get_settings()
    return mint_token(
        settings.jwt_secret.get_secret_value(),
        user,
        issuer=settings.jwt_issuer,
        audience=settings.jwt_audience,
        now=datetime.now(UTC),
        lifetime=timedelta(hours=1),
    )


def _count_work(airflow: psycopg.Connection) -> tuple[int, int]:
    """Return the number of DAG runs so far, and the number of tasks that succeeded in them."""
    return airflow.execute(_COUNT_AIRFLOW_WORK).fetchone() or (0, 0)


def _await_quiet(airflow: psycopg.Connection) -> None:
    quiet_since = time.monotonic()
    until = quiet_since + WITHIN_SECONDS
    while time.monotonic() < quiet_since + _QUIET_SECONDS:
        row = airflow.execute(_COUNT_ACTIVE_DAG_RUNS).fetchone()
        if row is None or row[0]:
            quiet_since = time.monotonic()
        if time.monotonic() > until:
            raise TimeoutError("Airflow still has active DAG runs")
        time.sleep(_POLL_SECONDS)


def _empty_catalogue(info: StackInfo) -> None:
    """Delete all jobs, checks and runs. Keep the boards and the companies that users follow."""
    with psycopg.connect(_database_url(info)) as connection:
        connection.execute(
            "TRUNCATE jobs, listed_jobs, checks, sweeps, ingestion_runs, user_jobs, run_outcomes"
            " CASCADE"
        )


def _let_a_day_pass(info: StackInfo) -> None:
    # Set the last reading of every page to one day ago, so that both measured days begin in the
    # same state. The same pages are then due on both days, because the real clock decides which
    # pages are due.
    with psycopg.connect(_database_url(info)) as connection:
        connection.execute("UPDATE jobs SET crawled_at = now() - interval '1 day'")
        connection.execute("UPDATE checks SET finished_at = finished_at - interval '1 day'")


def _measure_idle(console: Console, info: StackInfo) -> float:
    """Print and return the seconds of processor time that all idle servers use per second."""
    before = cpu_seconds(info)
    time.sleep(_IDLE_SECONDS)
    cpu_per_second = {
        n: (used - before[n]) / _IDLE_SECONDS for n, used in cpu_seconds(info).items()
    }
    console.print(
        f"idle: {sum(cpu_per_second.values()):.2f} s of processor time per second"
        f" ({', '.join(f'{server} {used:.2f}' for server, used in cpu_per_second.items())})"
    )
    return sum(cpu_per_second.values())


def _print_started(console: Console, name: str, started: StartedRuns) -> None:
    repeated = sum(n > 1 for counts in (started.listings, started.pages) for n in counts.values())
    console.print(
        f"{name}: {started.seconds:.1f} s, {started.all_seconds:.1f} s of processor time"
        f" ({', '.join(f'{server} {s:.1f}' for server, s in started.cpu_seconds.items())}),"
        f" {started.dag_runs} DAG runs with {started.tasks} tasks; {started.listings.total()}"
        f" requests for listings and {started.pages.total()} for pages; {repeated} addresses were"
        " requested more than once"
    )


if __name__ == "__main__":
    main()
