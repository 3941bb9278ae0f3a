"""Our crawl beside a Scrapy spider and a bare floor, on one site: pages a second, CPU a page; and
what a second crawl of the unchanged site still costs."""

import argparse
import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.crawl.cost import Cost
from bench.crawl.site import Site, Traffic, running_site, site_ports
from bench.crawl.task import Task
from include.db.migrate import upgrade
from local.postgres import PostgresServer, running_postgres
from local.s3 import S3Server, running_s3

_PROJECT = Path(__file__).resolve().parents[2]
_OURS = "bench.crawl.ours"
_WITHIN = 600
_AGAIN = 3
"""Repeats a round: they take a tenth of a first crawl's time, and so differ more."""

_Measured = tuple[Cost, Traffic]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument(
        "--rounds",
        type=int,
        default=3,
        help="each takes its turn so often, and the best is told;"
        f" a repeat takes {_AGAIN} times as many",
    )
    parser.add_argument("--profile", help="where to write ours' profile; slows ours down")
    options = parser.parse_args()
    console = Console()
    with (
        tempfile.TemporaryDirectory(prefix="jobhunt-bench-") as directory,
        tempfile.TemporaryDirectory(prefix="jobhunt-site-") as web,
        running_postgres(Path(directory, "postgres"), databases=("jobhunt", "peers")) as postgres,
        running_s3(Path(directory, "s3")) as s3,
    ):
        _compare(Path(web), postgres, s3, options, console)


def _compare(
    home: Path,
    postgres: PostgresServer,
    s3: S3Server,
    options: argparse.Namespace,
    console: Console,
) -> None:
    ports = site_ports()
    upgrade(postgres.url("jobhunt"))
    with running_site(home / "web", options.pages, noise=1, validators=True, ports=ports) as site:
        task = _task(postgres.url("peers"), s3, site)
        own = replace(task, database_url=postgres.url("jobhunt"))
        profiled = replace(own, profile=options.profile or "")
        rounds = defaultdict[str, list[_Measured]](list)
        for _ in range(options.rounds):
            rounds["Scrapy"].append(_measure("bench.crawl.scrapy_peer", task, site))
            rounds["floor"].append(_measure("bench.crawl.floor", task, site))
            rounds["ours"].append(_measure_first(postgres, profiled, site))
            rounds["ours, again"] += [_measure(_OURS, own, site) for _ in range(_AGAIN)]
    with running_site(home / "web", options.pages, noise=2, validators=False, ports=ports) as site:
        noisy = _measure(_OURS, own, site)
    subjects = {
        **{name: _best(measured) for name, measured in rounds.items()},
        "ours, no validators": noisy,
    }
    console.print(_table(subjects))
    _judge(subjects, console)


def _task(database_url: str, s3: S3Server, site: Site) -> Task:
    return Task(
        database_url=database_url,
        s3_endpoint=s3.endpoint,
        s3_bucket=s3.bucket,
        s3_access_key=s3.access_key,
        s3_secret_key=s3.secret_key,
        s3_region=s3.region,
        site_url=site.urls[0],
        paths=site.paths,
    )


def _measure(module: str, task: Task, site: Site) -> _Measured:
    """In a process of its own. Raises CalledProcessError."""
    site.traffic()
    ran = subprocess.run(  # noqa: S603 # modules of ours
        [sys.executable, "-m", module],
        input=task.to_json(),
        cwd=_PROJECT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=_WITHIN,
    )
    return Cost(**json.loads(ran.stdout.splitlines()[-1])), site.traffic()


def _measure_first(postgres: PostgresServer, task: Task, site: Site) -> _Measured:
    """Ours, where each posting is new."""
    with postgres.connect("jobhunt") as connection:
        connection.execute("TRUNCATE boards, sweeps, ingestion_runs CASCADE")
    return _measure(_OURS, task, site)


def _best(measured: list[_Measured]) -> _Measured:
    return min(measured, key=lambda one: one[0].cpu_seconds)


def _table(subjects: dict[str, _Measured]) -> Table:
    table = Table("", "pages/s", "CPU ms/page", "pages/CPU s", "RSS MB", "requests", "304", "MB")
    for name, (cost, traffic) in subjects.items():
        table.add_row(
            name,
            f"{cost.pages_per_second:.0f}",
            f"{cost.cpu_ms_per_page:.2f}",
            f"{cost.pages_per_cpu_second:.0f}",
            f"{cost.resident_bytes / 1e6:.0f}",
            str(traffic.requests),
            str(traffic.not_modified),
            f"{traffic.body_bytes / 1e6:.2f}",
        )
    return table


def _judge(subjects: dict[str, _Measured], console: Console) -> None:
    ours, got = subjects["ours"]
    scrapy, floor = subjects["Scrapy"][0], subjects["floor"][0]
    again, got_again = subjects["ours, again"]
    noisy, _ = subjects["ours, no validators"]
    speed = ours.pages_per_cpu_second
    console.print(
        f"ours: {speed / scrapy.pages_per_cpu_second:.1f} times Scrapy's pages a CPU second,"
        f" {speed / floor.pages_per_cpu_second:.0%} of the floor's"
    )
    console.print(
        f"again: {1 - again.cpu_seconds / ours.cpu_seconds:.0%} less CPU,"
        f" {1 - got_again.body_bytes / got.body_bytes:.1%} fewer bytes; without"
        " validators, with"
        f" noise: {1 - noisy.read / ours.read:.0%} fewer postings extracted,"
        f" {1 - noisy.cpu_seconds / ours.cpu_seconds:.0%} less CPU"
    )


if __name__ == "__main__":
    main()
