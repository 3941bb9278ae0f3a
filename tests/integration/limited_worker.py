"""Run a worker process that sends requests to one URL within the limits of the URL's host.

If the worker's database session ends, the process prints ``lost`` and ends.
"""

import asyncio
import json
import sys
from dataclasses import asdict, dataclass

from sqlalchemy.exc import SQLAlchemyError

from include.core.formats.urls import host_key
from include.db.engine import make_engine
from include.db.hosts.host_leases import host_leases
from include.errors import FetchError
from include.fetch.guard import AddressGuard
from include.fetch.http_messages import HttpRequest
from include.fetch.limits.limiter import HostLimiter
from include.fetch.limits.policy import PolitenessPolicy
from include.fetch.limits.retrying_fetcher import RetryingFetcher
from include.fetch.options import FetchOptions
from include.fetch.pages import PageFetcher

_MAX_GROUPS_PER_HOST = 20


@dataclass(frozen=True, kw_only=True)
class Work:
    """The settings of a worker, which its command line contains as JSON."""

    database_url: str
    url: str
    rate: float
    concurrency: int
    requests: int = 1_000_000

    def to_json(self) -> str:
        return json.dumps(asdict(self))


async def carry_out(work: Work) -> None:
    left = work.requests
    policy = PolitenessPolicy(rate_of=lambda host: work.rate, concurrency=work.concurrency)
    fetcher = PageFetcher(
        FetchOptions(
            guard=AddressGuard([host_key(work.url)]),
            user_agent="Tester/1.0",
            deadline=20,
            max_bytes=1_000_000,
        )
    )
    with host_leases(make_engine(work.database_url)) as leases:
        async with fetcher, HostLimiter(leases, policy) as limiter:
            pages = RetryingFetcher(fetcher, limiter)

            async def fetch_some() -> None:
                nonlocal left
                while left > 0:
                    left -= 1
                    try:
                        async with pages.fetch(HttpRequest(url=work.url)):
                            pass
                    except FetchError:
                        pass

            async with asyncio.TaskGroup() as tasks:
                for _ in range(_MAX_GROUPS_PER_HOST):
                    tasks.create_task(fetch_some())


if __name__ == "__main__":
    try:
        asyncio.run(carry_out(Work(**json.loads(sys.argv[1]))))
    except* SQLAlchemyError:
        print("lost")  # noqa: T201 # the test reads this output
