"""List boards: get the open postings of each board from its source, and store them.

If a board cannot be listed, this is recorded in the board's check and does not affect other boards.
"""

import logging
import time
from collections.abc import Callable, Collection, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from threading import Event, Thread
from typing import Self

import psycopg
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from include.core.companies.boards import is_private
from include.core.formats.text import cut, storable
from include.core.models import Company, CompanyStatus, Listing
from include.db.catalogue.boards import record_listing
from include.db.catalogue.listed_jobs import ListedRow, replace_listing
from include.db.data_errors import is_data_error
from include.db.run.runs import notify
from include.db.user.companies import enabled_companies
from include.db.work.checks import BoardCheck, begin_listing, get_checks, set_listing
from include.db.work.sweeps import Sweep, fence, write_heartbeat
from include.errors import CheckCancelled, JobhuntError, SweepSuperseded
from include.fetch.clients import Clients
from include.pipeline.listing.list_board import TextMemory, list_company
from include.pipeline.listing.listed_rows import listed_rows
from include.pipeline.listing.listing_requests import (
    ListingRequests,
    listing_requests,
    time_check,
)
from include.pipeline.pages.reader_pool import ReaderPool
from include.sources.bounds import MAX_REASON_LENGTH

_log = logging.getLogger(__name__)
_MAX_CONCURRENT_LISTINGS = 8
_HEARTBEAT_SECONDS = 1.0


def source_urls(
    engine: Engine,
    sweep: Sweep,
    check_ids: Sequence[int],
    *,
    clients: Clients,
    deadline: timedelta,
    private_hosts: Collection[str] = (),
) -> None:
    """List the boards of these checks of the sweep, several at the same time.

    Args:
        deadline: the maximum time of one listing, including its last request. A listing that would
            take longer is partial. It fails if even its first request has not ended in time.
        private_hosts: the hosts that may have a private address
            (``core.companies.boards.is_private``).

    Raises:
        SweepSuperseded: the sweep has been recovered or closed.
    """
    with engine.begin() as connection:
        fence(connection, sweep)
        checks = get_checks(connection, begin_listing(connection, sweep.sweep_id, check_ids))
        companies_by_board = enabled_companies(connection, [check.board_id for check in checks])
        notify(connection)

    def list_one(
        check: BoardCheck, requests: ListingRequests, count_bytes: Callable[[int], bool]
    ) -> None:
        company = Company(slug="", source=check.source, config=check.config)
        began = time.monotonic()
        check_time = time_check(began + deadline.total_seconds())
        try:
            with heartbeat.listing(check.check_id) as raise_if_stopped:

                def check_request() -> None:
                    raise_if_stopped()
                    check_time()

                render = bool(company.config.get("render"))
                with requests.sender(check_request, render=render) as send:
                    listing = list_company(company, send, readers, count_bytes)
                raise_if_stopped()
            followers_of_board = companies_by_board.get(check.board_id, ())
            rows = listed_rows(check.source, listing, followers_of_board, readers)
        except SweepSuperseded:
            raise
        except CheckCancelled:
            return
        except JobhuntError as error:
            _fail(engine, sweep, check, error.message)
        # One of these errors occurs if the adapter cannot parse a response. Only this board must
        # fail then.
        except (LookupError, TypeError, ValueError) as error:
            reason = f"the listing could not be read ({type(error).__name__}: {error})"
            _fail(engine, sweep, check, reason)
        else:
            try:
                record_board = partial(
                    record_listing,
                    board_id=check.board_id,
                    duration=timedelta(seconds=time.monotonic() - began),
                    is_private=is_private(check.config, private_hosts),
                )
                _store(engine, sweep, check, listing, rows, record_board)
            except (SQLAlchemyError, psycopg.Error) as error:
                if not is_data_error(error):
                    raise
                _fail(engine, sweep, check, "Postgres refused to store the listing")

    unlisted_checks = iter(checks)
    text_memory = TextMemory()

    def list_remaining(requests: ListingRequests) -> None:
        for check in unlisted_checks:  # all threads share the iterator; next() is atomic
            with text_memory.listing() as count_bytes:
                list_one(check, requests, count_bytes)

    with (
        ReaderPool() as readers,
        listing_requests(engine, clients) as requests,
        _Heartbeat(engine, sweep) as heartbeat,
        ThreadPoolExecutor(max_workers=_MAX_CONCURRENT_LISTINGS) as threads,
    ):
        thread_count = min(_MAX_CONCURRENT_LISTINGS, len(checks))
        futures = [threads.submit(list_remaining, requests) for _ in range(thread_count)]
        for future in futures:
            future.result()  # raises the error that ended the thread, if any


