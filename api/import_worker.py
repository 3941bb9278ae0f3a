"""Resolve the waiting entries of imports in the background, a few at a time.

An entry names a company. To resolve the entry means to find the company's board.
Every API process works on the imports of all users. If a process is killed, another process claims
its unfinished entries again.
"""

import asyncio
import logging
from contextlib import suppress

from api.database import Database
from api.listing_service import BACKGROUND_SECONDS, ListingService
from include.db.user.imports import ClaimedEntry, claim_entry, give_up_lost_entries
from include.errors import NotDetected, SettingError
from include.pipeline.companies.import_companies import (
    ToDetect,
    ToVerify,
    found_at_site,
    look_up,
    not_found,
    record,
)

_log = logging.getLogger(__name__)
_MAX_CONCURRENT_ENTRIES = 4
"""The number of entries that this process resolves at the same time."""
_POLL_SECONDS = 5.0
"""The time in seconds between two queries for waiting entries."""
_CLAIM_SECONDS = BACKGROUND_SECONDS + 20
"""The time in seconds after which another process may claim an entry again."""


class ImportWorker:
    """A background worker that resolves the entries of imports.

    ``run`` works until it is cancelled.
    """

    def __init__(self, database: Database, listings: ListingService, *, all_public: bool):
        """Create a worker that is not running yet.

        Args:
            all_public: True if a company's name is also searched among boards that the user does
                not follow.
        """
        self._all_public = all_public
        self._database = database
        self.listings = listings
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Make the worker query for waiting entries now."""
        self._woken.set()

    async def run(self) -> None:
        """Resolve entries until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for _ in range(_MAX_CONCURRENT_ENTRIES):
                tasks.create_task(self._resolve_entries())

    async def _resolve_entries(self) -> None:
        while True:
            self._woken.clear()
            try:
                entry = await self._database.write(claim_entry, seconds=_CLAIM_SECONDS)
                if entry is not None:
                    await self._resolve(entry)
                    continue
                await self._database.write(give_up_lost_entries)
            except Exception:  # The task must not end. The entry is claimed again later.
                _log.exception("import_failed")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), _POLL_SECONDS)

    async def _resolve(self, entry: ClaimedEntry) -> None:
        resolved = await self._database.read(
            look_up, entry.user_id, entry.listed, all_public=self._all_public
        )
        if isinstance(resolved, ToDetect | ToVerify):
            must_verify = isinstance(resolved, ToVerify)
            try:
                detected = await self.listings.detect_in_background(
                    resolved.candidate if must_verify else resolved.address
                )
            except (NotDetected, SettingError) as error:
                resolved = not_found(error)
            else:
                if detected is None:
                    return  # The process stops. Another process claims the entry again.
                resolved = found_at_site(detected, resolved.name if must_verify else None)
        result = await self._database.write(record, entry, resolved)
        _log.info(
            "import_entry_resolved",
            extra={
                "import_id": entry.import_id,
                "position": entry.position,
                "status": result.status,
            },
        )
