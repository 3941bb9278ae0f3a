"""Whole runs through Airflow, with everything on this machine: postings a second from start to
finish, the processor time of each, the time of each task, and the memory of each server at its
largest.

    python -m bench.runs 25x1000 100x10000

runs 25 companies with 1,000 postings in all, then 100 with 10,000, on one stack.
"""

import argparse
import itertools
import os
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

from bench.crawl.pages import write_site
from bench.crawl.site import Site, running_site, site_ports
from include.core.models import Company
from include.core.run_state import ACTIVE_RUNS
from include.db.companies import put_company
from include.db.engine import make_engine
from include.db.users import ensure_user
from include.settings import Settings
from local.home import StackInfo
from local.ports import free_port
from local.stack import running_stack

_PORTS = ("api_port", "airflow_port", "postgres_port", "s3_port", "demo_sites_port")
_MOST_HOSTS = 100
_WITHIN = 580.0
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
        running_stack(_settings(Path(directory, "home")), say=console.log) as stack,
    ):
        _follow(stack.info, _publish(site, 1, 40))
        _ingest(stack.info)  # Airflow's first tasks are slower than any later
        for companies, postings in options.sizes:
            _forget(stack.info)
            _follow(stack.info, _publish(site, companies, postings // companies))
            for name in ("first", "again") if options.again else ("first",):
                _report(f"{name}, {companies} companies", _ingest(stack.info), console)


def _size(text: str) -> tuple[int, int]:
    companies, _, postings = text.partition("x")
    return int(companies), int(postings)


def _publish(site: Site, companies: int, postings: int) -> dict[str, str]:
    """The URL of each company's site, by slug; each at a host of its own while there are any."""
    slugs = [f"company-{number:04}" for number in range(companies)]
    published = {
        slug: f"{url}/{slug}" for slug, url in zip(slugs, itertools.cycle(site.urls), strict=False)
    }
    for slug, url in published.items():
        directory = site.home / "site" / slug
        paths = write_site(directory, postings, base_url=url, noise=1)
        urls = "".join(f"<url><loc>{url}{path}</loc></url>" for path in paths)
        (directory / "sitemap.xml").write_text(
            f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'
        )
    return published


def _settings(home: Path) -> Settings:
    """All manners, and no delay. Tasks read the environment, not what we were told."""
    os.environ |= {"JOBHUNT_ALLOWED_PRIVATE_HOSTS": "127.0.0.1", "JOBHUNT_HOST_RATE": "10000"}
    return Settings(home=home, **{name: free_port() for name in _PORTS})


def _follow(info: StackInfo, published: Mapping[str, str]) -> None:
    engine = make_engine(info.database_url)
    with engine.begin() as connection:
        ensure_user(connection, info.user_id)
        connection.exec_driver_sql("DELETE FROM companies")
        for slug, url in published.items():
            config = {"url": f"{url}/sitemap.xml", "pattern": "/jobs/"}
            company = Company(slug=slug, source="sitemap", config=config)
            put_company(connection, info.user_id, company)
    engine.dispose()


def _forget(info: StackInfo) -> None:
    """So that each posting is new to the run that is measured."""
    with psycopg.connect(info.database_url.replace("+psycopg", "")) as connection:
        connection.execute("TRUNCATE jobs, ingestion_runs CASCADE")


def _ingest(info: StackInfo) -> Ran:
    """Raises TimeoutError, and ValueError for a run that did not end well."""
    headers = {"Authorization": f"Bearer {info.token}"}
    memory: dict[str, int] = defaultdict(int)
    with httpx.Client(base_url=f"{info.api_url}/api/ingestion", headers=headers) as api:
        began, cpu_before, weighed_at = time.monotonic(), _cpu_seconds(info), 0.0
        answer = api.post("/start", json={})
        answer.raise_for_status()
        run_id = answer.json()["run_id"]
        while True:
            run = api.get(f"/runs/{run_id}", timeout=30).raise_for_status().json()
            if run["status"] not in ACTIVE_RUNS:
                break
            if time.monotonic() > weighed_at + _WEIGH_EVERY:
                _weigh(info, memory)
                weighed_at = time.monotonic()
            if time.monotonic() > began + _WITHIN:
                raise TimeoutError(f"the run is {run['status']}: {run['counts']}")
            time.sleep(_EVERY)
    if run["status"] != "finished" or run["counts"]["failed"]:
        raise ValueError(f"the run ended {run['status']}: {run['counts']}")
    dag_run_id = f"ingest__{run_id}__1"
    _await_end(info, dag_run_id)
    return Ran(
        postings=run["counts"]["total"],
        seconds=run["elapsed_seconds"],
        cpu_seconds={name: used - cpu_before[name] for name, used in _cpu_seconds(info).items()},
        counts=run["counts"],
        tasks=_tasks(info, dag_run_id),
        memory=memory,
    )


def _weigh(info: StackInfo, memory: dict[str, int]) -> None:
    for name, pid in info.pids.items():
        weight = 0
        for each in _processes(pid):
            with suppress(psutil.Error):
                weight += each.memory_full_info().pss
        memory[name] = max(memory[name], weight)


def _cpu_seconds(info: StackInfo) -> dict[str, float]:
    """By server; those of its processes included that have ended and been waited for."""
    seconds = dict.fromkeys(info.pids, 0.0)
    for name, pid in info.pids.items():
        for each in _processes(pid):
            with suppress(psutil.Error):
                used = each.cpu_times()
                seconds[name] += sum(used[:4])  # user and system, own and children's
    return seconds


def _processes(pid: int) -> list[psutil.Process]:
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.Error:
        return []


def _await_end(info: StackInfo, dag_run_id: str) -> None:
    """The run ends with its last job; Airflow's, when its last tasks have found nothing to do.
    Raises TimeoutError."""
    query = "SELECT state FROM dag_run WHERE run_id = %s"
    until = time.monotonic() + _WITHIN
    with psycopg.connect(_airflow_url(info), autocommit=True) as connection:
        while True:
            row = connection.execute(query, (dag_run_id,)).fetchone()
            if row and row[0] in ("success", "failed"):
                return
            if time.monotonic() > until:
                raise TimeoutError(f"{dag_run_id} is {row}")
            time.sleep(_EVERY)


def _tasks(info: StackInfo, dag_run_id: str) -> dict[str, tuple[int, float, float]]:
    query = """
        SELECT task_id, count(*), avg(duration), max(duration) FROM task_instance
        WHERE run_id = %s AND duration IS NOT NULL GROUP BY 1 ORDER BY min(start_date)
    """
    with psycopg.connect(_airflow_url(info)) as connection:
        rows = connection.execute(query, (dag_run_id,)).fetchall()
    return {name: (count, float(mean), float(most)) for name, count, mean, most in rows}


def _airflow_url(info: StackInfo) -> str:
    return info.database_url.replace("+psycopg", "").rpartition("/")[0] + "/airflow"


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
