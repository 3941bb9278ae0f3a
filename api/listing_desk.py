"""Lists companies while an API request waits, so few at the same time and for a short time."""

import asyncio
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event

from sqlalchemy import Engine
from urllib3 import Retry

from include.core.models import Company
from include.fetch.guard import AddressGuard
from include.fetch.limits.policy import PolitenessPolicy
from include.fetch.listings import ListingClient
from include.fetch.render import Browser
from include.pipeline.detect_company import Detected, detect_company
from include.pipeline.dry_run import DryListing, dry_run
from include.settings import Settings

_AT_ONCE = 8
_AT_ONCE_FOR_ONE = 4
_SECONDS = 20.0
"""The time limit of one request of the API. A gateway in front may wait no longer than 29 s."""
_SECONDS_OF_ONE = 8.0
"""The time limit of one request to a source. It is not tried again while somebody waits."""


class ListingDesk:
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

    async def list_all(self, companies: Sequence[Company]) -> list[DryListing]:
        """Return the listings in the order of ``companies``, each with an error if it failed."""
        turns = asyncio.Semaphore(_AT_ONCE_FOR_ONE)
        until = time.monotonic() + _SECONDS

        async def list_one(company: Company) -> DryListing:
            async with turns:
                loop = asyncio.get_running_loop()
                return await loop.run_in_executor(self._threads, self._list, company, until)

        return list(await asyncio.gather(*map(list_one, companies)))

    async def detect(self, url: str, *, base_url: str | None = None) -> Detected:
        """Return the board behind ``url``. Raises the same errors as ``detect_company``."""
        until = time.monotonic() + _SECONDS
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._detect, url, base_url, until)

    def close(self) -> None:
        """Stop, and return when the requests under way have ended."""
        self._closing.set()
        self._threads.shutdown(cancel_futures=True)
        self._engine.dispose()

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
        return ListingClient(
            self._guard,
            user_agent=self._user_agent,
            deadline=self._deadline,
            max_bytes=self._max_bytes,
            retry=Retry(0, raise_on_status=False),
        )
