"""Create a run of many jobs, and update the jobs as workers do when they write their results."""

import time
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, Engine, case, func, select, text, update

from include.core.models import Company, CompanyStatus, RunTrigger
from include.core.runs.run_state import CheckStatus, JobStatus, RunStatus
from include.db.run.runs import advance, get_run, notify
from include.db.tables import CHANGED_XID, checks, jobs
from include.db.user.users import ensure_user
from include.pipeline.companies.follow_company import follow_company as follow
from include.pipeline.runs.abort_run import abort_run
from include.pipeline.runs.start_run import start_run

COMPANY = "acme"


@dataclass(frozen=True, kw_only=True)
class Commit:
    """A committed change of a run's jobs."""

    version: int
    """The lowest watermark that includes the change. The id of an event is a watermark."""
    at: float
    """The value of ``time.monotonic`` just before the commit. It can be compared with values in
    other processes, because all processes on a machine share that clock."""


@dataclass(frozen=True, kw_only=True)
class LargeRun:
    """A run that rests on one check of many jobs."""

    engine: Engine
    run_id: int
    check_id: int

    def change_all(self) -> Commit:
        """Change the status of every job.

        The status alternates between *crawling* and *extracting*. Therefore each call changes every
        job.
        """
        crawling, extracting = JobStatus.CRAWLING, JobStatus.EXTRACTING
        with self.engine.begin() as connection:
            connection.execute(
                update(jobs)
                .where(jobs.c.check_id == self.check_id)
                .values(
                    status=case((jobs.c.status == crawling, extracting), else_=crawling),
                    changed_xid=CHANGED_XID,
                )
            )
            notify(connection)
            xid = connection.scalar(text("SELECT pg_current_xact_id()::text::bigint"))
            at = time.monotonic()
        return Commit(version=int(xid) + 1, at=at)

    def advance(self, before: JobStatus, after: JobStatus, limit: int) -> int:
        """Move up to ``limit`` jobs from the status ``before`` to ``after`` in one transaction.

        Return the number of jobs that were moved.
        """
        chosen_ids = (
            select(jobs.c.job_id)
            .where(jobs.c.check_id == self.check_id, jobs.c.status == before)
            .order_by(jobs.c.job_id)
            .limit(limit)
        )
        with self.engine.begin() as connection:
            moved = connection.execute(
                update(jobs)
                .where(jobs.c.job_id.in_(chosen_ids))
                .values(status=after, changed_xid=CHANGED_XID)
            )
            notify(connection)
        return moved.rowcount

    def end(self) -> None:
        with self.engine.begin() as connection:
            abort_run(connection, self.run_id)


def follow_company(connection: Connection, user: str) -> None:
    """Make the user follow a board that nobody else follows."""
    ensure_user(connection, user)
    config = {"board": f"{COMPANY}-{user}"}
    follow(connection, user, Company(slug=COMPANY, source="greenhouse", config=config))


def ingesting_run(engine: Engine, user: str, size: int) -> LargeRun:
    """Start a run of the user that has ``size`` pending jobs, and return it."""
    with engine.begin() as connection:
        follow_company(connection, user)
        run_id = start_run(connection, user_id=user, trigger=RunTrigger.API, max_age=timedelta(0))
        run = get_run(connection, run_id)
        check_id = run and run.check_ids[0]
        if check_id is None:
            raise LookupError(f"run {run_id} has no check")
        _insert_jobs(connection, check_id, size)
        advance(connection, [run_id], RunStatus.INGESTING)
        notify(connection)
    return LargeRun(engine=engine, run_id=run_id, check_id=check_id)


def _insert_jobs(connection: Connection, check_id: int, size: int) -> None:
    """Insert ``size`` new jobs, assign them to the check, and record its listing as complete."""
    connection.execute(_INSERT_JOBS, {"check": check_id, "size": size})
    job_ids = select(func.array_agg(jobs.c.job_id)).where(jobs.c.check_id == check_id)
    connection.execute(
        update(checks)
        .where(checks.c.check_id == check_id)
        .values(
            status=CheckStatus.READING,
            listing=CompanyStatus.COMPLETE,
            listed=size,
            job_ids=job_ids.scalar_subquery(),
            jobs_xid=CHANGED_XID,
            started_at=func.now(),
            changed_xid=CHANGED_XID,
        )
    )


_INSERT_JOBS = text(
    """
    INSERT INTO jobs (
        board_id, external_id, check_id, title, listed_title, url, page_url, host
    )
    SELECT c.board_id, key, c.check_id, title, title, url, url, 'careers.example.test'
    FROM checks AS c
    CROSS JOIN generate_series(1, :size) AS number
    CROSS JOIN LATERAL (SELECT 'job-' || lpad(number::text, 6, '0') AS key) AS k
    CROSS JOIN LATERAL (
        SELECT 'Senior Engineer of Things, ' || key AS title,
            'https://careers.example.test/jobs/' || key AS url
    ) AS shown
    WHERE c.check_id = :check
    """
)
