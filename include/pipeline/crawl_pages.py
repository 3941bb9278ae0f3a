"""Crawls a batch: fetches each page, skips the unchanged, stores the others and reads them while
they are at hand. What it takes over from other crawls is left to ``extract_jobs``.

Pages stream through: of a host, so many jobs are in hand at once, whatever the size of the batch;
jobs that share a page are done together, with one request.
"""

import asyncio
import hashlib
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import uvloop
from sqlalchemy import Engine

from include.core.fingerprint import Fingerprint, is_unchanged
from include.core.lastmod import is_as_crawled
from include.core.models import Page
from include.core.outcomes import Changed, LeftAlone, Outcome, Started, Unchanged
from include.core.robots import RobotsText
from include.core.urls import host_key, origin_of
from include.db.batches import CrawlJob, FreshPage, fresh_pages, inline_content, jobs_to_crawl
from include.db.robots_rules import find_rules
from include.db.runs import Run
from include.errors import FetchError, StorageError
from include.fetch.pages import Fetched, PageFetcher
from include.fetch.politeness import Manners, Pace
from include.fetch.render import Browser
from include.fetch.robots import Robots
from include.fetch.turns import Turns
from include.fetch.visits import Visit, Visits
from include.pipeline.crawl_groups import by_page, common_validators, inline_page
from include.pipeline.drawn_pages import draw
from include.pipeline.flush import Outcomes, flush_while
from include.pipeline.pace import shared_pace
from include.pipeline.page_outcomes import extracted, failure
from include.pipeline.read_page import PageReader
from include.pipeline.robots_rules import SqlRobots
from include.raw_pages import RawPages
from include.sources.registry import has_web_pages

_IN_HAND = 256
"""Jobs of one host: more than are under way, so that moments can be reserved for those to come."""
_INLINE_IN_HAND = 4
_INLINE_AT_ONCE = 25
"""Pages that listings have carried, read from the database together."""
_THREADS = 32
_LARGE = 256 * 1024
"""Bytes of a page that is read beside the event loop, which others wait for."""

R = TypeVar("R")


@dataclass(frozen=True, kw_only=True)
class CrawlTools:
    """What a worker crawls with."""

    fetcher: PageFetcher
    raw_pages: RawPages
    manners: Manners
    simhash_threshold: int
    browser: Browser | None = None
    """For companies whose pages need one; it starts with the first such page."""
    fresh_for: timedelta = timedelta(minutes=10)
    """What was fetched for another user so short a time ago is not asked for again."""
    lastmod_trust: timedelta = timedelta(days=3)
    """How long a sitemap is believed that a page has not changed."""


@dataclass(frozen=True, kw_only=True)
class _Known:
    """Of a batch, before anybody is asked."""

    fresh: Mapping[int, FreshPage]
    """By job id."""
    robots: Mapping[str, RobotsText]
    """By origin."""


def crawl_pages(
    engine: Engine, run: Run, batch: int, tools: CrawlTools, *, last_try: bool = True
) -> dict[str, int]:
    """Crawls those jobs of the batch that no earlier try has, whatever came of it before; none in
    a run that reads stored pages again. How many came to what, as ``core.outcomes.class_of`` says.

    Raises:
        RunSuperseded: the run was aborted, recovered or ended meanwhile.
        ExceptionGroup: Postgres or, unless it is the ``last_try``, S3 is away.
    """
    if run.reextract:
        return {}
    with shared_pace(engine) as pace:
        connection = pace.connection
        jobs = jobs_to_crawl(connection, run.run_id, batch)
        if not jobs:
            return {}
        known = _Known(
            fresh={} if run.force else fresh_pages(connection, run.run_id, batch, tools.fresh_for),
            robots=find_rules(connection, _origins(jobs)),
        )
        return uvloop.run(_crawl_all(engine, run, jobs, known, tools, pace, last_try))


async def _crawl_all(
    engine: Engine,
    run: Run,
    jobs: Sequence[CrawlJob],
    known: "_Known",
    tools: CrawlTools,
    pace: Pace,
    last_try: bool,
) -> dict[str, int]:
    outcomes = Outcomes(engine, run)
    # names that resolve slowly hold threads, and the heartbeat needs one too
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(_THREADS))
    async with tools.fetcher, tools.browser or nullcontext():
        turns = Turns(pace, tools.manners)
        crawler = _Crawler(engine, run, known, tools, turns, outcomes, last_try)
        return await flush_while(outcomes, crawler.crawl(jobs))


