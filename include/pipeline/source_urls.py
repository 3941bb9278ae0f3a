"""Listing boards: asking the source of each board for the open postings, and storing them.

A failure of one board does not affect the others. It is recorded with that board's check.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import Engine

from include.core.models import Company, CompanyStatus, Listing
from include.db.boards import note_listed
from include.db.checks import BoardCheck, begin_listing, get_checks, set_listing
from include.db.companies import followers
from include.db.listed_jobs import ListedRow, replace_listing
from include.db.runs import notify
from include.db.sweeps import Sweep, beat, fence
from include.errors import CheckCancelled, JobhuntError, SweepSuperseded
from include.fetch.listings import ListingClient
from include.fetch.politeness import Manners, Pace
from include.fetch.render import Browser
from include.pipeline.list_board import in_time, list_company, polite
from include.pipeline.listed_rows import listed_rows
from include.pipeline.pace import shared_pace
from include.pipeline.rendered_pages import sending_rendered

_AT_ONCE = 8
_BEAT_EVERY_SECONDS = 1.0


def source_urls(
    engine: Engine,
    sweep: Sweep,
    check_ids: Sequence[int],
    *,
    client: Callable[[], ListingClient],
    manners: Manners,
    deadline: timedelta,
    browser: Callable[[], Browser] | None = None,
) -> None:
    """List the boards of these checks of the sweep, several at the same time.

    Args:
        client: makes a client for one board's requests.
        deadline: how long one listing may take; a listing that is not complete by then is partial.
        browser: makes a browser for a board that needs one.

    Raises:
        SweepSuperseded: the sweep was recovered or closed meanwhile.
    """
    with engine.begin() as connection:
        fence(connection, sweep)
        begun = begin_listing(connection, sweep.sweep_id, check_ids)
        checks = [check for check in get_checks(connection, check_ids) if check.check_id in begun]
        followed = followers(connection, [check.board_id for check in checks])
        notify(connection)

    def list_one(check: BoardCheck, pace: Pace) -> None:
        company = Company(slug="", source=check.source, config=check.config)
        began = time.monotonic()
        try:
            with client() as http:
                waiting = _heartbeat(engine, sweep, check)
                until = began + deadline.total_seconds()
                send = in_time(polite(http, pace, manners, waiting=waiting), until)
                with sending_rendered(company, send, browser) as send_rendered:
                    listing = list_company(company, send_rendered)
            rows = listed_rows(check.source, listing, followed.get(check.board_id, ()))
        except SweepSuperseded:
            raise
        except CheckCancelled:
            return
        except JobhuntError as error:
            _fail(engine, sweep, check, error.message)
        # A response that its adapter cannot parse must fail this board alone.
        except (LookupError, TypeError, ValueError) as error:
            reason = f"its listing could not be read ({type(error).__name__}: {error})"
            _fail(engine, sweep, check, reason)
        else:
            took = timedelta(seconds=time.monotonic() - began)
            _keep(engine, sweep, check, listing, rows, took)

    waiting = iter(checks)

    def list_some(_: int) -> None:
        with shared_pace(engine) as pace:
            for check in waiting:  # each check goes to one thread, because next() is atomic
                list_one(check, pace)

    with ThreadPoolExecutor(max_workers=_AT_ONCE) as threads:
        for _ in threads.map(list_some, range(min(_AT_ONCE, len(checks)))):
            pass


def _heartbeat(engine: Engine, sweep: Sweep, check: BoardCheck) -> Callable[[], None]:
    """Return a function that writes the sweep's heartbeat, at most once a second.

    It is called while a board is listed, because many pages or a wait for a busy host may take
    longer than ``JOBHUNT_STALE_AFTER``. It raises SweepSuperseded if the sweep was recovered or
    closed, and CheckCancelled if the check is no longer to be listed by this sweep.
    """
    last = time.monotonic()

    def leave_heartbeat() -> None:
        nonlocal last
        if time.monotonic() - last >= _BEAT_EVERY_SECONDS:
            with engine.begin() as connection:
                beat(connection, sweep)
            with engine.begin() as connection:
                if not begin_listing(connection, sweep.sweep_id, [check.check_id]):
                    raise CheckCancelled(check.check_id)
            last = time.monotonic()

    return leave_heartbeat


def _keep(
    engine: Engine,
    sweep: Sweep,
    check: BoardCheck,
    listing: Listing,
    rows: Sequence[ListedRow],
    took: timedelta,
) -> None:
    with engine.begin() as connection:
        fence(connection, sweep)
        noted = set_listing(
            connection,
            check.check_id,
            CompanyStatus.COMPLETE if listing.complete else CompanyStatus.PARTIAL,
            listed=len(listing.jobs),
            reason=listing.reason,
        )
        if noted:
            replace_listing(connection, check.board_id, rows)
            note_listed(connection, check.board_id, took)
            notify(connection)


def _fail(engine: Engine, sweep: Sweep, check: BoardCheck, reason: str) -> None:
    with engine.begin() as connection:
        fence(connection, sweep)
        set_listing(connection, check.check_id, CompanyStatus.ERROR, reason=reason)
        notify(connection)
