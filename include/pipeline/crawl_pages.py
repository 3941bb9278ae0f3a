"""Crawl a batch: fetch its pages, and store and read the pages that have changed.

The number of jobs of one host that are crawled at the same time is limited, independently of the
size of the batch. Jobs of one board that share a page are crawled together, with one request. Jobs
of different boards never share a page, so that one board cannot affect the postings of another.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import dataclass

import uvloop
from sqlalchemy import Engine

from include.core.checking.outcomes import Started
from include.core.fields.template import Template
from include.core.hosts.robots import RobotsText
from include.db.catalogue.board_templates import find_templates, store_template
from include.db.hosts.host_leases import host_leases
from include.db.hosts.robots_rules import find_rules
from include.db.work.batches import CrawlJob, jobs_to_crawl
from include.db.work.sweeps import Sweep
from include.fetch.clients import Clients
from include.fetch.limits.limiter import HostLimiter, LeaseStore
from include.pipeline.pages.board_templates import BoardTemplates
from include.pipeline.pages.flush import Outcomes, flush_while
from include.pipeline.pages.page_getter import PageGetter
from include.pipeline.pages.page_requests import by_page, origins
from include.pipeline.pages.page_results import PageResults
from include.pipeline.pages.reader_pool import ReaderPool
from include.raw_pages import RawPages

_MAX_GROUPS_PER_HOST = 256
"""The maximum number of groups of one host that are crawled at the same time. The jobs of a board
that share a page form a group. The number is larger than the number of requests in progress, so
that some pages are read while others are fetched."""
_MAX_INLINE_CHUNKS = 4
"""The maximum number of chunks of inline postings that are read at the same time. An inline posting
is one whose content was in the listing."""
_INLINE_CHUNK_SIZE = 25
"""The maximum number of inline postings in a chunk. The postings of a chunk are loaded from the
database together."""
_MAX_THREADS = 32


@dataclass(frozen=True, kw_only=True)
class CrawlTools:
    """The clients and settings that a worker uses to crawl."""

    clients: Clients
    raw_pages: RawPages
    simhash_threshold: int


def crawl_pages(
    engine: Engine, sweep: Sweep, batch: int, tools: CrawlTools, *, last_try: bool = True
) -> dict[str, int]:
    """Crawl those jobs of the batch that are not crawled yet.

    Returns:
        The number of jobs for each outcome. ``core.checking.outcomes.count_name`` defines the names
        of the outcomes.

    Raises:
        SweepSuperseded: the sweep has been recovered or closed.
        SQLAlchemyError: Postgres is unavailable.
        ExceptionGroup: the crawl of a page found that Postgres is unavailable, or that S3 is
            unavailable and this is not the ``last_try``.
    """
    with ReaderPool() as readers, host_leases(engine) as leases:
        connection = leases.connection
        jobs = jobs_to_crawl(connection, sweep.sweep_id, batch)
        if not jobs:
            return {}
        robots = find_rules(connection, origins(jobs))
        board_ids = {job.board_id for job in jobs if not job.inline}
        templates = BoardTemplates(find_templates(connection, board_ids), jobs)
        results = PageResults(
            readers,
            tools.raw_pages,
            sweep.sweep_id,
            templates,
            simhash_threshold=tools.simhash_threshold,
            last_try=last_try,
        )
        outcomes = Outcomes(engine, sweep, {job.job_id: job.check_id for job in jobs})
        try:
            tally = uvloop.run(_crawl_all(engine, jobs, robots, tools, leases, results, outcomes))
        except Exception:
            # Pages were read with these templates, so the next try must read the others with them.
            _store_templates(engine, templates.learned_templates())
            raise
    _store_templates(engine, templates.new_templates())
    return tally


def _store_templates(engine: Engine, templates: Mapping[int, tuple[int, Template]]) -> None:
    """Store templates, given by board id with the version that was stored before."""
    with engine.begin() as connection:
        for board_id, (before, template) in templates.items():
            store_template(connection, board_id, template, before=before)


async def _crawl_all(
    engine: Engine,
    jobs: Sequence[CrawlJob],
    robots: Mapping[str, RobotsText],
    tools: CrawlTools,
    leases: LeaseStore,
    results: PageResults,
    outcomes: Outcomes,
) -> dict[str, int]:
    # The pool is large, because slow name lookups occupy threads and the heartbeat needs a thread,
    # too.
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(_MAX_THREADS))
    clients = tools.clients
    async with (
        clients.for_pages() as fetcher,
        clients.browser() as browser,  # starts with the first page that needs it
        HostLimiter(leases, clients.politeness) as limiter,
    ):
        page_getter = PageGetter(engine, fetcher, limiter, robots=robots, browser=browser)
        crawler = _Crawler(page_getter, results, outcomes)
        return await flush_while(outcomes, crawler.crawl(jobs), stop=crawler.stop)


class _Crawler:
    """The crawl of one batch in one event loop."""

    def __init__(self, page_getter: PageGetter, results: PageResults, outcomes: Outcomes) -> None:
        self._page_getter = page_getter
        self._results = results
        self._outcomes = outcomes
        self._cancelled_checks: set[int] = set()
        self._check_of_task: dict[asyncio.Task[None], int] = {}

    async def crawl(self, jobs: Sequence[CrawlJob]) -> None:
        """Crawl the jobs, several of each host at the same time."""
        inline = [job for job in jobs if job.inline]
        chunks = deque(
            inline[at : at + _INLINE_CHUNK_SIZE] for at in range(0, len(inline), _INLINE_CHUNK_SIZE)
        )
        queue_of_host = defaultdict[str, deque[list[CrawlJob]]](deque)
        for group in by_page(job for job in jobs if not job.inline):
            queue_of_host[group[0].host].append(group)
        async with asyncio.TaskGroup() as tasks:
            for _ in range(min(_MAX_INLINE_CHUNKS, len(chunks))):
                tasks.create_task(self._crawl_queue(chunks, self._crawl_inline))
            for queue in queue_of_host.values():
                for _ in range(min(_MAX_GROUPS_PER_HOST, len(queue))):
                    tasks.create_task(self._crawl_queue(queue, self._crawl_group))
        for outcome in await self._results.postponed():
            self._outcomes.add(outcome)

    def stop(self, check_ids: Collection[int]) -> None:
        """Stop crawling the jobs of these checks, including the jobs in progress."""
        self._cancelled_checks.update(check_ids)
        for task, check_id in self._check_of_task.items():
            if check_id in self._cancelled_checks:
                task.cancel()

    async def _crawl_queue(
        self,
        queue: deque[list[CrawlJob]],
        crawl: Callable[[list[CrawlJob]], Awaitable[None]],
    ) -> None:
        while queue:
            jobs = [job for job in queue.popleft() if job.check_id not in self._cancelled_checks]
            if jobs:
                await crawl(jobs)

    async def _crawl_group(self, jobs: Sequence[CrawlJob]) -> None:
        """Crawl jobs of one check in a separate task, which ``stop`` can cancel."""
        task = asyncio.create_task(self._crawl_page(jobs))
        self._check_of_task[task] = jobs[0].check_id
        try:
            await task
        except asyncio.CancelledError:
            task.cancel()
            if jobs[0].check_id not in self._cancelled_checks:
                raise
        finally:
            del self._check_of_task[task]

    async def _crawl_inline(self, jobs: Sequence[CrawlJob]) -> None:
        async with aclosing(self._page_getter.inline(jobs)) as pages:
            async for job, page in pages:
                self._outcomes.add(Started(job_id=job.job_id))
                for outcome in await self._results.outcomes(job, page, attempts=1):
                    self._outcomes.add(outcome)

    async def _crawl_page(self, jobs: Sequence[CrawlJob]) -> None:
        """Crawl jobs of one board that share a page, with one request."""
        tries = 1

        def on_try(number: int) -> None:
            nonlocal tries
            tries = number
            if number == 1:
                for job in jobs:
                    self._outcomes.add(Started(job_id=job.job_id))

        try:
            async with self._page_getter.shared_page(jobs, on_try) as page:
                for job in jobs:
                    for outcome in await self._results.outcomes(job, page, attempts=tries):
                        self._outcomes.add(outcome)
        # Catch all errors, because an unexpected error of one page must not stop the other jobs.
        except Exception as error:
            for job in jobs:
                self._outcomes.add(self._results.failure(job, error, attempts=tries))
