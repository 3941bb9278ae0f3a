"""Make every listed posting a job of its check.

A job becomes pending if there is a reason to read its page. Otherwise it becomes skipped; or
expired, if its page stated that the posting is closed, or if its deadline has passed. A posting
that passes no follower's filters also becomes a job, because the posting would otherwise expire.
The page of such a posting is not requested.
"""

from datetime import timedelta

from sqlalchemy import Engine

from include.db.catalogue.jobs import take_on_failed, take_on_stored, upsert_listed
from include.db.catalogue.posting_index import index_missing_postings
from include.db.run.runs import notify
from include.db.work.checks import fail_unlisted, lock_listed
from include.db.work.sweeps import Sweep, fence
from include.raw_pages import PAGE_LIFETIME
from include.sources.registry import facts_of, sources


def upsert_jobs(engine: Engine, sweep: Sweep, *, reread_after: timedelta) -> None:
    """Write the jobs of the sweep's checks. A repeated call makes no further change.

    Args:
        reread_after: the period within which each page is read again (see ``upsert_listed``).

    Raises:
        SweepSuperseded: the sweep has been recovered or closed.
    """
    with engine.begin() as connection:
        fence(connection, sweep)
        fail_unlisted(connection, sweep.sweep_id)
        lock_listed(connection, sweep.sweep_id)
        upsert_listed(
            connection,
            sweep.sweep_id,
            reread_after,
            ended_by_deadline=[each for each in sources() if facts_of(each).ends_at_deadline],
        )
        take_on_failed(connection, sweep.sweep_id)
        take_on_stored(connection, sweep.sweep_id, PAGE_LIFETIME)
        notify(connection)
    with engine.begin() as connection:
        index_missing_postings(connection, sweep.sweep_id)
