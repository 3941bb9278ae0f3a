"""Listing companies while an API request waits for the result.

The number of threads and the time are limited, because a client waits for the response, and all
requests share the threads.
"""

import asyncio
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event

from sqlalchemy import Engine
from urllib3 import Retry

from include.core.models import Company
from include.fetch.guard import AddressGuard
from include.fetch.listings import ListingClient
from include.fetch.politeness import Manners
from include.fetch.render import Browser
from include.pipeline.detect_company import Detected, detect_company
from include.pipeline.dry_run import DryListing, dry_run
from include.settings import Settings

_MAX_THREADS = 8
_MAX_CONCURRENT_PER_REQUEST = 4
_REQUEST_SECONDS = 20.0
"""The time limit of one request to the API. A gateway in front of the API may wait for only 29
seconds."""
_FETCH_SECONDS = 8.0
"""The time limit of one request to a source. A failed request is not retried while a client
waits."""


class ListingDesk:
    def __init__(self, engine: Engine, settings: Settings):
        self._engine = engine
        self._guard = AddressGuard(settings.allowed_private_hosts)
        self._user_agent = settings.sent_user_agent
        self._deadline = min(settings.fetch_deadline.total_seconds(), _FETCH_SECONDS)
        self._max_bytes = settings.page_max_bytes
        self._chromium = settings.chromium
        self._manners = Manners(
            rate_of=settings.host_rate.of,
            concurrency=settings.host_concurrency,
            patience=_FETCH_SECONDS,
        )
        self._threads = ThreadPoolExecutor(_MAX_THREADS, thread_name_prefix="listing")
        self._closing = Event()

    async def list_all(self, companies: Sequence[Company]) -> list[DryListing]:
        """Return the listings in the order of ``companies``.

        A listing that cannot be read in time has a status and an error that say so.
        """
        semaphore = asyncio.Semaphore(_MAX_CONCURRENT_PER_REQUEST)
        until = time.monotonic() + _REQUEST_SECONDS

        async def list_one(company: Company) -> DryListing:
            async with semaphore:
                loop = asyncio.get_running_loop()
                return await loop.run_in_executor(self._threads, self._list, company, until)

        return list(await asyncio.gather(*map(list_one, companies)))

    async def detect(self, url: str, *, base_url: str | None = None) -> Detected:
        """Return the board that lists the postings behind ``url``.

        Raises:
            NotDetected, SettingError: as ``detect_company``.
        """
        until = time.monotonic() + _REQUEST_SECONDS
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._detect, url, base_url, until)

    def close(self) -> None:
        """Wait for the listings in progress to stop, and free the threads and the engine."""
        self._closing.set()
        self._threads.shutdown(cancel_futures=True)
        self._engine.dispose()

    def _list(self, company: Company, until: float) -> DryListing:
        return dry_run(
            self._engine,
            company,
            client=self._client,
            manners=self._manners,
            until=until,
            stopping=self._closing.is_set,
            browser=self._browser,
        )

    def _detect(self, url: str, base_url: str | None, until: float) -> Detected:
        return detect_company(
            self._engine,
            url,
            client=self._client,
            manners=self._manners,
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
        return ListingClient(
            self._guard,
            user_agent=self._user_agent,
            deadline=self._deadline,
            max_bytes=self._max_bytes,
            retry=Retry(0, raise_on_status=False),
        )
