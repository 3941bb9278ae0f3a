"""Carry out the steps of the pipeline in the test's own process, in the order of the DAG."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Engine, text

from include.core.models import CheckKind, Company, RunTrigger
from include.core.runs.run_state import SweepStatus
from include.db.run.progress import RunReport, list_run_jobs, read_head, read_run
from include.db.user.users import ensure_user
from include.db.work import outbox
from include.db.work.sweeps import Sweep
from include.fetch.clients import Clients
from include.fetch.guard import AddressGuard
from include.fetch.limits.policy import PolitenessPolicy
from include.pipeline.companies.follow_company import follow_company
from include.pipeline.crawl_pages import CrawlTools, crawl_pages
from include.pipeline.extract_jobs import extract_jobs
from include.pipeline.finish_run import finish_run
from include.pipeline.mark_expired import mark_expired
from include.pipeline.open_run import open_run, sweep_of
from include.pipeline.plan_batches import plan_batches
from include.pipeline.runs.start_run import start_run
from include.pipeline.source_urls import source_urls
from include.pipeline.upsert_jobs import upsert_jobs
from include.raw_pages import RawPages
from local.career_sites import companies
from tests.sites import Sites

USER = "ada"
_FRESH_FOR = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True)
class Ingestion:
    """The runs and sweeps of users who follow the sample sites, and functions to carry them out."""

    engine: Engine
    raw_pages: RawPages
    sites: Sites
    batch_size: int = 200
    private_hosts: tuple[str, ...] = ()
    """The private hosts that are allowed in addition to the sample sites."""
    reread_after: timedelta = timedelta(0)
    """The time after which a page is read again.

    With the default 0, every check reads every page.
    """
    confirm_after: timedelta = timedelta(0)

    def follow(self, slugs: Sequence[str] | None = None, *, user: str = USER) -> None:
        """Follow the sample companies that ``slugs`` names. If ``slugs`` is None, follow all."""
        with self.engine.begin() as connection:
            ensure_user(connection, user)
            for company in companies(self.sites.url):
                if slugs is None or company["slug"] in slugs:
                    follow_company(connection, user, Company(**company))

    def start(
        self,
        *,
        user: str = USER,
        force: bool = False,
        max_age: timedelta = timedelta(0),
        companies: Sequence[str] | None = None,
        kind: CheckKind = CheckKind.LIST,
    ) -> int:
        """Start a run as the API does. Return its id, which is also the id of its new sweep."""
        with self.engine.begin() as connection:
            return start_run(
                connection,
                user_id=user,
                trigger=RunTrigger.API,
                max_age=max_age,
                companies=companies,
                force=force,
                kind=kind,
            )

    def dispatch(self) -> list[int]:
        """Mark all intents as done, as the dispatcher does.

        Return the ids of the sweeps to carry out.
        """
        with self.engine.begin() as connection:
            intents = outbox.due_intents(connection, 1000)
            for intent in intents:
                outbox.mark_done(connection, intent.intent_id)
        return [intent.sweep_id for intent in intents if intent.is_wanted]

    def plan(self, sweep_id: int) -> Sweep:
        """List the boards of the sweep, upsert and expire their jobs, and plan the batches."""
        (row,) = self.rows("SELECT dag_run_id FROM sweeps WHERE sweep_id = :s", s=sweep_id)
        groups = open_run(
            self.engine, dag_run_id=row.dag_run_id, sweep_id=sweep_id, fresh_for=_FRESH_FOR
        )
        sweep = sweep_of(self.engine, row.dag_run_id)
        for group in groups:
            self.list_boards(sweep, group)
        upsert_jobs(self.engine, sweep, reread_after=self.reread_after)
        self.expire(sweep)
        plan_batches(self.engine, sweep, batch_size=self.batch_size)
        return sweep

    def carry_out(self, sweep_id: int) -> SweepStatus | None:
        """Carry out a whole sweep, as its DAG run does, and return the status that it ends with."""
        sweep = self.plan(sweep_id)
        for batch in self.batches(sweep):
            self.crawl(sweep, batch)
            extract_jobs(self.engine, sweep, batch, self.raw_pages)
        return finish_run(self.engine, sweep.dag_run_id)

    def carry_out_all(self) -> None:
        """Carry out every requested sweep, until none is left."""
        while sweeps := self.dispatch():
            for sweep_id in sweeps:
                assert self.carry_out(sweep_id) is SweepStatus.DONE

    def open(self, *, force: bool = False) -> Sweep:
        """Start a run, and plan its sweep. Return the sweep."""
        run_id = self.start(force=force)
        self.dispatch()
        return self.plan(run_id)

    def run(self, *, force: bool = False, user: str = USER) -> int:
        """Carry out a whole run, assert that it finishes, and return its id."""
        run_id = self.start(force=force, user=user)
        self.carry_out_all()
        (row,) = self.rows("SELECT status FROM ingestion_runs WHERE run_id = :r", r=run_id)
        assert row.status == "finished"
        return run_id

    def list_boards(self, sweep: Sweep, check_ids: Sequence[int]) -> None:
        source_urls(
            self.engine,
            sweep,
            check_ids,
            clients=self._clients,
            deadline=timedelta(minutes=5),
        )

    def expire(self, sweep: Sweep) -> dict[int, int]:
        return mark_expired(
            self.engine,
            sweep,
            hold_ratio=0.5,
            hold_min=10,
            confirm_after=self.confirm_after,
        )

    def crawl(self, sweep: Sweep, batch: int, *, last_try: bool = True) -> dict[str, int]:
        tools = CrawlTools(
            clients=self._clients,
            raw_pages=self.raw_pages,
            simhash_threshold=3,
        )
        return crawl_pages(self.engine, sweep, batch, tools, last_try=last_try)

    def batches(self, sweep: Sweep) -> list[int]:
        query = (
            "SELECT DISTINCT batch FROM jobs JOIN checks USING (check_id)"
            " WHERE sweep_id = :s AND batch IS NOT NULL ORDER BY 1"
        )
        return [row.batch for row in self.rows(query, s=sweep.sweep_id)]

    def outcomes(self, run_id: int, status: str) -> set[tuple[str, str]]:
        """Return (company, external id) of the jobs that the run shows with this status."""
        with self.engine.connect() as connection:
            head = read_head(connection, run_id)
            assert head is not None
            run_jobs = list_run_jobs(connection, head, limit=100_000)
        return {(job.company, job.external_id) for job in run_jobs if job.status == status}

    def shown(self, run_id: int) -> dict[str, str]:
        """Return the status that the run shows for each job, by external id."""
        with self.engine.connect() as connection:
            head = read_head(connection, run_id)
            assert head is not None
            run_jobs = list_run_jobs(connection, head, limit=100_000)
        return {job.external_id: job.status.value for job in run_jobs}

    def report(self, run_id: int) -> RunReport:
        """Return the report of the run."""
        with self.engine.connect() as connection:
            report = read_run(connection, run_id)
        assert report is not None
        return report

    def rows(self, query: str, **parameters: object) -> Sequence:
        with self.engine.connect() as connection:
            return connection.execute(text(query), parameters).all()

    @property
    def _clients(self) -> Clients:
        return Clients(
            guard=AddressGuard([self.sites.host, *self.private_hosts]),
            politeness=PolitenessPolicy(rate_of=lambda host: 1000.0, concurrency=8),
            user_agent="jobhunt-tests",
            deadline=60,
            max_bytes=5_000_000,
        )
