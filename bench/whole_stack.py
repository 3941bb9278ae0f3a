"""Help the benchmarks of the whole stack.

The functions publish sites, make users follow the sites, and measure the processor time of servers.
"""

import itertools
import os
import secrets
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg

from bench.crawl.pages import write_site
from bench.crawl.site import Site
from include.core.models import Company
from include.db.engine import make_engine
from include.db.user.users import ensure_user
from include.pipeline.companies.follow_company import follow_company
from include.settings import Settings
from local.home import StackInfo
from local.ports import free_port

WITHIN_SECONDS = 580.0
"""The maximum time in seconds until a measured run, or its DAG run, has ended."""
_POLL_SECONDS = 1.0
_PORTS = ("api_port", "airflow_port", "postgres_port", "s3_port", "demo_sites_port")


def stack_settings(home: Path) -> Settings:
    """Return the settings of a stack that does not limit the rate of requests to hosts.

    Also set environment variables, because the servers of the stack read these settings from them.
    """
    os.environ |= {
        "JOBHUNT_ALLOWED_PRIVATE_HOSTS": "127.0.0.1",
        "JOBHUNT_HOST_RATE": "10000",
        "JOBHUNT_START_RATE": "100000/m",
        "JOBHUNT_JWT_SECRET": secrets.token_urlsafe(48),
    }
    return Settings(home=home, **{name: free_port() for name in _PORTS})


def publish(site: Site, companies: int, postings: int) -> dict[str, str]:
    """Publish a site for each company, and return the URL of each, by the company's slug.

    The companies are spread evenly over the hosts of ``site``.
    """
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


def follow(info: StackInfo, users: Sequence[str], published: Mapping[str, str]) -> None:
    """Delete all follows, and make ``users`` follow the published companies."""
    engine = make_engine(info.database_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM companies")
        for user in users:
            ensure_user(connection, user)
            for slug, url in published.items():
                config = {"url": f"{url}/sitemap.xml", "pattern": "/jobs/"}
                company = Company(slug=slug, source="sitemap", config=config)
                follow_company(connection, user, company)
    engine.dispose()


def cpu_seconds(info: StackInfo) -> dict[str, float]:
    """Return the processor time in seconds of each server.

    The time includes all child processes, also those that have ended.
    """
    seconds = dict.fromkeys(info.pids, 0.0)
    for name, pid in info.pids.items():
        for each in processes(pid):
            with suppress(psutil.Error):
                used = each.cpu_times()
                # The first four are the user and system time of the process and of its ended
                # children.
                seconds[name] += sum(used[:4])
    return seconds


def processes(pid: int) -> list[psutil.Process]:
    """Return the process ``pid`` and all its descendants, or nothing if the process has ended."""
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.Error:
        return []


def await_dag_run(info: StackInfo, dag_run_id: str) -> None:
    """Wait until a DAG run has ended.

    The DAG run ends later than the run that a user started. That run ends with its last job, but
    Airflow then still runs the last tasks, which have nothing left to do.

    Raises:
        TimeoutError: the DAG run has not ended after ``WITHIN_SECONDS``.
    """
    query = "SELECT state FROM dag_run WHERE run_id = %s"
    until = time.monotonic() + WITHIN_SECONDS
    with psycopg.connect(airflow_url(info), autocommit=True) as connection:
        while True:
            row = connection.execute(query, (dag_run_id,)).fetchone()
            if row and row[0] in ("success", "failed"):
                return
            if time.monotonic() > until:
                raise TimeoutError(f"{dag_run_id} is {row}")
            time.sleep(_POLL_SECONDS)


def airflow_url(info: StackInfo) -> str:
    """Return the URL of Airflow's own database."""
    return info.database_url.replace("+psycopg", "").rpartition("/")[0] + "/airflow"
