"""Compare our crawl of one site with a Scrapy spider and with a minimal crawler (the floor).

The benchmark prints the pages per second and the processor time per page. It also measures a second
crawl by our code, for which the site has not changed.
"""

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
_OUR_MODULE = "bench.crawl.ours"
_TIMEOUT_SECONDS = 600
_REPEATS = 3
"""The number of second crawls in each round. It is above 1, because a second crawl takes only a
tenth of the time of a first one. Therefore its measurements vary more."""

_Measured = tuple[Cost, Traffic]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument(
        "--rounds",
        type=int,
        default=3,
        help="number of rounds; the best is shown. In each round, the second crawl is measured"
        f" {_REPEATS} times",
    )
    parser.add_argument("--profile", help="file for a profile of our crawl, which makes it slower")
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
        our_task = replace(task, database_url=postgres.url("jobhunt"))
        profiled_task = replace(our_task, profile=options.profile or "")
        rounds = defaultdict[str, list[_Measured]](list)
        for _ in range(options.rounds):
            rounds["Scrapy"].append(_measure("bench.crawl.scrapy_peer", task, site))
            rounds["floor"].append(_measure("bench.crawl.floor", task, site))
            rounds["ours"].append(_measure_first(postgres, profiled_task, site))
            rounds["ours, again"] += [
                _measure(_OUR_MODULE, our_task, site) for _ in range(_REPEATS)
            ]
    with running_site(home / "web", options.pages, noise=2, validators=False, ports=ports) as site:
        noisy = _measure(_OUR_MODULE, our_task, site)
    subjects = {
        **{name: _best(measured) for name, measured in rounds.items()},
        "ours, no validators": noisy,
    }
    console.print(_table(subjects))
    _print_comparison(subjects, console)


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
    """Run the crawler in ``module`` as a process, and return its cost and its traffic.

    Raises:
        CalledProcessError: the crawler failed.
        TimeoutExpired: the crawler took more than ten minutes.
    """
    site.traffic()
    completed = subprocess.run(  # noqa: S603 # the modules are our own
        [sys.executable, "-m", module],
        input=task.to_json(),
        cwd=_PROJECT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=_TIMEOUT_SECONDS,
    )
    return Cost(**json.loads(completed.stdout.splitlines()[-1])), site.traffic()


def _measure_first(postgres: PostgresServer, task: Task, site: Site) -> _Measured:
    """Delete all boards and jobs, and measure our crawl, for which each posting is then new."""
    with postgres.connect("jobhunt") as connection:
        connection.execute("TRUNCATE boards, sweeps, ingestion_runs CASCADE")
    return _measure(_OUR_MODULE, task, site)


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


def _print_comparison(subjects: dict[str, _Measured], console: Console) -> None:
    ours, traffic = subjects["ours"]
    scrapy, floor = subjects["Scrapy"][0], subjects["floor"][0]
    again, traffic_again = subjects["ours, again"]
    noisy, _ = subjects["ours, no validators"]
    speed = ours.pages_per_cpu_second
    console.print(
        f"ours: {speed / scrapy.pages_per_cpu_second:.1f} times Scrapy's pages per CPU second,"
        f" {speed / floor.pages_per_cpu_second:.0%} of the floor's"
    )
    console.print(
        f"again: {1 - again.cpu_seconds / ours.cpu_seconds:.0%} less CPU,"
        f" {1 - traffic_again.body_bytes / traffic.body_bytes:.1%} fewer bytes; without"
        f" validators and with noise: {1 - noisy.read / ours.read:.0%} fewer postings extracted,"
        f" {1 - noisy.cpu_seconds / ours.cpu_seconds:.0%} less CPU"
    )


if __name__ == "__main__":
    main()
