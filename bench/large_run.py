"""One run with many jobs, changed by hand as its workers' flushes change it."""

import time
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, case, func, insert, literal, select, update

from include.core.models import Company, RunTrigger
from include.core.run_state import JobStatus, RunStatus
from include.db.companies import put_company
from include.db.run_companies import add_companies
from include.db.runs import end_run, insert_run, notify, set_status, touch
from include.db.tables import jobs
from include.db.users import ensure_user

COMPANY = "acme"
_URL = "https://careers.example.test/jobs/"


@dataclass(frozen=True, kw_only=True)
class Commit:
    version: int
    at: float
    """Right before it, as ``time.monotonic`` has it, which is one clock for all processes."""


@dataclass(frozen=True, kw_only=True)
class LargeRun:
    engine: Engine
    run_id: int

    def change_all(self) -> Commit:
        """Every job changes, to and fro, so that this can go on for ever."""
        there, back = JobStatus.CRAWLING, JobStatus.EXTRACTING
        with self.engine.begin() as connection:
            version = self._touch(connection)
            connection.execute(
                update(jobs)
                .where(jobs.c.run_id == self.run_id)
                .values(status=case((jobs.c.status == there, back), else_=there), version=version)
            )
            notify(connection, self.run_id)
            at = time.monotonic()
        return Commit(version=version, at=at)

    def advance(self, before: JobStatus, after: JobStatus, limit: int) -> int:
        """One flush that moves up to ``limit`` jobs on; how many it moved."""
        chosen = (
            select(jobs.c.job_id)
            .where(jobs.c.run_id == self.run_id, jobs.c.status == before)
            .order_by(jobs.c.job_id)
            .limit(limit)
        )
        with self.engine.begin() as connection:
            version = self._touch(connection)
            moved = connection.execute(
                update(jobs).where(jobs.c.job_id.in_(chosen)).values(status=after, version=version)
            )
            notify(connection, self.run_id)
        return moved.rowcount

    def end(self) -> None:
        with self.engine.begin() as connection:
            end_run(connection, self.run_id, RunStatus.ABORTED)

    def _touch(self, connection: Connection) -> int:
        return touch(connection, self.run_id, 1, during=[RunStatus.INGESTING])


def follow_company(connection: Connection, user: str) -> None:
    ensure_user(connection, user)
    put_company(
        connection, user, Company(slug=COMPANY, source="greenhouse", config={"board": COMPANY})
    )


def ingesting_run(engine: Engine, user: str, size: int) -> LargeRun:
    """A run of ``size`` pending jobs."""
    with engine.begin() as connection:
        follow_company(connection, user)
        run_id = insert_run(connection, user_id=user, trigger=RunTrigger.API)
        if run_id is None:
            raise LookupError(f"{user} has an active run")
        set_status(connection, run_id, 1, RunStatus.INITIALIZING)
        add_companies(connection, run_id, user, None)
        version = touch(connection, run_id, 1, during=[RunStatus.INITIALIZING])
        number = func.generate_series(1, size).column_valued("number")
        key = func.concat("job-", func.lpad(func.text(number), 6, "0"))
        row = {
            "user_id": literal(user),
            "company": literal(COMPANY),
            "external_id": key,
            "run_id": literal(run_id),
            "first_run_id": literal(run_id),
            "status": literal(JobStatus.PENDING.value),
            "version": literal(version),
            "title": func.concat("Senior Engineer of Things, ", key),
            "url": func.concat(_URL, key),
            "page_url": func.concat(_URL, key),
            "host": literal("careers.example.test"),
        }
        connection.execute(insert(jobs).from_select(list(row), select(*row.values())))
        set_status(connection, run_id, 1, RunStatus.INGESTING)
    return LargeRun(engine=engine, run_id=run_id)
