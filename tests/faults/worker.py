"""All of a run's tasks in one process of its own, which dies at a given commit point.

The points are counted: before and after each commit, and before and after each page put to S3.
Prints how many there were, if it lives.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from sqlalchemy.engine.default import DefaultDialect

from include.core.models import Page
from include.core.run_state import RunStatus
from include.db.engine import make_engine
from include.pipeline.extract_jobs import extract_jobs
from include.pipeline.finish_run import finish_run
from include.pipeline.open_run import open_run, run_of
from include.pipeline.plan_batches import plan_batches
from include.pipeline.upsert_jobs import upsert_jobs
from include.raw_pages import RawPages, S3Location
from tests.ingestion import Ingestion
from tests.sites import Sites


def die_at(fatal: int | None) -> Callable[[], int]:
    """SIGKILLs this process at point number ``fatal``; returns the count of points so far."""
    passed = 0

    def point() -> None:
        nonlocal passed
        passed += 1
        if passed == fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    commit, put = DefaultDialect.do_commit, RawPages.put

    def counted_commit(self: DefaultDialect, connection: Any) -> None:
        point()
        commit(self, connection)
        point()

    async def counted_put(self: RawPages, run_id: int, job_id: int, page: Page) -> str:
        point()
        key = await put(self, run_id, job_id, page)
        point()
        return key

    DefaultDialect.do_commit = counted_commit
    RawPages.put = counted_put
    return lambda: passed


def work(where: dict[str, Any]) -> None:
    """As the DAG ``ingest_jobs`` does it."""
    engine = make_engine(where["database_url"])
    raw_pages = RawPages(S3Location(**where["s3"]))
    # the world behind the sites is the test's process's
    sites = Sites(url=where["sites_url"], world=None)  # type: ignore[arg-type]
    ingestion = Ingestion(engine=engine, raw_pages=raw_pages, sites=sites)
    own = where["dag_run_id"]
    groups = open_run(engine, dag_run_id=own, user_id=where["user_id"], run_id=where["run_id"])
    for group in groups:
        ingestion.list_companies(run_of(engine, own), group)
    upsert_jobs(engine, run_of(engine, own))
    ingestion.expire(run_of(engine, own))
    for batch in plan_batches(engine, run_of(engine, own), batch_size=20):
        run = run_of(engine, own)
        ingestion.crawl(run, batch)
        extract_jobs(engine, run, batch, raw_pages)
        if is_over(ingestion, run.run_id):
            break
    assert finish_run(engine, own) is RunStatus.FINISHED
    engine.dispose()


def is_over(ingestion: Ingestion, run_id: int) -> bool:
    """The worker that ended the last job has ended the run."""
    return not ingestion.rows(
        "SELECT 1 FROM ingestion_runs WHERE run_id = :r AND status = 'ingesting'", r=run_id
    )


if __name__ == "__main__":
    where = json.loads(sys.argv[1])
    passed = die_at(where["fatal"])
    work(where)
    print(passed())  # noqa: T201 # the test reads it
