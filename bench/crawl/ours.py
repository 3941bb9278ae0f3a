"""Our crawl and extract steps, as one worker does them batch by batch: a whole run of one company,
whose listing is made up."""

import cProfile
from contextlib import nullcontext

from sqlalchemy import Engine, text

from bench.crawl.cost import costing, tell
from bench.crawl.task import Task, read_task
from include.core.models import Company, CompanyStatus, ListedJob
from include.db.companies import put_company
from include.db.engine import make_engine
from include.db.listed_jobs import replace_listing
from include.db.run_companies import set_company
from include.db.runs import Run
from include.db.users import ensure_user
from include.fetch.guard import AddressGuard
from include.fetch.pages import PageFetcher
from include.fetch.politeness import Manners
from include.pipeline.crawl_pages import CrawlTools, crawl_pages
from include.pipeline.extract_jobs import extract_jobs
from include.pipeline.open_run import open_run, run_of
from include.pipeline.plan_batches import plan_batches
from include.pipeline.upsert_jobs import upsert_jobs
from include.pipeline.warm_up import warm_up
from include.raw_pages import RawPages, S3Location

_USER = "bench"
_COMPANY = "heronworks"
_BATCH_SIZE = 200


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
    run, batches = _open(engine, task)
    warm_up()  # as the process that tasks are forked from has done
    profile = cProfile.Profile() if task.profile else None
    with costing(len(task.paths)) as cost, profile or nullcontext():
        for batch in batches:
            crawl_pages(engine, run, batch, _tools(task, raw_pages))
            extract_jobs(engine, run, batch, raw_pages)
    if profile:
        profile.dump_stats(task.profile)
    cost.read = _read(engine, run, len(task.paths))
    tell(cost)
    engine.dispose()


def _tools(task: Task, raw_pages: RawPages) -> CrawlTools:
    return CrawlTools(
        fetcher=PageFetcher(
            AddressGuard([task.host]),
            user_agent="JobhuntIngestion/bench (+https://example.com/crawler)",
            deadline=30,
            max_bytes=10_000_000,
        ),
        raw_pages=raw_pages,
        manners=Manners(rate_of=lambda host: 100_000.0, concurrency=task.at_once),
        simhash_threshold=3,
    )


def _open(engine: Engine, task: Task) -> tuple[Run, list[int]]:
    with engine.begin() as connection:
        ensure_user(connection, _USER)
        company = Company(slug=_COMPANY, source="sitemap", config={"url": task.site_url})
        put_company(connection, _USER, company)
        number = connection.scalar(text("SELECT count(*) FROM ingestion_runs"))
    name = f"bench__{number}"
    open_run(engine, dag_run_id=name, user_id=_USER)
    run = run_of(engine, name)
    modified = task.modified or None
    listed = [
        (ListedJob(external_id=url, title="Job", url=url, modified=modified), True)
        for url in task.urls
    ]
    with engine.begin() as connection:
        replace_listing(connection, run.run_id, _COMPANY, listed)
        set_company(connection, run.run_id, _COMPANY, CompanyStatus.COMPLETE, listed=len(listed))
    upsert_jobs(engine, run)
    batches = plan_batches(engine, run, batch_size=_BATCH_SIZE)
    return run_of(engine, name), batches


def _read(engine: Engine, run: Run, jobs: int) -> int:
    """How many were not skipped. Raises ValueError when a job did not end well."""
    query = "SELECT status, count(*) FROM run_jobs WHERE run_id = :run GROUP BY status"
    with engine.connect() as connection:
        ended = dict(connection.execute(text(query), {"run": run.run_id}).all())
    if ended.get("ready", 0) + ended.get("skipped", 0) != jobs:
        raise ValueError(f"the run ended with {ended}")
    return ended.get("ready", 0)


if __name__ == "__main__":
    main()
