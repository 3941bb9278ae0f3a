"""robots.txt as RFC 9309 says, read with protego: absent allows, unreachable denies."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from urllib.parse import urljoin

from protego import Protego

from include.errors import FetchError, PageGone
from include.fetch.pages import Fetched

_MAX_BYTES = 500 * 1024
"""What RFC 9309, 2.5 asks crawlers to read at least; the rest is ignored."""

_UNREACHABLE = frozenset({"dns", "connect", "tls", "blocked_address"})
"""The pages of such an origin fail for the same reason, and that says more than ``robots``."""


class Robots:
    """One worker's view of the robots.txt of each origin it meets, each fetched once.

    ``fetch`` gets a URL as a polite request does, with its retries.
    """

    def __init__(self, fetch: Callable[[str], Awaitable[Fetched]], *, user_agent: str) -> None:
        self._fetch = fetch
        # Rules name crawlers by product token (2.2.1); our header's comment is none of it.
        self._product = user_agent.partition("/")[0]
        self._rules: dict[str, Protego | FetchError] = {}
        self._locks = defaultdict[str, asyncio.Lock](asyncio.Lock)

    async def check(self, url: str) -> None:
        """Raises FetchError: ``robots`` when ``url`` must not be crawled; what keeps us from the
        origin, when that is it."""
        address = urljoin(url, "/robots.txt")
        async with self._locks[address]:
            if address not in self._rules:
                self._rules[address] = await self._read(address)
        rules = self._rules[address]
        if isinstance(rules, FetchError):
            raise FetchError(rules.message, code=rules.code)
        if not rules.can_fetch(url, self._product):
            raise FetchError(f"{address} disallows it", code="robots")

    async def _read(self, address: str) -> Protego | FetchError:
        try:
            fetched = await self._fetch(address)
        except PageGone:
            return Protego.parse("")
        except FetchError as error:
            if error.code in ("http_4xx", "empty", "redirect"):
                return Protego.parse("")
            if error.code in _UNREACHABLE:
                return error
            return Protego.parse("User-agent: *\nDisallow: /")
        body = fetched.page.body if fetched.page else b""
        if len(body) > _MAX_BYTES:
            # A line cut short says something else: of "Allow: /jobs", "Allow: /".
            body = body[:_MAX_BYTES].rpartition(b"\n")[0]
        return Protego.parse(body.decode("utf-8-sig", "replace"))
