"""Visits to pages: each in its turn, tried again where that may help, and counted in memory for
as long as its page is."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt
from tenacity.wait import wait_exponential_jitter

from include.core.urls import host_key
from include.errors import FetchError
from include.fetch.pages import Fetched, PageFetcher
from include.fetch.politeness import Turns

_TRIES = 4
_LONGEST_WAIT = 60.0
"""Seconds that a ``Retry-After`` is heeded."""
_PAGES_AT_ONCE = 32
"""In memory, over all hosts."""


class Visits:
    """One worker's, within one event loop."""

    def __init__(self, fetcher: PageFetcher, turns: Turns) -> None:
        self._fetcher = fetcher
        self._turns = turns
        self._memory = asyncio.Semaphore(_PAGES_AT_ONCE)

    @asynccontextmanager
    async def visit(
        self, url: str, *, on_try: Callable[[int], None] | None = None, **validators: str | None
    ) -> AsyncGenerator[Fetched]:
        """The page, which counts as in memory while the block runs.

        Args:
            on_try: told the number of each try as its request goes out.
            validators: ``etag`` and ``last_modified`` of the page as last seen.

        Raises:
            FetchError, PageGone: of the last try.
        """
        retrying = AsyncRetrying(
            stop=stop_after_attempt(_TRIES),
            retry=retry_if_exception(_may_help),
            wait=_wait,
            reraise=True,
        )
        tries = 0

        async def once() -> Fetched:
            nonlocal tries
            tries += 1
            # The turn comes first: who waits for a slow host must not keep others from memory.
            async with self._turns.turn(host_key(url)):
                await self._memory.acquire()
                try:
                    if on_try:
                        on_try(tries)
                    return await self._fetcher.fetch(url, **validators)
                except BaseException:
                    self._memory.release()
                    raise

        fetched: Fetched = await retrying(once)
        try:
            yield fetched
        finally:
            self._memory.release()

    @asynccontextmanager
    async def in_memory(self) -> AsyncGenerator[None]:
        """For a page that needs no visit."""
        async with self._memory:
            yield


_backoff = wait_exponential_jitter(multiplier=0.5, max=10)


def _may_help(error: BaseException) -> bool:
    return isinstance(error, FetchError) and error.retryable


def _wait(state: RetryCallState) -> float:
    error = state.outcome and state.outcome.exception()
    told = error.retry_after if isinstance(error, FetchError) else None
    return _backoff(state) if told is None else min(told, _LONGEST_WAIT)
