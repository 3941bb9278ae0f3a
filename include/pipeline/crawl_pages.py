"""Crawling a batch: fetching each page, skipping unchanged pages, and storing and reading the rest.

The number of jobs of a host that are worked on at the same time is limited, whatever the size of
the batch. Jobs of one board that share a page are crawled together, with one request. Pages are not
shared between boards, so that one board cannot affect the postings of another.
"""

import asyncio
import hashlib
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from typing import TypeVar

import uvloop
from sqlalchemy import Engine

from include.core.fingerprint import Fingerprint, is_unchanged
from include.core.models import Page
from include.core.outcomes import Changed, Outcome, Started, Unchanged
from include.core.robots import RobotsText
from include.core.urls import host_key, origin_of
from include.db.batches import CrawlJob, inline_content, jobs_to_crawl
from include.db.host_leases import host_leases
from include.db.robots_rules import find_rules
from include.db.sweeps import Sweep
from include.errors import FetchError
from include.fetch.limits.limiter import HostLimiter, LeaseStore
from include.fetch.limits.policy import PolitenessPolicy
from include.fetch.limits.retrying_fetcher import RetryingFetcher
from include.fetch.pages import Fetched, PageFetcher
from include.fetch.render import Browser
from include.fetch.robots import Robots
from include.pipeline.crawl_groups import by_page, common_validators, inline_page
from include.pipeline.drawn_pages import draw
from include.pipeline.flush import Outcomes, flush_while
from include.pipeline.page_outcomes import extracted, failure
from include.pipeline.read_page import PageReader
from include.pipeline.robots_rules import SqlRobots
from include.raw_pages import RawPages
from include.sources.registry import has_web_pages

_IN_HAND = 256
"""The most groups of jobs of one host that are worked on at the same time. It is larger than the
number of requests under way, so that pages are read while others are fetched."""
_INLINE_IN_HAND = 4
_INLINE_AT_ONCE = 25
"""How many postings that listings carry are read from the database together."""
_THREADS = 32
_LARGE = 256 * 1024
"""The size in bytes above which a page is read in a thread, so that it does not block the event
loop."""

R = TypeVar("R")


@dataclass(frozen=True, kw_only=True)
class CrawlTools:
    """The clients and settings that a worker crawls with."""

    fetcher: PageFetcher
    raw_pages: RawPages
    politeness: PolitenessPolicy
    simhash_threshold: int
    browser: Browser | None = None
    """The browser for boards whose pages need one; it starts with the first such page."""


def crawl_pages(
    engine: Engine, sweep: Sweep, batch: int, tools: CrawlTools, *, last_try: bool = True
) -> dict[str, int]:
    """Crawl the jobs of the batch that are not crawled yet.

    Returns:
        The number of jobs by outcome, as ``core.outcomes.class_of`` names them.

    Raises:
        SweepSuperseded: the sweep was recovered or closed meanwhile.
        ExceptionGroup: Postgres is away, or S3 is away and this is not the ``last_try``.
    """
    with host_leases(engine) as leases:
        connection = leases.connection
        jobs = jobs_to_crawl(connection, sweep.sweep_id, batch)
        if not jobs:
            return {}
        robots = find_rules(connection, _origins(jobs))
        return uvloop.run(_crawl_all(engine, sweep, jobs, robots, tools, leases, last_try))


async def _crawl_all(
    engine: Engine,
    sweep: Sweep,
    jobs: Sequence[CrawlJob],
    robots: Mapping[str, RobotsText],
    tools: CrawlTools,
    leases: LeaseStore,
    last_try: bool,
) -> dict[str, int]:
    outcomes = Outcomes(engine, sweep, {job.job_id: job.check_id for job in jobs})
    # slow name lookups occupy threads, and the heartbeat needs one, too
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(_THREADS))
    limiter = HostLimiter(leases, tools.politeness)
    async with tools.fetcher, tools.browser or nullcontext(), limiter:
        crawler = _Crawler(engine, sweep, robots, tools, limiter, outcomes, last_try)
        return await flush_while(outcomes, crawler.crawl(jobs), stop=crawler.stop)