class _Heartbeat:
    """A thread that writes the sweep's heartbeat every second while boards are listed.

    The threads that list boards do not write the heartbeat, because one request, or the wait for a
    busy host, may take longer than ``JOBHUNT_STALE_AFTER``.
    """

    def __init__(self, engine: Engine, sweep: Sweep) -> None:
        self._engine = engine
        self._sweep = sweep
        self._being_listed = set[int]()
        self._cancelled_checks: set[int] = set()
        self._superseded: SweepSuperseded | None = None
        self._stopped = Event()
        self._thread = Thread(target=self._run, name="heartbeat")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()

    @contextmanager
    def listing(self, check_id: int) -> Generator[Callable[[], None]]:
        """Register the check as being listed while the block runs.

        Yield a function that the listing calls repeatedly. The function raises SweepSuperseded if
        the sweep was recovered or closed, and CheckCancelled if this sweep must no longer list the
        check's board.
        """
        self._being_listed.add(check_id)
        try:
            yield partial(self._raise_if_stopped, check_id)
        finally:
            self._being_listed.discard(check_id)

    def _raise_if_stopped(self, check_id: int) -> None:
        if self._superseded is not None:
            raise self._superseded
        if check_id in self._cancelled_checks:
            raise CheckCancelled(check_id)

    def _run(self) -> None:
        while self._superseded is None and not self._stopped.wait(_HEARTBEAT_SECONDS):
            being_listed = set(self._being_listed)
            try:
                still_to_list = self._write_heartbeat(being_listed)
            except SweepSuperseded as error:
                self._superseded = error
            except SQLAlchemyError:
                continue  # try again; in a long outage, the threads that list boards fail, too
            else:
                self._cancelled_checks |= being_listed - still_to_list

    def _write_heartbeat(self, check_ids: Collection[int]) -> set[int]:
        """Write the heartbeat, and return those of the checks that are still to be listed."""
        with self._engine.begin() as connection:
            write_heartbeat(connection, self._sweep)
        with self._engine.begin() as connection:
            return begin_listing(connection, self._sweep.sweep_id, list(check_ids))


def _store(
    engine: Engine,
    sweep: Sweep,
    check: BoardCheck,
    listing: Listing,
    rows: Sequence[ListedRow],
    record_board: Callable[[Connection], None],
) -> None:
    """Store the listing. If Postgres refuses some rows, store the others as a partial listing.

    Nothing is stored if the check is no longer being listed, for example because it was cancelled.
    """
    if not listing.complete:
        _log.warning("The listing of the board %s is partial: %s", check.name, listing.reason)
    with engine.begin() as connection:
        fence(connection, sweep)
        status = CompanyStatus.COMPLETE if listing.complete else CompanyStatus.PARTIAL
        is_being_listed = set_listing(
            connection, check.check_id, status, listed=len(rows), reason=listing.reason
        )
        if not is_being_listed:
            return
        refused_rows = replace_listing(connection, check.board_id, rows)
        if refused_rows:
            set_listing(
                connection,
                check.check_id,
                CompanyStatus.PARTIAL,
                listed=len(rows) - refused_rows,
                reason=f"Postgres refused to store {refused_rows} of the postings",
            )
        record_board(connection)
        notify(connection)


def _fail(engine: Engine, sweep: Sweep, check: BoardCheck, reason: str) -> None:
    """Record in the check why its board could not be listed."""
    _log.warning("The board %s could not be listed: %s", check.name, reason)
    with engine.begin() as connection:
        fence(connection, sweep)
        storable_reason = storable(cut(reason, MAX_REASON_LENGTH))
        set_listing(connection, check.check_id, CompanyStatus.ERROR, reason=storable_reason)
        notify(connection)
