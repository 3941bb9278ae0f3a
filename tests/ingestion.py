"""Runs the pipeline's steps in the test's own process, as the DAG does."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

from sqlalchemy import Engine, text

from include.core.models import Company
from include.core.run_state import RunStatus
from include.db.companies import put_company
from include.db.runs import Run
from include.db.users import ensure_user
from include.fetch.guard import AddressGuard
from include.fetch.listings import ListingClient
from include.fetch.pages import PageFetcher
from include.fetch.politeness import Manners
from include.fetch.render import Browser
from include.pipeline.crawl_pages import CrawlTools, crawl_pages
from include.pipeline.extract_jobs import extract_jobs
from include.pipeline.finish_run import finish_run
from include.pipeline.mark_expired import mark_expired
from include.pipeline.open_run import open_run, run_of
from include.pipeline.plan_batches import plan_batches
from include.pipeline.source_urls import source_urls
from include.pipeline.upsert_jobs import upsert_jobs
from include.raw_pages import RawPages
from local.career_sites import companies
from tests.sites import Sites

USER = "ada"


@dataclass(frozen=True, kw_only=True)
class Ingestion:
    engine: Engine
    raw_pages: RawPages
    sites: Sites
    batch_size: int = 200
    private_hosts: tuple[str, ...] = ()
    """Allowed besides the sample sites."""
    fresh_for: timedelta = timedelta(minutes=10)
    numbers: count = field(default_factory=lambda: count(1))

    def follow(self, slugs: Sequence[str] | None = None) -> None:
        """All sample companies, or those named."""
        with self.engine.begin() as connection:
            ensure_user(connection, USER)
            for company in companies(self.sites.url):
                if slugs is None or company["slug"] in slugs:
                    put_company(connection, USER, Company(**company))

    def open(self, *, force: bool = False) -> Run:
        """A run with its companies listed, its jobs upserted and expired, its batches planned."""
        dag_run_id = f"test__{next(self.numbers)}"
        groups = open_run(self.engine, dag_run_id=dag_run_id, user_id=USER, force=force)
        run = run_of(self.engine, dag_run_id)
        for group in groups:
            self.list_companies(run, group)
        upsert_jobs(self.engine, run)
        self.expire(run)
        plan_batches(self.engine, run, batch_size=self.batch_size)
        return run_of(self.engine, dag_run_id)

    def run(self, *, force: bool = False) -> int:
        """A whole run, which must finish; its id."""
        run = self.open(force=force)
        for batch in self.batches(run):
            self.crawl(run, batch)
            extract_jobs(self.engine, run, batch, self.raw_pages)
        assert finish_run(self.engine, run.dag_run_id or "") is RunStatus.FINISHED
        return run.run_id

    def list_companies(self, run: Run, slugs: Sequence[str]) -> None:
        source_urls(
            self.engine,
            run,
            slugs,
            client=lambda: ListingClient(self._guard, **_FETCH),
            manners=_MANNERS,
            browser=self._browser,
        )

    def expire(self, run: Run) -> dict[str, int]:
        return mark_expired(self.engine, run, hold_ratio=0.5, hold_min=10)

    def crawl(self, run: Run, batch: int, *, last_try: bool = True) -> dict[str, int]:
        tools = CrawlTools(
            fetcher=PageFetcher(self._guard, **_FETCH),
            raw_pages=self.raw_pages,
            manners=_MANNERS,
            simhash_threshold=3,
            fresh_for=self.fresh_for,
            browser=self._browser(),
        )
        return crawl_pages(self.engine, run, batch, tools, last_try=last_try)

    def batches(self, run: Run) -> list[int]:
        query = (
            "SELECT DISTINCT batch FROM jobs WHERE run_id = :run AND batch IS NOT NULL ORDER BY 1"
        )
        return [row.batch for row in self.rows(query, run=run.run_id)]

    def outcomes(self, run_id: int, status: str) -> set[tuple[str, str]]:
        """(company, external id) of the jobs that ended the run so."""
        query = "SELECT company, external_id FROM run_jobs WHERE run_id = :run AND status = :status"
        return {tuple(row) for row in self.rows(query, run=run_id, status=status)}

    def rows(self, query: str, **parameters: object) -> Sequence:
        with self.engine.connect() as connection:
            return connection.execute(text(query), parameters).all()

    def _browser(self) -> Browser:
        return Browser(self._guard, **_FETCH | {"deadline": 60.0})

    @property
    def _guard(self) -> AddressGuard:
        return AddressGuard([self.sites.host, *self.private_hosts])


_FETCH = {"user_agent": "jobhunt-tests", "deadline": 20.0, "max_bytes": 5_000_000}
_MANNERS = Manners(rate_of=lambda host: 1000.0, concurrency=8)
