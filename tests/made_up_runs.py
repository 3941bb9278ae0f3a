"""Runs whose listings a test makes up, and a clock that it can turn."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, Row, text

from include.core.models import Company, CompanyStatus, ListedJob, RunTrigger
from include.core.staleness import Remedy
from include.db import outbox
from include.db.companies import put_company
from include.db.listed_jobs import replace_listing
from include.db.run_companies import set_company
from include.db.runs import Run
from include.db.users import ensure_user
from include.pipeline.open_run import open_run, run_of
from include.pipeline.plan_batches import plan_batches
from include.pipeline.recover_run import recover_run
from include.pipeline.start_run import start_run
from include.pipeline.upsert_jobs import upsert_jobs

USER = "ada"
STALE_AFTER = timedelta(minutes=15)


@dataclass(frozen=True, kw_only=True)
class MadeUpRuns:
    engine: Engine
    max_recoveries: int = 3

    def follow(self, *slugs: str, user_id: str = USER) -> None:
        with self.engine.begin() as connection:
            ensure_user(connection, user_id)
            for slug in slugs:
                put_company(connection, user_id, Company(slug=slug, source="sitemap", config={}))

    def start(self, user_id: str = USER) -> int:
        """A pending run, as the API starts it."""
        with self.engine.begin() as connection:
            return start_run(connection, user_id=user_id, trigger=RunTrigger.API)

    def dispatch(self) -> None:
        """As if Airflow had taken every intent."""
        with self.engine.begin() as connection:
            for intent in outbox.due_intents(connection, 100):
                outbox.mark_done(connection, intent.intent_id)

    def open(self, run_id: int) -> list[list[str]]:
        """What the first task of the run's present DAG run does."""
        row = self.run(run_id)
        return open_run(self.engine, dag_run_id=row.dag_run_id, user_id=row.user_id, run_id=run_id)

    def present(self, run_id: int) -> Run:
        return run_of(self.engine, self.run(run_id).dag_run_id)

    def list_jobs(self, run: Run, slug: str, ids: Iterable[int]) -> None:
        jobs = [
            (ListedJob(external_id=str(i), title=f"Job {i}", url=f"http://x/{i}"), True)
            for i in ids
        ]
        with self.engine.begin() as connection:
            replace_listing(connection, run.run_id, slug, jobs)
            set_company(connection, run.run_id, slug, CompanyStatus.COMPLETE, listed=len(jobs))

    def ingesting(self, jobs: int = 3, user_id: str = USER) -> Run:
        """A run that was started, dispatched, listed and planned in one batch."""
        run = self.upserted(jobs, user_id)
        plan_batches(self.engine, run, batch_size=1000)
        return self.present(run.run_id)

    def upserted(self, jobs: int, user_id: str = USER) -> Run:
        """A run that is about to be planned."""
        self.follow("acme", user_id=user_id)
        run_id = self.start(user_id)
        self.dispatch()
        self.open(run_id)
        run = self.present(run_id)
        self.list_jobs(run, "acme", range(jobs))
        upsert_jobs(self.engine, run)
        return run

    def silence(self, run_id: int, seconds: float = 15 * 60 + 1) -> None:
        """Turns the run's heartbeat back by so much from now, in the database's clock."""
        self.execute(
            "UPDATE ingestion_runs SET last_heartbeat = now() - make_interval(secs => :s)"
            " WHERE run_id = :r",
            s=seconds,
            r=run_id,
        )

    def recover(self, run_id: int, attempt: int | None = None) -> Remedy | None:
        return recover_run(
            self.engine,
            run_id,
            attempt or self.run(run_id).attempt,
            stale_after=STALE_AFTER,
            max_recoveries=self.max_recoveries,
        )

    def run(self, run_id: int) -> Row[Any]:
        return self.rows("SELECT * FROM ingestion_runs WHERE run_id = :r", r=run_id)[0]

    def jobs(self, run_id: int) -> dict[str, str]:
        """Status by external id."""
        query = "SELECT external_id, status FROM jobs WHERE run_id = :r"
        return {row.external_id: row.status for row in self.rows(query, r=run_id)}

    def rows(self, query: str, **parameters: object) -> list[Row[Any]]:
        with self.engine.connect() as connection:
            return list(connection.execute(text(query), parameters).all())

    def execute(self, statement: str, **parameters: object) -> None:
        with self.engine.begin() as connection:
            connection.execute(text(statement), parameters)
