"""Listing companies while a request of the API waits.

Threads and time are bounded, also for one user: servers that keep their connections open must not
keep others from listing theirs.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import TypeVar, TypeVarTuple
from weakref import WeakSet, WeakValueDictionary

from sqlalchemy import Engine
from urllib3 import Retry

from api.shutdown import server_stops
from include.core.models import Company
from include.fetch.guard import AddressGuard
from include.fetch.limits.policy import PolitenessPolicy
from include.fetch.listings import ListingClient
from include.fetch.render import Browser
from include.pipeline.detect_company import Detected, detect_company
from include.pipeline.dry_run import DryListing, dry_run
from include.settings import Settings

R = TypeVar("R")
Ts = TypeVarTuple("Ts")

_AT_ONCE = 16
_AT_ONCE_FOR_ONE_USER = 6
_SECONDS = 20.0
"""The time limit of one request of the API. A gateway in front may wait no longer than 29 s."""
_SECONDS_OF_ONE = 8.0
"""The time limit of one request to a source. It is not tried again while somebody waits."""


class ListingDesk:
    """Lists companies in threads of its own."""

    def __init__(self, engine: Engine, settings: Settings):
        self._engine = engine
        self._guard = AddressGuard(settings.allowed_private_hosts)
        self._user_agent = settings.sent_user_agent
        self._deadline = min(settings.fetch_deadline.total_seconds(), _SECONDS_OF_ONE)
        self._max_bytes = settings.page_max_bytes
        self._chromium = settings.chromium
        self._politeness = PolitenessPolicy(
            rate_of=settings.host_rate.of,
            concurrency=settings.host_concurrency,
            max_wait=_SECONDS_OF_ONE,
        )
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="listing")
        self._closing = Event()
        self._clients = WeakSet[ListingClient]()
        self._turns = WeakValueDictionary[str, asyncio.Semaphore]()

    async def list_all(self, user_id: str, companies: Sequence[Company]) -> list[DryListing]:
        """Return the listings in the order of ``companies``, each with an error if it failed."""
        until = time.monotonic() + _SECONDS
        calls = (self._call(user_id, self._list, company, until) for company in companies)
        return list(await asyncio.gather(*calls))

    async def detect(self, user_id: str, url: str, *, base_url: str | None = None) -> Detected:
        """Return the board behind ``url``. Raises the same errors as ``detect_company``."""
        until = time.monotonic() + _SECONDS
        return await self._call(user_id, self._detect, url, base_url, until)

    def stop(self) -> None:
        """End the requests under way, and send no further ones."""
        self._closing.set()
        for client in list(self._clients):
            client.abort()

    async def stop_with_server(self) -> None:
        """Stop as soon as the server is asked to, which then waits for the requests under way."""
        await server_stops()
        self.stop()

    def close(self) -> None:
        """Stop, and return when all threads have ended."""
        self.stop()
        self._threads.shutdown(cancel_futures=True)
        self._engine.dispose()

    async def _call(self, user_id: str, function: Callable[[*Ts], R], *args: *Ts) -> R:
        """Return the result of ``function``, called in a thread when it is the user's turn."""
        turns = self._turns.setdefault(user_id, asyncio.Semaphore(_AT_ONCE_FOR_ONE_USER))
        async with turns:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, function, *args)

    def _list(self, company: Company, until: float) -> DryListing:
        return dry_run(
            self._engine,
            company,
            client=self._client,
            politeness=self._politeness,
            until=until,
            stopping=self._closing.is_set,
            browser=self._browser,
        )

    def _detect(self, url: str, base_url: str | None, until: float) -> Detected:
        return detect_company(
            self._engine,
            url,
            client=self._client,
            politeness=self._politeness,
            until=until,
            stopping=self._closing.is_set,
            base_url=base_url,
        )

    def _browser(self) -> Browser:
        return Browser(
            self._guard,
            user_agent=self._user_agent,
            deadline=self._deadline,
            max_bytes=self._max_bytes,
            executable=self._chromium,
        )

    def _client(self) -> ListingClient:
        client = ListingClient(
            self._guard,
            user_agent=self._user_agent,
            deadline=self._deadline,
            max_bytes=self._max_bytes,
            retry=Retry(0, raise_on_status=False),
        )
        self._clients.add(client)
        if self._closing.is_set():
            client.abort()
        return client
