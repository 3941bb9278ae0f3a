"""Check URLs against robots.txt. All workers share the robots.txt files, which are in Postgres."""

from collections.abc import Callable, Collection, Coroutine, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine

from include.core.formats.urls import host_key
from include.core.hosts.robots import RobotsText
from include.db.hosts.robots_rules import find_rules, keep_rules
from include.fetch.http_messages import HttpRequest
from include.fetch.limits.limiter import HostLimiter
from include.fetch.limits.retrying_fetcher import RetryingFetcher
from include.fetch.pages import Fetched
from include.fetch.robots import Robots


class SqlRobots:
    """The store of robots.txt files in Postgres. It implements ``fetch.robots.RobotsStore``."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def find(self, origins: Collection[str]) -> Mapping[str, RobotsText]:
        with self._engine.connect() as connection:
            return find_rules(connection, origins)

    def keep(self, origin: str, robots: RobotsText, lifetime: timedelta) -> None:
        with self._engine.begin() as connection:
            keep_rules(connection, origin, robots, lifetime)


def robots_check(
    engine: Engine,
    fetcher: RetryingFetcher,
    limiter: HostLimiter,
    *,
    user_agent: str,
    known: Mapping[str, RobotsText] | None = None,
) -> Callable[[str], Coroutine[Any, Any, None]]:
    """Return a function that raises FetchError if robots.txt does not allow a URL.

    If robots.txt states a ``Crawl-delay``, the function also lowers the rate limit of the URL's
    host.

    Args:
        known: the robots.txt files that are known already, by origin.
    """

    async def fetch(url: str) -> Fetched:
        async with fetcher.fetch(HttpRequest(url=url), persistent=True) as response:
            return response

    robots = Robots(
        fetch,
        SqlRobots(engine),
        exclusive=lambda url: limiter.pinned(host_key(url)),
        user_agent=user_agent,
        known=known,
    )

    async def check(url: str) -> None:
        delay = await robots.check(url)
        if delay is not None:
            limiter.slow_down(host_key(url), rate=1 / delay)

    return check
