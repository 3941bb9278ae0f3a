"""Visits to pages: each request in its turn, tried again where that may help, and each page counted
in memory for as long as it is there."""

import asyncio
import random
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from time import monotonic

from include.core.urls import host_key
from include.errors import FetchError, JobhuntError
from include.fetch.pages import Fetched, PageFetcher
from include.fetch.politeness import is_setback
from include.fetch.turns import Turn, Turns

_TRIES = 4
_SHORTEST_PAUSE = 0.5
_LONGEST_PAUSE = 10.0
"""Seconds; each further pause between two tries is twice as long, give or take."""
_PAGES_AT_ONCE = 32
"""In memory, over all hosts."""


class Visits:
    """One worker's, within one event loop."""

    def __init__(self, fetcher: PageFetcher, turns: Turns) -> None:
        self._fetcher = fetcher
        self._turns = turns
        self._memory = asyncio.Semaphore(_PAGES_AT_ONCE)

    def visit(
        self,
        url: str,
        *,
        on_try: Callable[[int], None] | None = None,
        on_hop: Callable[[str], Awaitable[None]] | None = None,
        persistent: bool = False,
        etag: str | None = None,
        last_modified: str | None = None,
    ) -> "Visit":
        """
        Args:
            on_try: told the number of each try as its request goes out.
            on_hop: awaited with each further URL that the page leads to, before its turn.
            persistent: while its host does not answer, it is tried for as long as patience lasts.
            etag, last_modified: of the page as last seen.
        """
        fetch = partial(self._tried, url, on_try, on_hop, persistent, etag, last_modified)
        return Visit(fetch, self._memory)

    async def _tried(
        self,
        url: str,
        on_try: Callable[[int], None] | None,
        on_hop: Callable[[str], Awaitable[None]] | None,
        persistent: bool,
        etag: str | None,
        last_modified: str | None,
    ) -> Fetched:
        """Leaves its place in memory taken."""
        until = monotonic() + self._turns.patience
        tries = 0
        while True:
            tries += 1
            way = _Way(self._turns, self._memory, on_hop)
            try:
                await way.enter(url)
                if on_try:
                    on_try(tries)
                fetched = await self._fetcher.fetch(
                    url, etag=etag, last_modified=last_modified, on_hop=way.hop
                )
            except FetchError as error:
                await way.leave(error)
                is_last = tries >= _TRIES and not (
                    persistent and is_setback(error) and monotonic() < until
                )
                if is_last or not error.retryable:
                    raise
                await asyncio.sleep(_pause(tries, error))
            except BaseException as error:
                await way.leave(error)
                raise
            else:
                await way.leave(keep_memory=True)
                return fetched

    @asynccontextmanager
    async def in_memory(self) -> AsyncGenerator[None]:
        """For a page that needs no visit."""
        async with self._memory:
            yield


class Visit:
    """An async context manager around a page, which counts as in memory while the block runs."""

    def __init__(self, fetch: Callable[[], Awaitable[Fetched]], memory: asyncio.Semaphore) -> None:
        self._fetch = fetch
        self._memory = memory

    async def __aenter__(self) -> Fetched:
        """Raises FetchError, PageGone: of the last try, or what ``on_hop`` raises."""
        return await self._fetch()

    async def __aexit__(self, *_: object) -> None:
        self._memory.release()


class _Way:
    """Of one visit through the hosts it leads to: one turn at a time, with a place in memory."""

    def __init__(
        self,
        turns: Turns,
        memory: asyncio.Semaphore,
        on_hop: Callable[[str], Awaitable[None]] | None,
    ) -> None:
        self._turns = turns
        self._memory = memory
        self._on_hop = on_hop
        self._turn: Turn | None = None

    async def enter(self, url: str) -> None:
        # The turn comes first: who waits for a slow host must not keep others from memory.
        turn = self._turns.turn(host_key(url))
        await turn.take()
        try:
            await self._memory.acquire()
        except BaseException:
            await turn.end()
            raise
        self._turn = turn

    async def hop(self, url: str) -> None:
        """To where the page leads."""
        await self.leave()
        if self._on_hop:
            await self._on_hop(url)
        await self.enter(url)

    async def leave(self, error: BaseException | None = None, *, keep_memory: bool = False) -> None:
        turn, self._turn = self._turn, None
        if turn is None:
            return
        if not keep_memory:
            self._memory.release()
        try:
            if error is None or isinstance(error, JobhuntError):
                await turn.note(error)
        finally:
            await turn.end()


def _pause(tries: int, error: FetchError) -> float:
    """Seconds until the next try. Who was told when to come again waits with all others for the
    host, in its turn."""
    if error.retry_after is not None:
        return 0.0
    return min(random.uniform(0.5, 1.0) * _SHORTEST_PAUSE * 2**tries, _LONGEST_PAUSE)
