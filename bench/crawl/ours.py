"""Run our crawl and extract tasks for a sweep of one board, batch by batch, in one process.

The board is not listed. Instead, a listing of all pages of the site is written to the database.
"""

import cProfile
from contextlib import nullcontext
from datetime import timedelta

from sqlalchemy import Engine, text

from bench.crawl.cost import measured_cost, print_cost
from bench.crawl.task import Task, read_task
from include.core.models import Company, CompanyStatus, ListedJob, Listing, RunTrigger
from include.db.catalogue.listed_jobs import replace_listing
from include.db.engine import make_engine
from include.db.user.users import ensure_user
from include.db.work.checks import begin_listing, get_checks, set_listing
from include.db.work.sweeps import Sweep, dag_run_id_of
from include.fetch.clients import Clients
from include.fetch.guard import AddressGuard
from include.fetch.limits.policy import PolitenessPolicy
from include.pipeline.companies.follow_company import follow_company
from include.pipeline.crawl_pages import CrawlTools, crawl_pages
from include.pipeline.extract_jobs import extract_jobs
from include.pipeline.finish_run import finish_run
from include.pipeline.listing.listed_rows import listed_rows
from include.pipeline.open_run import open_run, sweep_of
from include.pipeline.pages.reader_pool import ReaderPool
from include.pipeline.pages.warm_up import warm_up
from include.pipeline.plan_batches import plan_batches
from include.pipeline.runs.start_run import start_run
from include.pipeline.upsert_jobs import upsert_jobs
from include.raw_pages import RawPages, S3Location

_USER = "bench"
_COMPANY = "heronworks"
_SOURCE = "sitemap"
_BATCH_SIZE = 200
_REREAD_AFTER = timedelta(0)
"""The period after which a page is due again. It is zero, so that every crawl requests each
page."""


def main() -> None:
    task = read_task()
    engine = make_engine(task.database_url)
    raw_pages = RawPages(
        S3Location(
            bucket=task.s3_bucket,
            endpoint=task.s3_endpoint,
            region=task.s3_region,
            access_key=task.s3_access_key,
            secret_key=task.s3_secret_key,
        )
    )
    sweep, batches = _plan(engine, task)
    warm_up()  # Airflow's process also does this before it forks tasks.
    profile = cProfile.Profile() if task.profile else None
    with measured_cost(len(task.paths)) as cost, profile or nullcontext():
        for batch in batches:
            crawl_pages(engine, sweep, batch, _tools(task, raw_pages))
            extract_jobs(engine, sweep, batch, raw_pages)
    if profile:
        profile.dump_stats(task.profile)
    finish_run(engine, sweep.dag_run_id)
    cost.read = _count_extracted(engine, sweep, len(task.paths))
    print_cost(cost)
    engine.dispose()


def _tools(task: Task, raw_pages: RawPages) -> CrawlTools:
    return CrawlTools(
        clients=Clients(
            politeness=PolitenessPolicy(rate_of=lambda host: 100_000.0, concurrency=task.at_once),
            guard=AddressGuard([task.host]),
            user_agent="JobhuntIngestion/bench (+https://example.com/crawler)",
            deadline=30,
            max_bytes=10_000_000,
        ),
        raw_pages=raw_pages,
        simhash_threshold=3,
    )


def _plan(engine: Engine, task: Task) -> tuple[Sweep, list[int]]:
    with engine.begin() as connection:
        ensure_user(connection, _USER)
        company = Company(slug=_COMPANY, source=_SOURCE, config={"url": task.site_url})
        follow_company(connection, _USER, company)
        run_id = start_run(connection, user_id=_USER, trigger=RunTrigger.API, max_age=timedelta(0))
    dag_run_id = dag_run_id_of(run_id, 1)
    ((check_id,),) = open_run(
        engine, dag_run_id=dag_run_id, sweep_id=run_id, fresh_for=timedelta(0)
    )
    sweep = sweep_of(engine, dag_run_id)
    listing = Listing(
        jobs=tuple(ListedJob(external_id=url, title="Job", url=url) for url in task.urls),
        complete=True,
    )
    with engine.begin() as connection:
        begin_listing(connection, run_id, [check_id])
        (check,) = get_checks(connection, [check_id])
        with ReaderPool() as readers:
            rows = listed_rows(_SOURCE, listing, (), readers)
        replace_listing(connection, check.board_id, rows)
        set_listing(connection, check_id, CompanyStatus.COMPLETE, listed=len(listing.jobs))
    upsert_jobs(engine, sweep, reread_after=_REREAD_AFTER)
    return sweep, plan_batches(engine, sweep, batch_size=_BATCH_SIZE)


def _count_extracted(engine: Engine, sweep: Sweep, jobs: int) -> int:
    """Return the number of jobs whose posting was extracted.

    Raises:
        ValueError: a job is neither ready nor skipped.
    """
    query = (
        "SELECT status, count(*) FROM jobs WHERE check_id IN"
        " (SELECT check_id FROM checks WHERE sweep_id = :sweep) GROUP BY status"
    )
    with engine.connect() as connection:
        counts_by_status = dict(connection.execute(text(query), {"sweep": sweep.sweep_id}).all())
    if counts_by_status.get("ready", 0) + counts_by_status.get("skipped", 0) != jobs:
        raise ValueError(f"the run ended with {counts_by_status}")
    return counts_by_status.get("ready", 0)


if __name__ == "__main__":
    main()
