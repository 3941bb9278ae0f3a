"""Crawls a batch: fetches each page, skips the unchanged, stores the others for extraction."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy import Engine

from include.core.fingerprint import is_unchanged
from include.core.models import Page
from include.core.outcomes import Changed, Failed, Gone, Outcome, Started, Unchanged
from include.core.urls import is_http
from include.db.batches import CrawlJob, jobs_to_crawl
from include.db.run_companies import get_sources
from include.db.runs import Run
from include.errors import FetchError, JobhuntError, PageGone
from include.fetch.pages import Fetched, PageFetcher
from include.fetch.politeness import Manners, Turns
from include.fetch.robots import Robots
from include.fetch.visits import Visits
from include.pipeline.flush import Outcomes, flush_while
from include.pipeline.pace import shared_pace
from include.pipeline.read_page import fingerprint_page
from include.raw_pages import RawPages


@dataclass(frozen=True, kw_only=True)
class CrawlTools:
    """What a worker crawls with."""

    fetcher: PageFetcher
    raw_pages: RawPages
    manners: Manners
    simhash_threshold: int


def crawl_pages(engine: Engine, run: Run, batch: int, tools: CrawlTools) -> None:
    """Crawls those jobs of the batch that no earlier try has, whatever came of it before.

    Raises:
        RunSuperseded: the run was aborted, recovered or ended meanwhile.
    """
    with engine.connect() as connection:
        jobs = jobs_to_crawl(connection, run.run_id, batch)
        sources = get_sources(connection, run.run_id)
    if jobs:
        asyncio.run(_crawl_all(engine, run, jobs, sources, tools))


async def _crawl_all(
    engine: Engine,
    run: Run,
    jobs: list[CrawlJob],
    sources: Mapping[str, str],
    tools: CrawlTools,
) -> None:
    outcomes = Outcomes(engine, run)
    with shared_pace(engine) as pace:
        async with tools.fetcher:
            visits = Visits(tools.fetcher, Turns(pace, tools.manners))
            crawler = _Crawler(run, sources, tools, visits, outcomes)
            await flush_while(outcomes, crawler.crawl(jobs))


class _Crawler:
    def __init__(
        self,
        run: Run,
        sources: Mapping[str, str],
        tools: CrawlTools,
        visits: Visits,
        outcomes: Outcomes,
    ) -> None:
        self._run = run
        self._sources = sources
        self._tools = tools
        self._visits = visits
        self._outcomes = outcomes
        self._robots = Robots(self._robots_txt, user_agent=tools.fetcher.user_agent)

    async def crawl(self, jobs: list[CrawlJob]) -> None:
        await asyncio.gather(*(self._crawl_one(job) for job in jobs))

    async def _crawl_one(self, job: CrawlJob) -> None:
        tries = _Tries()
        try:
            outcome = await self._outcome(job, tries)
        except PageGone as error:
            outcome = Gone(job_id=job.job_id, message=error.message, attempts=tries.made)
        except JobhuntError as error:
            outcome = Failed(
                job_id=job.job_id, code=error.code, message=error.message, attempts=tries.made
            )
        # A page that breaks our reading in a way nobody foresaw must not stop the others.
        except Exception as error:
            message = f"{type(error).__name__}: {error}"
            outcome = Failed(job_id=job.job_id, code="parse", message=message, attempts=tries.made)
        self._outcomes.add(outcome)

    async def _outcome(self, job: CrawlJob, tries: "_Tries") -> Outcome:
        async with self._page(job, tries) as fetched:
            validators = {"etag": fetched.etag, "last_modified": fetched.last_modified}
            page = fetched.page
            if page is None:
                return Unchanged(job_id=job.job_id, attempts=tries.made, **validators)
            now = fingerprint_page(self._sources[job.company], page)
            threshold = self._tools.simhash_threshold
            if not self._run.force and is_unchanged(job.fingerprint, now, threshold=threshold):
                return Unchanged(job_id=job.job_id, attempts=tries.made, **validators)
            key = await self._tools.raw_pages.put(self._run.run_id, job.job_id, page)
            return Changed(
                job_id=job.job_id,
                raw_key=key,
                content_sha256=hashlib.sha256(page.body).hexdigest(),
                fingerprint=now,
                attempts=tries.made,
                **validators,
            )

    @asynccontextmanager
    async def _page(self, job: CrawlJob, tries: "_Tries") -> AsyncGenerator[Fetched]:
        def on_try(number: int) -> None:
            tries.made = number
            if number == 1:
                self._outcomes.add(Started(job_id=job.job_id))

        if job.content is not None:
            async with self._visits.in_memory():
                on_try(1)
                yield Fetched(page=_inline(job.page_url, job.content))
            return
        if not is_http(job.page_url):
            raise FetchError(f"{job.page_url} is not http or https", code="blocked_address")
        await self._robots.check(job.page_url)
        known = {} if self._run.force else {"etag": job.etag, "last_modified": job.last_modified}
        async with self._visits.visit(job.page_url, on_try=on_try, **known) as fetched:
            yield fetched

    async def _robots_txt(self, url: str) -> Fetched:
        async with self._visits.visit(url) as fetched:
            return fetched


@dataclass
class _Tries:
    """How many requests one page took."""

    made: int = 1


def _inline(url: str, content: str) -> Page:
    media_type = "application/xml" if content.startswith("<") else "application/json"
    return Page(url=url, body=content.encode(), content_type=f"{media_type}; charset=utf-8")
