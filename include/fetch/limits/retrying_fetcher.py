"""Fetch pages and listings with retries, within the limits of their hosts.

At most ``MAX_PAGES_IN_MEMORY`` pages of all hosts together are in memory. A page counts from the
time of its request until the caller has finished with it.
"""

import asyncio
import random
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from math import inf
from time import monotonic

from include.core.formats.urls import host_key
from include.errors import FetchError
from include.fetch.curl_client import CurlSession
from include.fetch.http_messages import HttpRequest
from include.fetch.limits.limiter import HostLimiter, Permit
from include.fetch.limits.policy import is_host_failure
from include.fetch.pages import Fetched, PageFetcher

MAX_PAGES_IN_MEMORY = 32
MAX_TRIES = 4
_FIRST_PAUSE_SECONDS = 0.5
_MAX_PAUSE_SECONDS = 10.0


class RetryingFetcher:
    """A fetcher that repeats failed requests. It serves one worker, in one event loop."""

    def __init__(self, fetcher: PageFetcher, limiter: HostLimiter) -> None:
        self._fetcher = fetcher
        self._limiter = limiter
        self.memory = asyncio.Semaphore(MAX_PAGES_IN_MEMORY)
        """The semaphore that limits the number of pages in memory. ``fetch`` acquires and releases
        the semaphore for each page."""

    @asynccontextmanager
    async def fetch(
        self,
        request: HttpRequest,
        *,
        on_try: Callable[[int], None] = lambda number: None,
        on_hop: Callable[[str], Awaitable[None]] | None = None,
        persistent: bool = False,
        max_tries: int = MAX_TRIES,
        session: CurlSession | None = None,
        deadline: float = inf,
    ) -> AsyncGenerator[Fetched]:
        """Fetch the page, and yield it. The memory semaphore is held while the block runs.

        Args:
            on_try: called with the number of each try when its request is sent.
            on_hop: awaited with the URL of each redirect before the redirect is followed.
            persistent: whether to retry host failures until the policy's ``max_wait`` has passed,
                even after the maximum number of tries.
            session: the session of all tries. If None, each try has a new session.
            deadline: the maximum time in seconds from the first request to the end of the last try.
                A try is not ended while it waits for permission to follow a redirect.

        Raises:
            FetchError, PageGone: the error of the last try, or an error of ``on_hop``.
        """
        give_up_at = monotonic() + self._limiter.policy.max_wait
        end_at = inf
        tries = 0

        def begin_try() -> float:
            """Report the try, and return the number of seconds that are left for it."""
            nonlocal end_at
            end_at = min(end_at, monotonic() + deadline)
            on_try(tries)
            return end_at - monotonic()

        while True:
            tries += 1
            try:
                fetched = await self._try(request, begin_try, on_hop, session)
                break
            except FetchError as error:
                is_persistent = persistent and is_host_failure(error) and monotonic() < give_up_at
                if not error.retryable or (tries >= max_tries and not is_persistent):
                    raise
                pause = _pause_after(tries, error)
                next_try_at = monotonic() + (error.retry_after or pause)
                if next_try_at >= end_at:
                    raise
                await asyncio.sleep(pause)
        try:
            yield fetched
        finally:
            self.memory.release()

    async def _try(
        self,
        request: HttpRequest,
        begin_try: Callable[[], float],
        on_hop: Callable[[str], Awaitable[None]] | None,
        session: CurlSession | None,
    ) -> Fetched:
        """Return the page of one try. The caller must then release the memory semaphore.

        Args:
            begin_try: called when the request is sent. It returns the maximum time of this try in
                seconds.
        """
        permit: Permit | None = await self._acquire(request.url)

        async def hop(target: str) -> None:
            nonlocal permit
            if permit:
                self._release(permit)
            permit = None
            if on_hop:
                await on_hop(target)
            permit = await self._acquire(target)

        try:
            fetched = await self._fetcher.fetch(
                request, session=session, deadline=begin_try(), on_hop=hop
            )
        except BaseException as error:
            if permit:
                self._release(permit, error)
            raise
        self._limiter.release(permit)
        return fetched

    async def _acquire(self, url: str) -> Permit:
        """Wait until a request may be sent. Return its permit, with the memory semaphore held."""
        # Acquire the permit first, so that a request that waits for its host does not hold the
        # memory semaphore.
        permit = await self._limiter.acquire(host_key(url))
        try:
            await self.memory.acquire()
        except BaseException as error:
            self._limiter.release(permit, error)
            raise
        try:
            await self._limiter.confirm()
        except BaseException as error:
            self._release(permit, error)
            raise
        return permit

    def _release(self, permit: Permit, error: BaseException | None = None) -> None:
        self.memory.release()
        self._limiter.release(permit, error)


def _pause_after(tries: int, error: FetchError) -> float:
    """Return the number of seconds until the next try (exponential backoff with jitter).

    The pause is 0 if the response had a ``Retry-After``, because the limiter then delays the next
    request.
    """
    if error.retry_after is not None:
        return 0.0
    jitter = random.uniform(0.5, 1.0)
    return min(jitter * _FIRST_PAUSE_SECONDS * 2**tries, _MAX_PAUSE_SECONDS)