class _Crawler:
    def __init__(
        self,
        engine: Engine,
        run: Run,
        known: "_Known",
        tools: CrawlTools,
        turns: Turns,
        outcomes: Outcomes,
        last_try: bool,
    ) -> None:
        self._engine = engine
        self._run = run
        self._fresh = known.fresh
        self._tools = tools
        self._turns = turns
        self._visits = Visits(tools.fetcher, turns)
        self._outcomes = outcomes
        self._last_try = last_try
        self._began_at = datetime.now(UTC)
        self._robots = Robots(
            self._robots_txt,
            SqlRobots(engine),
            alone=turns.alone,
            user_agent=tools.fetcher.user_agent,
            known=known.robots,
        )

    async def crawl(self, jobs: Sequence[CrawlJob]) -> None:
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
                    tasks.create_task(self._work_off(queue, self._crawl_together))

    async def _work_off(
        self,
        queue: deque[list[CrawlJob]],
        crawl: Callable[[list[CrawlJob]], Awaitable[None]],
    ) -> None:
        while queue:
            await crawl(queue.popleft())

    async def _crawl_inline(self, jobs: Sequence[CrawlJob]) -> None:
        contents = await asyncio.to_thread(self._contents, [job.job_id for job in jobs])
        for job in jobs:
            page = inline_page(job.page_url, contents.pop(job.job_id))
            async with self._visits.in_memory():
                self._outcomes.add(Started(job_id=job.job_id))
                await self._tell(job, Fetched(page=page), attempts=1)

    async def _crawl_together(self, jobs: Sequence[CrawlJob]) -> None:
        """Jobs whose page is one and the same."""
        left = [job for job in jobs if not await self._settle_unasked(job)]
        if not left:
            return
        tries = _Tries()
        try:
            async with await self._visit(left, tries) as fetched:
                if left[0].drawn and fetched.page is not None:
                    page = await draw(self._tools.browser, fetched.page)
                    fetched = Fetched(page=page)  # as its visitors see it
                for job in left:
                    await self._tell(job, fetched, attempts=tries.made)
        # A server that breaks our asking in a way nobody foresaw must not stop the others.
        except Exception as error:
            for job in left:
                self._outcomes.add(self._failure(job, error, tries.made))

    async def _settle_unasked(self, job: CrawlJob) -> bool:
        """Whether what is known of the page spares a request for it."""
        if self._run.force or job.drawn:
            return False
        if is_as_crawled(
            job.modified,
            job.crawled_modified,
            job.crawled_at,
            now=self._began_at,
            trust=self._tools.lastmod_trust,
        ):
            self._outcomes.add(Started(job_id=job.job_id))
            self._outcomes.add(LeftAlone(job_id=job.job_id))
            return True
        fresh = self._fresh.get(job.job_id)
        return fresh is not None and await self._take_over(job, fresh)

    async def _take_over(self, job: CrawlJob, fresh: FreshPage) -> bool:
        """The page as another job's crawl has stored it; False when it is no longer there."""
        outcome: Outcome
        if self._is_unchanged(job, fresh.fingerprint):
            outcome = Unchanged(
                job_id=job.job_id, etag=fresh.etag, last_modified=fresh.last_modified
            )
        else:
            try:
                key = await self._tools.raw_pages.copy(fresh.raw_key, self._run.run_id, job.job_id)
            except StorageError:
                return False
            outcome = Changed(
                job_id=job.job_id,
                raw_key=key,
                content_sha256=fresh.content_sha256,
                fingerprint=fresh.fingerprint,
                etag=fresh.etag,
                last_modified=fresh.last_modified,
            )
        self._outcomes.add(Started(job_id=job.job_id))
        self._outcomes.add(outcome)
        return True

    async def _tell(self, job: CrawlJob, fetched: Fetched, *, attempts: int) -> None:
        """Adds what the page tells of the job."""
        try:
            outcomes = await self._told(job, fetched, attempts)
        # A page that breaks our reading in a way nobody foresaw must not stop the others.
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
        key = await self._tools.raw_pages.put(self._run.run_id, job.job_id, page)
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
        """Of a page that is stored, so that what it is can be looked up if it can't be read."""
        try:
            return extracted(job.job_id, reader.posting(), listed_at=job.location)
        # as above
        except Exception as error:
            return self._failure(job, error, attempts)

    def _is_unchanged(self, job: CrawlJob, now: Fingerprint) -> bool:
        threshold = self._tools.simhash_threshold
        return not self._run.force and is_unchanged(job.fingerprint, now, threshold=threshold)

    def _failure(self, job: CrawlJob, error: Exception, attempts: int) -> Outcome:
        return failure(job.job_id, error, attempts=attempts, last_try=self._last_try)

    async def _visit(self, jobs: Sequence[CrawlJob], tries: "_Tries") -> Visit:
        def on_try(number: int) -> None:
            tries.made = number
            if number == 1:
                for job in jobs:
                    self._outcomes.add(Started(job_id=job.job_id))

        first = jobs[0]
        if not first.host:
            raise FetchError(f"{first.page_url} is not http or https", code="blocked_address")
        # An API is there to be asked by programs; robots.txt is about the pages of a site.
        check = self._check_robots if has_web_pages(first.source) else None
        if check:
            await check(first.page_url)
        # a page that is drawn by scripts may say something else and still be the same answer
        unasked = self._run.force or first.drawn
        etag, last_modified = (None, None) if unasked else common_validators(jobs)
        return self._visits.visit(
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
            self._turns.slow_down(host_key(url), 1 / delay)

    async def _robots_txt(self, url: str) -> Fetched:
        async with self._visits.visit(url, persistent=True) as fetched:
            return fetched


@dataclass
class _Tries:
    """How many requests one page took."""

    made: int = 1


def _origins(jobs: Sequence[CrawlJob]) -> set[str]:
    pages = (job for job in jobs if not job.inline and has_web_pages(job.source))
    return {origin_of(job.page_url) for job in pages if job.host}


def _opened(source: str, page: Page) -> tuple[PageReader, Fingerprint]:
    reader = PageReader(source, page)
    return reader, reader.fingerprint()


async def _beside_if_large(page: Page, read: Callable[[], R]) -> R:
    """``read``, beside the event loop if that would be held up."""
    return await asyncio.to_thread(read) if len(page.body) > _LARGE else read()