class _Crawler:
    """Crawls the jobs of one batch in one event loop."""

    def __init__(
        self,
        engine: Engine,
        sweep: Sweep,
        robots: Mapping[str, RobotsText],
        tools: CrawlTools,
        limiter: HostLimiter,
        outcomes: Outcomes,
        last_try: bool,
    ) -> None:
        self._engine = engine
        self._sweep = sweep
        self._tools = tools
        self._limiter = limiter
        self._pages = RetryingFetcher(tools.fetcher, limiter)
        self._outcomes = outcomes
        self._last_try = last_try
        self._cancelled: set[int] = set()
        self._under_way: dict[asyncio.Task[None], int] = {}
        self._robots = Robots(
            self._robots_txt,
            SqlRobots(engine),
            alone=lambda url: limiter.pinned(host_key(url)),
            user_agent=tools.fetcher.user_agent,
            known=robots,
        )

    async def crawl(self, jobs: Sequence[CrawlJob]) -> None:
        """Crawl the jobs, several at the same time for each host."""
        inline = [job for job in jobs if job.inline]
        chunks = deque(
            inline[at : at + _INLINE_AT_ONCE] for at in range(0, len(inline), _INLINE_AT_ONCE)
        )
        hosts = defaultdict[str, deque[list[CrawlJob]]](deque)
        for group in by_page(job for job in jobs if not job.inline):
            hosts[group[0].host].append(group)
        async with asyncio.TaskGroup() as tasks:
            for _ in range(min(_INLINE_IN_HAND, len(chunks))):
                tasks.create_task(self._work_off(chunks, self._crawl_inline))
            for queue in hosts.values():
                for _ in range(min(_IN_HAND, len(queue))):
                    tasks.create_task(self._work_off(queue, self._crawl_group))

    def stop(self, check_ids: Collection[int]) -> None:
        """Stop crawling the jobs of these checks, also the jobs under way."""
        self._cancelled.update(check_ids)
        for task, check_id in self._under_way.items():
            if check_id in self._cancelled:
                task.cancel()

    async def _work_off(
        self,
        queue: deque[list[CrawlJob]],
        crawl: Callable[[list[CrawlJob]], Awaitable[None]],
    ) -> None:
        while queue:
            jobs = [job for job in queue.popleft() if job.check_id not in self._cancelled]
            if jobs:
                await crawl(jobs)

    async def _crawl_group(self, jobs: Sequence[CrawlJob]) -> None:
        """Crawl jobs of one check in a task of their own, which ``stop`` can cancel."""
        task = asyncio.create_task(self._crawl_together(jobs))
        self._under_way[task] = jobs[0].check_id
        try:
            await task
        except asyncio.CancelledError:
            task.cancel()
            if jobs[0].check_id not in self._cancelled:
                raise
        finally:
            del self._under_way[task]

    async def _crawl_inline(self, jobs: Sequence[CrawlJob]) -> None:
        contents = await asyncio.to_thread(self._contents, [job.job_id for job in jobs])
        for job in jobs:
            page = inline_page(job.page_url, contents.pop(job.job_id))
            async with self._pages.in_memory():
                self._outcomes.add(Started(job_id=job.job_id))
                await self._tell(job, Fetched(page=page), attempts=1)

    async def _crawl_together(self, jobs: Sequence[CrawlJob]) -> None:
        """Crawl jobs of one board that share a page, with one request."""
        tries = _Tries()
        try:
            async with await self._page(jobs, tries) as fetched:
                if jobs[0].drawn and fetched.page is not None:
                    page = await draw(self._tools.browser, fetched.page)
                    fetched = Fetched(page=page)
                for job in jobs:
                    await self._tell(job, fetched, attempts=tries.made)
        # An unforeseen error with one server must not stop the other jobs.
        except Exception as error:
            for job in jobs:
                self._outcomes.add(self._failure(job, error, tries.made))

    async def _tell(self, job: CrawlJob, fetched: Fetched, *, attempts: int) -> None:
        """Add the outcomes that the response means for the job."""
        try:
            outcomes = await self._told(job, fetched, attempts)
        # An unforeseen error with one page must not stop the other jobs.
        except Exception as error:
            outcomes = (self._failure(job, error, attempts),)
        for outcome in outcomes:
            self._outcomes.add(outcome)

    async def _told(self, job: CrawlJob, fetched: Fetched, attempts: int) -> tuple[Outcome, ...]:
        page = fetched.page
        unchanged = Unchanged(
            job_id=job.job_id,
            attempts=attempts,
            etag=fetched.etag,
            last_modified=fetched.last_modified,
        )
        if page is None:
            return (unchanged,)
        reader, now = await _beside_if_large(page, lambda: _opened(job.source, page))
        if self._is_unchanged(job, now):
            return (unchanged,)
        key = await self._tools.raw_pages.put(self._sweep.sweep_id, job.job_id, page)
        changed = Changed(
            job_id=job.job_id,
            raw_key=key,
            content_sha256=hashlib.sha256(page.body).hexdigest(),
            fingerprint=now,
            etag=fetched.etag,
            last_modified=fetched.last_modified,
            attempts=attempts,
        )
        read = await _beside_if_large(page, lambda: self._read(job, reader, attempts))
        return (changed, read)

    def _read(self, job: CrawlJob, reader: PageReader, attempts: int) -> Outcome:
        """Read the page. It is stored by now, so a page that cannot be read can be examined."""
        try:
            return extracted(job.job_id, reader.posting(), listed_at=job.location)
        # An unforeseen error with one page must not stop the other jobs.
        except Exception as error:
            return self._failure(job, error, attempts)

    def _is_unchanged(self, job: CrawlJob, now: Fingerprint) -> bool:
        threshold = self._tools.simhash_threshold
        return not job.force and is_unchanged(job.fingerprint, now, threshold=threshold)

    def _failure(self, job: CrawlJob, error: Exception, attempts: int) -> Outcome:
        return failure(job.job_id, error, attempts=attempts, last_try=self._last_try)

    async def _page(
        self, jobs: Sequence[CrawlJob], tries: "_Tries"
    ) -> AbstractAsyncContextManager[Fetched]:
        def on_try(number: int) -> None:
            tries.made = number
            if number == 1:
                for job in jobs:
                    self._outcomes.add(Started(job_id=job.job_id))

        first = jobs[0]
        if not first.host:
            raise FetchError(f"{first.page_url} is not http or https", code="blocked_address")
        # robots.txt is checked for web pages only: an API is made for programs (ADR 15).
        check = self._check_robots if has_web_pages(first.source) else None
        if check:
            await check(first.page_url)
        # scripts may show other content although the response itself is unchanged (304)
        unasked = first.force or first.drawn
        etag, last_modified = (None, None) if unasked else common_validators(jobs)
        return self._pages.fetch(
            first.page_url,
            on_try=on_try,
            on_hop=check,
            etag=etag,
            last_modified=last_modified,
        )

    def _contents(self, job_ids: Sequence[int]) -> dict[int, str]:
        with self._engine.connect() as connection:
            return inline_content(connection, job_ids)

    async def _check_robots(self, url: str) -> None:
        delay = await self._robots.check(url)
        if delay is not None:
            self._limiter.slow_down(host_key(url), 1 / delay)

    async def _robots_txt(self, url: str) -> Fetched:
        async with self._pages.fetch(url, persistent=True) as fetched:
            return fetched


@dataclass
class _Tries:
    """A counter of the requests that one page took."""

    made: int = 1


def _origins(jobs: Sequence[CrawlJob]) -> set[str]:
    pages = (job for job in jobs if not job.inline and has_web_pages(job.source))
    return {origin_of(job.page_url) for job in pages if job.host}


def _opened(source: str, page: Page) -> tuple[PageReader, Fingerprint]:
    reader = PageReader(source, page)
    return reader, reader.fingerprint()


async def _beside_if_large(page: Page, read: Callable[[], R]) -> R:
    """Return the result of ``read``, called in a thread if the page is large."""
    return await asyncio.to_thread(read) if len(page.body) > _LARGE else read()
