"""What further followers cost: many users who follow the same boards start at once, through
Airflow, beside one user alone, on the same stack.

    python -m bench.followers --users 200 --boards 20 --postings 1000

Measured are the processor time of all servers together, and what the sites were asked for. Then a
day passes on which nothing changes, and all users start again: a page is asked for only where its
reading falls due (a third of the pages a day).
"""

import argparse
import asyncio
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
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

_EVERY = 0.5
_QUIET_SECONDS = 3.0
"""How long Airflow must have no DAG run at work before a measurement ends."""

_RUNS = """
    SELECT count(*) FILTER (WHERE finished_at IS NULL), count(*) FILTER (
        WHERE finished_at IS NOT NULL AND (status <> 'finished' OR counts ->> 'failed' <> '0')
    )
    FROM ingestion_runs
"""


@dataclass(frozen=True, kw_only=True)
class Started:
    """The cost of the runs of some users, from their start to the end of the last."""

    seconds: float
    cpu_seconds: Mapping[str, float]
    """Seconds of processor time, by server."""
    listings: Counter[str]
    pages: Counter[str]
    """How often each was asked for, by path."""
    dag_runs: int

    @property
    def all_seconds(self) -> float:
        return sum(self.cpu_seconds.values())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=200)
    parser.add_argument("--boards", type=int, default=20)
    parser.add_argument("--postings", type=int, default=1000, help="of all boards together")
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
        _start(info, site, users[:1])  # Airflow's first tasks are slower than any later
        figures: dict[str, Started] = {}
        for name, asking in (("one user", users[:1]), (f"{len(users)} users", users)):
            _forget(info)
            figures[name] = _start(info, site, asking)
            _tell(console, name, figures[name])
        _let_a_day_pass(info)
        figures["a day later"] = _start(info, site, users)
        _tell(console, "a day later, unchanged", figures["a day later"])
    one, many, later = figures.values()
    console.print(
        f"{options.users} users cost {many.all_seconds / one.all_seconds:.2f} times one user;"
        f" a day later {later.all_seconds / many.all_seconds:.2f} times their first run, and"
        f" {later.pages.total() / options.postings:.0%} of the pages"
    )


def _start(info: StackInfo, site: Site, users: Sequence[str]) -> Started:
    """Start the users' runs at once, and wait for their end and for Airflow's."""
    site.requests()
    began, cpu_before = time.monotonic(), cpu_seconds(info)
    with psycopg.connect(airflow_url(info), autocommit=True) as airflow:
        dag_runs = _count_dag_runs(airflow)
        asyncio.run(_start_all(info, users))
        _await_runs(info)
        seconds = time.monotonic() - began
        _await_quiet(airflow)
        dag_runs = _count_dag_runs(airflow) - dag_runs
    spent = {name: used - cpu_before[name] for name, used in cpu_seconds(info).items()}
    asked = Counter(path for path in site.requests() if not path.endswith("robots.txt"))
    listings = Counter({path: n for path, n in asked.items() if path.endswith(".xml")})
    return Started(
        seconds=seconds,
        cpu_seconds=spent,
        listings=listings,
        pages=asked - listings,
        dag_runs=dag_runs,
    )


async def _start_all(info: StackInfo, users: Sequence[str]) -> None:
    async with aiohttp.ClientSession(base_url=info.api_url) as http:
        await asyncio.gather(*(_start_one(http, user) for user in users))


async def _start_one(http: aiohttp.ClientSession, user: str) -> None:
    headers = {"Authorization": f"Bearer {_token(user)}"}
    async with http.post("/api/ingestion/start", json={}, headers=headers) as answer:
        answer.raise_for_status()


def _await_runs(info: StackInfo) -> None:
    """Wait for the end of all runs, by one look at the database for all of them: what watching
    costs is measured by ``bench.stream``. Raises ValueError for a run that did not end well."""
    until = time.monotonic() + WITHIN_SECONDS
    with psycopg.connect(info.database_url.replace("+psycopg", ""), autocommit=True) as connection:
        while True:
            row = connection.execute(_RUNS).fetchone()
            active, failed = row or (1, 0)
            if not active:
                break
            if time.monotonic() > until:
                raise TimeoutError(f"{active} runs have not ended")
            time.sleep(_EVERY)
    if failed:
        raise ValueError(f"{failed} runs did not end well")


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


def _count_dag_runs(airflow: psycopg.Connection) -> int:
    row = airflow.execute("SELECT count(*) FROM dag_run WHERE dag_id = 'ingest_jobs'").fetchone()
    return row[0] if row else 0


def _await_quiet(airflow: psycopg.Connection) -> None:
    query = "SELECT count(*) FROM dag_run WHERE state IN ('running', 'queued')"
    query += " AND dag_id = 'ingest_jobs'"
    quiet_since = time.monotonic()
    until = quiet_since + WITHIN_SECONDS
    while time.monotonic() < quiet_since + _QUIET_SECONDS:
        row = airflow.execute(query).fetchone()
        if row is None or row[0]:
            quiet_since = time.monotonic()
        if time.monotonic() > until:
            raise TimeoutError("Airflow does not come to rest")
        time.sleep(_EVERY)


def _forget(info: StackInfo) -> None:
    """Empty the catalogue but for boards and who follows them."""
    with psycopg.connect(info.database_url.replace("+psycopg", "")) as connection:
        connection.execute(
            "TRUNCATE jobs, listed_jobs, checks, sweeps, ingestion_runs, user_jobs, run_jobs"
            " CASCADE"
        )


def _let_a_day_pass(info: StackInfo) -> None:
    with psycopg.connect(info.database_url.replace("+psycopg", "")) as connection:
        connection.execute("UPDATE jobs SET crawled_at = crawled_at - interval '1 day'")
        connection.execute("UPDATE checks SET finished_at = finished_at - interval '1 day'")


def _tell(console: Console, name: str, started: Started) -> None:
    twice = sum(n > 1 for asked in (started.listings, started.pages) for n in asked.values())
    console.print(
        f"{name}: {started.seconds:.1f} s, {started.all_seconds:.1f} s of processor"
        f" ({', '.join(f'{server} {s:.1f}' for server, s in started.cpu_seconds.items())}),"
        f" {started.dag_runs} DAG runs; {started.listings.total()} listings and"
        f" {started.pages.total()} pages asked for, {twice} of them more than once"
    )


if __name__ == "__main__":
    main()
