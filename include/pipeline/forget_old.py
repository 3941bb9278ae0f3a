"""Delete old runs, checks, sweeps and changes of postings.

Raw pages are deleted by a lifecycle rule of the bucket, not here.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from sqlalchemy import Connection, Engine

from include.db.retention import forget_checks, forget_runs, forget_sweeps, forget_versions


def forget_old(engine: Engine, *, keep_runs: timedelta, keep_versions: timedelta) -> dict[str, int]:
    """Delete old rows, a limited number in each transaction.

    If this function fails, its retry therefore continues with the remaining rows.

    Args:
        keep_runs: the time for which runs, checks and sweeps are kept after their end.
        keep_versions: the time for which changes of postings are kept.

    Returns:
        The numbers of deleted ``runs``, ``checks``, ``sweeps`` and ``versions`` (changes).
    """
    # The last number is the maximum of rows that one transaction deletes. It is low for runs,
    # because deleting a run also deletes its outcomes.
    steps = {
        "runs": (forget_runs, keep_runs, 20),
        "checks": (forget_checks, keep_runs, 500),
        "sweeps": (forget_sweeps, keep_runs, 500),
        "versions": (forget_versions, keep_versions, 5_000),
    }
    return {
        name: _delete_in_steps(engine, partial(forget, keep_for=keep, at_most=max_rows), max_rows)
        for name, (forget, keep, max_rows) in steps.items()
    }


def _delete_in_steps(engine: Engine, forget: Callable[[Connection], int], max_rows: int) -> int:
    """Call ``forget`` in new transactions until it deletes fewer than ``max_rows`` rows.

    Returns:
        The number of rows that all calls together deleted.
    """
    total = 0
    while True:
        with engine.begin() as connection:
            forgotten = forget(connection)
        total += forgotten
        if forgotten < max_rows:
            return total
