"""Get the pages of jobs, from their sites or from their board's listing."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import Any

from sqlalchemy import Engine

from include.core.hosts.robots import RobotsText
from include.db.catalogue.boards import config_of
from include.db.work.batches import CrawlJob, inline_content
from include.errors import FetchError
from include.failure_codes import FailureCode
from include.fetch.http_messages import HttpRequest
from include.fetch.limits.limiter import HostLimiter
from include.fetch.limits.retrying_fetcher import RetryingFetcher
from include.fetch.pages import Fetched, PageFetcher
from include.fetch.render import Browser
from include.pipeline.pages.page_requests import inline_page, must_check_robots, page_request
from include.pipeline.pages.page_sessions import PageSessions
from include.pipeline.pages.robots_rules import robots_check


class PageGetter:
    """An object that gets the pages of one worker's jobs, in one event loop."""

    def __init__(
        self,
        engine: Engine,
        fetcher: PageFetcher,
        limiter: HostLimiter,
        *,
        robots: Mapping[str, RobotsText],
        browser: Browser,
    ) -> None:
        """Prepare to get the pages of one worker's jobs.

        Args:
            robots: the robots.txt files that are in the store already, by origin.
            browser: the browser for boards whose pages need one.
        """
        self._engine = engine
        self._browser = browser
        self._fetcher = RetryingFetcher(fetcher, limiter)
        self._check_robots = robots_check(
            engine, self._fetcher, limiter, user_agent=fetcher.user_agent, known=robots
        )
        self._sessions = PageSessions(self._fetcher, self._config_of)

    @asynccontextmanager
    async def shared_page(
        self, jobs: Sequence[CrawlJob], on_try: Callable[[int], None]
    ) -> AsyncGenerator[Fetched]:
        """Yield the page that these jobs of one board share.

        The page counts towards the worker's memory limit while the block runs.

        Args:
            on_try: called with the number of each try when its request is sent.

        Raises:
            FetchError, PageGone: the page could not be fetched or rendered, or it must not be
                requested.
        """
        job, request = jobs[0], page_request(jobs)
        check = self._check_robots if must_check_robots(job) else None
        if check:
            await check(request.url)
        async with self._response_with_session(job, request, on_try, check) as response:
            if response.page is not None and not response.page.body:
                raise FetchError("the response has no body", code=FailureCode.EMPTY)
            if job.rendered and response.page is not None:
                response = Fetched(page=await self._browser.render(response.page))
            yield response

    @asynccontextmanager
    async def _response_with_session(
        self,
        job: CrawlJob,
        request: HttpRequest,
        on_try: Callable[[int], None],
        on_hop: Callable[[str], Awaitable[None]] | None,
    ) -> AsyncGenerator[Fetched]:
        """Send a page request with the headers that the source needs, and yield the response.

        If the server refuses the token in these headers (401), a new session is opened, and the
        request is repeated once.
        """
        async with AsyncExitStack() as response:
            for is_last_try in (False, True):
                headers = await self._sessions.headers(job.source, job.board_id)
                request_with_headers = replace(request, headers=headers)
                fetching = self._fetcher.fetch(request_with_headers, on_try=on_try, on_hop=on_hop)
                try:
                    fetched = await response.enter_async_context(fetching)
                except FetchError as error:
                    is_refused_token = bool(headers) and error.status == 401
                    if is_last_try or not is_refused_token:
                        raise
                    self._sessions.forget(job.board_id, headers)
                else:
                    yield fetched
                    return

    async def inline(self, jobs: Sequence[CrawlJob]) -> AsyncGenerator[tuple[CrawlJob, Fetched]]:
        """Yield each job, and a page that is made of the job's content in the listing.

        The page counts towards the worker's memory limit until the caller requests the next job.
        """
        contents = await asyncio.to_thread(self._contents, [job.job_id for job in jobs])
        for job in jobs:
            page = inline_page(job.page_url, contents.pop(job.job_id))
            async with self._fetcher.memory:
                yield job, Fetched(page=page)

    def _contents(self, job_ids: Sequence[int]) -> dict[int, str]:
        with self._engine.connect() as connection:
            return inline_content(connection, job_ids)

    def _config_of(self, board_id: int) -> Mapping[str, Any]:
        with self._engine.connect() as connection:
            return config_of(connection, board_id)
