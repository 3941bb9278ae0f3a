"""List companies while an API request waits for the result.

The time of a request and the number of threads are limited, and each user may have only a few calls
in progress. Therefore the slow career sites of one user do not prevent other users from listing
theirs.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event
from typing import TypeVar, TypeVarTuple

from sqlalchemy import Engine

from api.shutdown import server_stops
from api.user_slots import UserSlots
from include.core.models import Company
from include.errors import NotDetected
from include.fetch.clients import Clients
from include.pipeline.companies.detect_company import Detected, detect_company
from include.pipeline.companies.dry_run import DryListing, dry_run
from include.pipeline.pages.reader_pool import Budget, ReaderPool
from include.settings import Settings
from include.sources.detect import Candidate

R = TypeVar("R")
Ts = TypeVarTuple("Ts")

_MAX_CONCURRENT_LISTINGS = 32
_MAX_LISTINGS_PER_USER = 4
_MAX_CONCURRENT_PARSES = 8
"""The maximum number of responses that are parsed at the same time.

It is larger than the number of calls that one user may have in progress, so that no user can occupy
all parsers.
"""
_PARSE_BUDGET = Budget(seconds=5.0, memory=512 << 20)
_REQUEST_SECONDS = 20.0
"""The time limit of one request to the API, in seconds.

It is short, because a gateway in front of the API may wait for only 29 seconds.
"""
BACKGROUND_SECONDS = 40.0
"""The time limit in seconds of one detection for which no client waits."""
_SOURCE_REQUEST_SECONDS = 8.0
"""The time limit in seconds of one request to a source.

The wait for a host that does not answer has the same limit. A failed request is not retried,
because a client may be waiting for the result.
"""


class ListingService:
    """The service that lists companies for API requests.

    It has threads and HTTP clients of its own.
    """

    def __init__(self, engine: Engine, settings: Settings):
        self._engine = engine
        clients = Clients.of(settings)
        self._clients = replace(
            clients,
            deadline=min(clients.deadline, _SOURCE_REQUEST_SECONDS),
            politeness=replace(clients.politeness, max_wait=_SOURCE_REQUEST_SECONDS),
            listing_tries=1,
        )
        self._threads = ThreadPoolExecutor(_MAX_CONCURRENT_LISTINGS, thread_name_prefix="listing")
        self._readers = ReaderPool(_MAX_CONCURRENT_PARSES, _PARSE_BUDGET)
        self._closing = Event()
        self._slots = UserSlots(_MAX_LISTINGS_PER_USER)

    async def list_all(self, user_id: str, companies: Sequence[Company]) -> list[DryListing]:
        """Return the listings in the order of ``companies``.

        If a listing cannot be completed in time, its status and its error state this.
        """
        deadline = time.monotonic() + _REQUEST_SECONDS
        calls = (self._call(user_id, self._list, company, deadline) for company in companies)
        return list(await asyncio.gather(*calls))

    async def detect_in_background(self, url: str | Candidate) -> Detected | None:
        """Return the board at ``url``, or the board that lists the postings of the site at ``url``.

        This may take longer than ``detect``. It does not count as a call of the user, so a user's
        import does not delay the requests that the user waits for. Return None if the process stops
        before the result is known.

        Raises:
            NotDetected, SettingError: for the same reasons as in ``detect_company``.
        """
        deadline = time.monotonic() + BACKGROUND_SECONDS
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._threads, self._detect, url, None, deadline)
        except NotDetected:
            if self._closing.is_set():
                return None
            raise

    async def detect(self, user_id: str, url: str, *, base_url: str | None = None) -> Detected:
        """Return the board that lists the postings of the site at ``url``.

        Raises:
            NotDetected, SettingError: for the same reasons as in ``detect_company``.
        """
        deadline = time.monotonic() + _REQUEST_SECONDS
        return await self._call(user_id, self._detect, url, base_url, deadline)

    def stop(self) -> None:
        """End the requests in progress within a second, and send no more requests."""
        self._closing.set()

    async def stop_with_server(self) -> None:
        """Wait until the server is asked to stop, then end the requests in progress.

        Otherwise the server would wait for these requests before it stops.
        """
        await server_stops()
        self.stop()

    def close(self) -> None:
        """Stop, wait for the end of all threads, and free the engine."""
        self.stop()
        self._threads.shutdown(cancel_futures=True)
        self._readers.close()
        self._engine.dispose()

    async def _call(self, user_id: str, function: Callable[[*Ts], R], *args: *Ts) -> R:
        """Return the result of ``function``, called in a thread.

        If the user already has ``_MAX_LISTINGS_PER_USER`` calls in progress, the call waits.
        """
        async with self._slots.of(user_id):
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, function, *args)

    def _list(self, company: Company, deadline: float) -> DryListing:
        return dry_run(
            self._engine,
            company,
            clients=self._clients,
            reader=self._readers,
            until=deadline,
            stopping=self._closing.is_set,
        )

    def _detect(self, url: str | Candidate, base_url: str | None, deadline: float) -> Detected:
        return detect_company(
            self._engine,
            url,
            clients=self._clients,
            reader=self._readers,
            until=deadline,
            stopping=self._closing.is_set,
            base_url=base_url,
        )
