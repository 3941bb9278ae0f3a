"""robots.txt as RFC 9309 says, read with protego: absent allows, unreachable denies."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from protego import Protego

from include.core.robots import RobotsText
from include.core.urls import origin_of
from include.errors import FetchError, PageGone
from include.fetch.pages import Fetched

_MAX_BYTES = 500 * 1024
"""The size that crawlers must read at least (RFC 9309, 2.5); the rest is ignored."""
_LIFETIME = timedelta(hours=24)
"""The longest time that robots.txt may be cached (2.4)."""
_LIFETIME_OF_ERRORS = timedelta(seconds=30)
_LONGEST_DELAY = 60.0
"""The longest ``Crawl-delay`` that is heeded, in seconds; it is no part of the RFC."""
_UNREACHABLE = frozenset({"dns", "connect", "tls", "blocked_address"})
"""Codes that the pages of such an origin fail with, because they say more than ``robots``."""
_ABSENT = frozenset({"http_4xx", "empty", "redirect"})


class RobotsStore(Protocol):
    """The robots.txt files that all workers share. Calls may block, so they are made in threads."""

    def find(self, origins: Collection[str]) -> Mapping[str, RobotsText]:
        """Return what is known of these origins and is recent enough."""
        ...

    def keep(self, origin: str, robots: RobotsText, lifetime: timedelta) -> None: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class _Rules:
    text: Protego
    delay: float | None


class Robots:
    """Checks URLs against the robots.txt of their origins, for one worker.

    Args:
        fetch: fetches a URL within the limits of its host, with retries.
        alone: returns a block for a URL; no two workers are in the block at the same time.
        known: what the store knows of the origins that the worker will meet.
    """

    def __init__(
        self,
        fetch: Callable[[str], Awaitable[Fetched]],
        store: RobotsStore,
        *,
        alone: Callable[[str], AbstractAsyncContextManager[None]],
        user_agent: str,
        known: Mapping[str, RobotsText] | None = None,
    ) -> None:
        self._fetch = fetch
        self._store = store
        self._alone = alone
        # Rules name crawlers by product token (2.2.1); our header's comment is none of it.
        self._product = user_agent.partition("/")[0]
        self._found = dict(known or {})
        self._rules: dict[str, _Rules | FetchError] = {}
        self._locks = defaultdict[str, asyncio.Lock](asyncio.Lock)

    async def check(self, url: str) -> float | None:
        """Return the seconds that the site wants between two requests, if it states them.

        Raises:
            FetchError: ``url`` must not be crawled (``robots``), or the origin cannot be reached.
        """
        origin = origin_of(url)
        rules = self._rules.get(origin)
        if rules is None:
            async with self._locks[origin]:
                rules = self._rules.get(origin) or await self._know(origin)
                self._rules[origin] = rules
        if isinstance(rules, FetchError):
            raise FetchError(rules.message, code=rules.code)
        if not rules.text.can_fetch(url, self._product):
            raise FetchError(f"{origin}/robots.txt disallows it", code="robots")
        return rules.delay

    async def _know(self, origin: str) -> "_Rules | FetchError":
        robots = self._found.pop(origin, None) or await self._find_or_read(origin)
        if robots.error_code:
            return FetchError(robots.error_message or "", code=robots.error_code)
        rules = Protego.parse(robots.rules)
        delay = min(rules.crawl_delay(self._product) or 0.0, _LONGEST_DELAY)
        return _Rules(text=rules, delay=delay if delay > 0 else None)

    async def _find_or_read(self, origin: str) -> RobotsText:
        address = f"{origin}/robots.txt"
        async with self._alone(address):
            # another worker may just have read it
            found = await asyncio.to_thread(self._store.find, [origin])
            robots = found.get(origin)
            if robots is None:
                robots = await self._read(address)
                lifetime = _LIFETIME_OF_ERRORS if robots.error_code else _LIFETIME
                await asyncio.to_thread(self._store.keep, origin, robots, lifetime)
        return robots

    async def _read(self, address: str) -> RobotsText:
        try:
            fetched = await self._fetch(address)
        except PageGone:
            return RobotsText()
        except FetchError as error:
            if error.code in _ABSENT:
                return RobotsText()
            if error.code in _UNREACHABLE or not error.connected:
                return RobotsText(error_code=error.code, error_message=error.message)
            return RobotsText(
                error_code="robots", error_message=f"{address} can't be read: {error.message}"
            )
        body = fetched.page.body if fetched.page else b""
        if len(body) > _MAX_BYTES:
            # A line cut short says something else: of "Allow: /jobs", "Allow: /".
            body = body[:_MAX_BYTES].rpartition(b"\n")[0]
        return RobotsText(rules=body.decode("utf-8-sig", "replace"))
