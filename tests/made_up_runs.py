"""Provide runs whose listings a test makes up, and whose times a test sets."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import Engine, Row, text

from include.core.models import CheckKind, Company, CompanyStatus, ListedJob, RunTrigger
from include.core.runs.staleness import Remedy
from include.db.catalogue.listed_jobs import ListedRow, replace_listing
from include.db.run.progress import list_run_jobs, read_head
from include.db.user.users import ensure_user
from include.db.work import outbox
from include.db.work.checks import begin_listing, set_listing
from include.db.work.sweeps import Sweep
from include.pipeline.companies.follow_company import follow_company
from include.pipeline.open_run import open_run, sweep_of
from include.pipeline.plan_batches import plan_batches
from include.pipeline.recover_run import recover_run
from include.pipeline.runs.start_run import start_run
from include.pipeline.upsert_jobs import upsert_jobs

USER = "ada"
STALE_AFTER = timedelta(minutes=15)
FRESH_FOR = timedelta(minutes=10)
NEVER = timedelta(days=10_000)


@dataclass(frozen=True, kw_only=True)
class MadeUpRuns:
    """Runs that the test starts in the same way as the API.

    The test carries out their sweeps step by step.
    """

    engine: Engine
    max_recoveries: int = 3
    reread_after: timedelta = NEVER

    def follow(
        self,
        *slugs: str,
        user_id: str = USER,
        source: str = "sitemap",
        further: Mapping[str, object] = MappingProxyType({}),
        **filters: tuple[str, ...],
    ) -> None:
        """Follow one board for each slug. Users who follow the same slug share its board.

        Args:
            further: the entries of the boards' configs besides the URL.
        """
        with self.engine.begin() as connection:
            ensure_user(connection, user_id)
            for slug in slugs:
                config = {"url": f"http://{slug}.example/sitemap.xml", **further}
                company = Company(slug=slug, source=source, config=config, **filters)
                follow_company(connection, user_id, company)

    def start(
        self,
        user_id: str = USER,
        *,
        max_age: timedelta = timedelta(0),
        companies: Iterable[str] | None = None,
        force: bool = False,
        kind: CheckKind = CheckKind.LIST,
    ) -> int:
        """Start a run as the API does. Return its id, which is also the id of its new sweep."""
        with self.engine.begin() as connection:
            return start_run(
                connection,
                user_id=user_id,
                trigger=RunTrigger.API,
                max_age=max_age,
                companies=None if companies is None else list(companies),
                force=force,
                kind=kind,
            )

    def dispatch(self) -> list[int]:
        """Mark every due intent as done, as the dispatcher does.

        Return the ids of the sweeps to carry out.
        """
        with self.engine.begin() as connection:
            intents = outbox.due_intents(connection, 100)
            for intent in intents:
                outbox.mark_done(connection, intent.intent_id)
        return [intent.sweep_id for intent in intents if intent.is_wanted]

    def open(self, sweep_id: int) -> list[list[int]]:
        """Carry out the first task of the current DAG run of the sweep.

        Return its groups of checks.
        """
        dag_run_id = self.sweep(sweep_id).dag_run_id
        return open_run(self.engine, dag_run_id=dag_run_id, sweep_id=sweep_id, fresh_for=FRESH_FOR)

    def current_sweep(self, sweep_id: int) -> Sweep:
        return sweep_of(self.engine, self.sweep(sweep_id).dag_run_id)

    def list_jobs(
        self,
        sweep: Sweep,
        slug: str,
        ids: Iterable[int | ListedJob],
        *,
        status: CompanyStatus = CompanyStatus.COMPLETE,
        wanted: bool = True,
        unwanted: Collection[int] = (),
    ) -> None:
        """Write a listing of the board of ``slug`` that names the jobs ``ids``.

        Args:
            ids: the numbers of the jobs, or the jobs themselves.
            wanted: False if no follower wants any of the jobs.
            unwanted: the numbers of further jobs that no follower wants.
        """
        (check,) = self.rows(
            "SELECT c.check_id, c.board_id FROM checks c JOIN boards b USING (board_id)"
            " WHERE c.sweep_id = :s AND b.config ->> 'url' = :u",
            s=sweep.sweep_id,
            u=f"http://{slug}.example/sitemap.xml",
        )

        def listed_job(number: int) -> ListedJob:
            return ListedJob(
                external_id=str(number), title=f"Job {number}", url=f"http://x/{slug}/{number}"
            )

        rows = [
            ListedRow(
                job=each if isinstance(each, ListedJob) else listed_job(each),
                row_sha256=str(each),
                wanted=wanted and each not in unwanted,
            )
            for each in ids
        ]
        with self.engine.begin() as connection:
            begin_listing(connection, sweep.sweep_id, [check.check_id])
            if set_listing(connection, check.check_id, status, listed=len(rows)):
                replace_listing(connection, check.board_id, rows)

    def upsert(self, sweep: Sweep) -> None:
        upsert_jobs(self.engine, sweep, reread_after=self.reread_after)

    def ingesting(self, jobs: int = 3, user_id: str = USER, slug: str = "acme") -> Sweep:
        """Return a sweep that is ready to read its jobs, which are all in one batch."""
        sweep = self.upserted(jobs, user_id, slug)
        plan_batches(self.engine, sweep, batch_size=1000)
        return self.current_sweep(sweep.sweep_id)

    def upserted(self, jobs: int, user_id: str = USER, slug: str = "acme") -> Sweep:
        """Return a sweep whose jobs have been listed and upserted. Its batches are planned next."""
        self.follow(slug, user_id=user_id)
        sweep_id = self.start(user_id, companies=[slug])
        self.dispatch()
        self.open(sweep_id)
        sweep = self.current_sweep(sweep_id)
        self.list_jobs(sweep, slug, range(jobs))
        self.upsert(sweep)
        return sweep

    def silence(self, sweep_id: int, seconds: float = 15 * 60 + 1) -> None:
        """Set the heartbeat of the sweep to ``seconds`` ago, by the clock of the database."""
        self.execute(
            "UPDATE sweeps SET last_heartbeat = now() - make_interval(secs => :s)"
            " WHERE sweep_id = :r",
            s=seconds,
            r=sweep_id,
        )

    def recover(self, sweep_id: int, attempt: int | None = None) -> Remedy | None:
        return recover_run(
            self.engine,
            sweep_id,
            attempt or self.sweep(sweep_id).attempt,
            stale_after=STALE_AFTER,
            max_recoveries=self.max_recoveries,
        )

    def run(self, run_id: int) -> Row[Any]:
        return self.rows("SELECT * FROM ingestion_runs WHERE run_id = :r", r=run_id)[0]

    def sweep(self, sweep_id: int) -> Row[Any]:
        return self.rows("SELECT * FROM sweeps WHERE sweep_id = :r", r=sweep_id)[0]

    def check_of(self, slug: str = "acme") -> dict[int, int]:
        """Return the check of each of the board's jobs, by the id of the job."""
        rows = self.rows(
            "SELECT j.job_id, j.check_id FROM jobs j JOIN boards b USING (board_id)"
            " WHERE b.config ->> 'url' = :u",
            u=f"http://{slug}.example/sitemap.xml",
        )
        return {row.job_id: row.check_id for row in rows}

    def jobs(self, run_id: int) -> dict[str, str]:
        """Return the status that the run shows for each job, by external id."""
        with self.engine.connect() as connection:
            head = read_head(connection, run_id)
            assert head is not None
            run_jobs = list_run_jobs(connection, head, limit=10_000)
        return {job.external_id: job.status.value for job in run_jobs}

    def rows(self, query: str, **parameters: object) -> list[Row[Any]]:
        with self.engine.connect() as connection:
            return list(connection.execute(text(query), parameters).all())

    def execute(self, statement: str, **parameters: object) -> None:
        with self.engine.begin() as connection:
            connection.execute(text(statement), parameters)
