"""Run all tasks of a sweep in one process, and harm the process at given points.

The points are before and after each commit, and before and after each put of a page to S3. They are
numbered from 1. At a point, the process is killed or an error is raised. At its end, the process
prints the number of points that it passed.
"""

import faulthandler
import json
import os
import signal
import sys
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import timedelta
from typing import Any, TypeVar

import psycopg
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.exc import SQLAlchemyError

from include.core.models import Page
from include.core.runs.run_state import SweepStatus
from include.db.engine import make_engine
from include.db.work.sweeps import Sweep
from include.errors import StorageError, SweepSuperseded
from include.pipeline.extract_jobs import extract_jobs
from include.pipeline.finish_run import finish_run
from include.pipeline.open_run import open_run, sweep_of
from include.pipeline.plan_batches import plan_batches
from include.pipeline.upsert_jobs import upsert_jobs
from include.raw_pages import RawPages, S3Location
from tests.ingestion import Ingestion
from tests.sites import Sites

T = TypeVar("T")

_TRIES = 3
"""The number of times that the DAG tries a task."""
_HANGS_AFTER = 120.0
"""The time in seconds after which the process is taken to hang. A run takes a few seconds."""


def harm_at(points: Collection[int], how: str) -> Callable[[], int]:
    """Kill this process (``kill``) or raise an error (``fail``) at each of the given points.

    Return a function that returns the number of the points that were passed so far.
    """
    passed = 0

    def point(error: Exception) -> None:
        nonlocal passed
        passed += 1
        if passed in points:
            if how == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            raise error

    commit, put = DefaultDialect.do_commit, RawPages.put
    cut = psycopg.OperationalError("the connection is lost")

    def counted_commit(self: DefaultDialect, connection: Any) -> None:
        point(cut)
        commit(self, connection)
        point(cut)

    async def counted_put(self: RawPages, run_id: int, job_id: int, page: Page) -> str:
        point(StorageError("could not be stored"))
        key = await put(self, run_id, job_id, page)
        point(StorageError("no answer came"))
        return key

    DefaultDialect.do_commit = counted_commit
    RawPages.put = counted_put
    return lambda: passed


def tried(step: Callable[[bool], T]) -> T:
    """Try the step as often as Airflow does. The argument of ``step`` is True in the last try."""
    for _ in range(1, _TRIES):
        with suppress(SQLAlchemyError, StorageError, ExceptionGroup):
            return step(False)
    return step(True)


def work(where: dict[str, Any]) -> None:
    """Carry out the steps of a sweep in the order of the DAG ``ingest_jobs``."""
    engine = make_engine(where["database_url"])
    raw_pages = RawPages(S3Location(**where["s3"]))
    # ``world`` is None, because the simulated sites run in the process of the test.
    sites = Sites(url=where["sites_url"], world=None)  # type: ignore[arg-type]
    ingestion = Ingestion(engine=engine, raw_pages=raw_pages, sites=sites)
    own = where["dag_run_id"]

    def now() -> Sweep:
        return sweep_of(engine, own)

    # SweepSuperseded is raised if an earlier try of the last task has already closed the sweep.
    with suppress(SweepSuperseded):
        groups = tried(
            lambda _: open_run(
                engine, dag_run_id=own, sweep_id=where["sweep_id"], fresh_for=timedelta(0)
            )
        )
        for group in groups:
            tried(lambda _, group=group: ingestion.list_boards(now(), group))
        tried(lambda _: upsert_jobs(engine, now(), reread_after=timedelta(0)))
        tried(lambda _: ingestion.expire(now()))
        for batch in tried(lambda _: plan_batches(engine, now(), batch_size=20)):
            tried(lambda last, batch=batch: ingestion.crawl(now(), batch, last_try=last))
            tried(
                lambda last, batch=batch: extract_jobs(
                    engine, now(), batch, raw_pages, last_try=last
                )
            )
    assert tried(lambda _: finish_run(engine, own)) is SweepStatus.DONE
    engine.dispose()


if __name__ == "__main__":
    faulthandler.dump_traceback_later(_HANGS_AFTER, exit=True)
    where = json.loads(sys.argv[1])
    passed = harm_at(where["points"], where["how"])
    work(where)
    print(passed())  # noqa: T201 # the test reads this output
