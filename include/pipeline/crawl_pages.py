"""Crawls a batch: fetches each page, skips the unchanged, stores the others for extraction."""

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Engine
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt
from tenacity.wait import wait_exponential_jitter

from include.core.fingerprint import is_unchanged
from include.core.models import Page
from include.core.outcomes import Changed, Failed, Gone, Outcome, Started, Unchanged
from include.core.urls import host_key, is_http
from include.db.batches import CrawlJob, jobs_to_crawl
from include.db.run_companies import get_sources
from include.db.runs import Run
from include.errors import FetchError, JobhuntError, PageGone
from include.fetch.pages import Fetched, PageFetcher
from include.fetch.politeness import Manners, Turns
from include.fetch.robots import Robots
from include.pipeline.flush import Outcomes, flush_while
from include.pipeline.pace import shared_pace
from include.pipeline.read_page import fingerprint_page
from include.raw_pages import RawPages

_TRIES = 4
_LONGEST_WAIT = 60.0
_PAGES_AT_ONCE = 32
"""Held in memory, whatever the number of hosts."""


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
            crawler = _Crawler(run, sources, tools, Turns(pace, tools.manners), outcomes)
            await flush_while(outcomes, crawler.crawl(jobs))


class _Crawler:
    def __init__(
        self,
        run: Run,
        sources: Mapping[str, str],
        tools: CrawlTools,
        turns: Turns,
        outcomes: Outcomes,
    ) -> None:
        self._run = run
        self._sources = sources
        self._tools = tools
        self._turns = turns
        self._outcomes = outcomes
        self._memory = asyncio.Semaphore(_PAGES_AT_ONCE)
        self._robots = Robots(self._fetch_robots, user_agent=tools.fetcher.user_agent)

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
        async with self._memory:
            fetched = await self._page(job, tries)
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

    async def _page(self, job: CrawlJob, tries: "_Tries") -> Fetched:
        if job.content is not None:
            self._outcomes.add(Started(job_id=job.job_id))
            return Fetched(page=_inline(job.page_url, job.content))
        if not is_http(job.page_url):
            raise FetchError(f"{job.page_url} is not http or https", code="blocked_address")
        await self._robots.check(job.page_url)
        validators = (
            {} if self._run.force else {"etag": job.etag, "last_modified": job.last_modified}
        )
        started = Started(job_id=job.job_id)
        return await self._fetch(job.page_url, tries, started, **validators)

    async def _fetch_robots(self, url: str) -> Fetched:
        return await self._fetch(url, _Tries())

    async def _fetch(
        self, url: str, tries: "_Tries", started: Started | None = None, **validators: str | None
    ) -> Fetched:
        retrying = AsyncRetrying(
            stop=stop_after_attempt(_TRIES),
            retry=retry_if_exception(_may_help),
            wait=_wait,
            reraise=True,
        )
        async for attempt in retrying:
            with attempt:
                tries.made = attempt.retry_state.attempt_number
                async with self._turns.turn(host_key(url)):
                    if started and tries.made == 1:
                        self._outcomes.add(started)
                    return await self._tools.fetcher.fetch(url, **validators)
        raise AssertionError("tenacity reraises")


@dataclass
class _Tries:
    """How many requests one page took."""

    made: int = 1


_backoff = wait_exponential_jitter(multiplier=0.5, max=10)


def _may_help(error: BaseException) -> bool:
    return isinstance(error, FetchError) and error.retryable


def _wait(state: RetryCallState) -> float:
    error = state.outcome and state.outcome.exception()
    told = error.retry_after if isinstance(error, FetchError) else None
    return _backoff(state) if told is None else min(told, _LONGEST_WAIT)


def _inline(url: str, content: str) -> Page:
    media_type = "application/xml" if content.startswith("<") else "application/json"
    return Page(url=url, body=content.encode(), content_type=f"{media_type}; charset=utf-8")
