"""Check URLs against robots.txt (RFC 9309), which protego parses.

If a site has no robots.txt, every page is allowed. If robots.txt cannot be read, no page is
allowed.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from protego import Protego

from include.core.formats.urls import origin_of
from include.core.hosts.robots import RobotsText
from include.errors import FetchError, PageGone
from include.failure_codes import FailureCode
from include.fetch.pages import Fetched

_MAX_ROBOTS_BYTES = 500 * 1024
"""The maximum size of the part of robots.txt that is read. RFC 9309 (2.5) demands that crawlers
read at least this much."""
_TTL = timedelta(hours=24)
"""The time for which robots.txt is cached. RFC 9309 (2.4) advises against a longer time."""
_ERROR_TTL = timedelta(seconds=30)
"""The time for which the failure of a request for robots.txt is cached."""
_MAX_CRAWL_DELAY_SECONDS = 60.0
"""The upper limit of ``Crawl-delay`` in seconds. RFC 9309 does not define ``Crawl-delay``."""
_UNREACHABLE = frozenset(
    {FailureCode.DNS, FailureCode.CONNECT, FailureCode.TLS, FailureCode.BLOCKED_ADDRESS}
)
"""If a request for robots.txt fails with one of these codes, the origin's pages fail with the same
code. These codes are more precise than the code ``robots``, which pages get in other cases."""
_ABSENT = frozenset({FailureCode.HTTP_4XX, FailureCode.EMPTY, FailureCode.REDIRECT})
"""The codes that mean that the origin has no robots.txt."""


class RobotsStore(Protocol):
    """The store of robots.txt files that all workers share. Its methods may block."""

    def find(self, origins: Collection[str]) -> Mapping[str, RobotsText]:
        """Return the stored robots.txt files of these origins by origin, except expired files."""
        ...

    def keep(self, origin: str, robots: RobotsText, lifetime: timedelta) -> None:
        """Store an origin's robots.txt for ``lifetime``."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class _Rules:
    """The rules of one origin."""

    parsed: Protego
    delay: float | None
    """The crawl delay in seconds; None if robots.txt states none."""


class Robots:
    """A check of one worker's URLs against the robots.txt of their origins.

    Args:
        fetch: a function that fetches a URL within the limits of its host, with retries.
        exclusive: a function that returns a context manager for a URL. Only one worker at a time
            can be inside a context manager for URLs of the same host.
        known: the stored robots.txt of the origins whose pages the worker will fetch.
    """

    def __init__(
        self,
        fetch: Callable[[str], Awaitable[Fetched]],
        store: RobotsStore,
        *,
        exclusive: Callable[[str], AbstractAsyncContextManager[None]],
        user_agent: str,
        known: Mapping[str, RobotsText] | None = None,
    ) -> None:
        self._fetch = fetch
        self._store = store
        self._exclusive = exclusive
        # Rules name crawlers by product token (RFC 9309, 2.2.1), the first part of the User-Agent.
        self._product_token = user_agent.partition("/")[0]
        self._stored_texts = dict(known or {})
        self._rules: dict[str, _Rules | FetchError] = {}
        self._locks = defaultdict[str, asyncio.Lock](asyncio.Lock)

    async def check(self, url: str) -> float | None:
        """Check that robots.txt allows ``url``, and return the origin's crawl delay.

        The crawl delay is the time in seconds between two requests. The crawl delay is None if
        robots.txt states none.

        Raises:
            FetchError: the code is ``robots`` if robots.txt disallows ``url`` or cannot be read.
                If the origin cannot be reached, the code is the reason, such as ``dns``.
        """
        origin = origin_of(url)
        rules = self._rules.get(origin)
        if rules is None:
            async with self._locks[origin]:
                rules = self._rules.get(origin) or await self._load_rules(origin)
                self._rules[origin] = rules
        if isinstance(rules, FetchError):
            # Do not retry, because the request for robots.txt has been retried already.
            raise FetchError(rules.message, code=rules.code, retryable=False)
        if not rules.parsed.can_fetch(url, self._product_token):
            raise FetchError(f"{origin}/robots.txt disallows the page", code=FailureCode.ROBOTS)
        return rules.delay

    async def _load_rules(self, origin: str) -> "_Rules | FetchError":
        robots = self._stored_texts.pop(origin, None) or await self._find_or_fetch(origin)
        if robots.error_code:
            return FetchError(robots.error_message or "", code=robots.error_code)
        parsed = Protego.parse(robots.rules)
        delay = min(parsed.crawl_delay(self._product_token) or 0.0, _MAX_CRAWL_DELAY_SECONDS)
        return _Rules(parsed=parsed, delay=delay if delay > 0 else None)

    async def _find_or_fetch(self, origin: str) -> RobotsText:
        address = f"{origin}/robots.txt"
        async with self._exclusive(address):
            # Look in the store, because another worker may have stored robots.txt just now.
            stored_texts = await asyncio.to_thread(self._store.find, [origin])
            robots = stored_texts.get(origin)
            if robots is None:
                robots = await self._fetch_text(address)
                lifetime = _ERROR_TTL if robots.error_code else _TTL
                await asyncio.to_thread(self._store.keep, origin, robots, lifetime)
        return robots

    async def _fetch_text(self, address: str) -> RobotsText:
        try:
            fetched = await self._fetch(address)
        except PageGone:  # there is no robots.txt, so every page is allowed
            return RobotsText()
        except FetchError as error:
            if error.code in _ABSENT:
                return RobotsText()
            if error.code in _UNREACHABLE or not error.connected:
                return RobotsText(error_code=error.code, error_message=error.message)
            return RobotsText(
                error_code=FailureCode.ROBOTS,
                error_message=f"{address} can't be read: {error.message}",
            )
        body = fetched.page.body if fetched.page else b""
        if len(body) > _MAX_ROBOTS_BYTES:
            # Drop the last line, because a line that was cut may have another meaning: "Allow:
            # /jobs" may become "Allow: /".
            body = body[:_MAX_ROBOTS_BYTES].rpartition(b"\n")[0]
        return RobotsText(rules=body.decode("utf-8-sig", "replace"))
