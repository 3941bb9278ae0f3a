"""Deleting old runs, checks, sweeps and changes of postings.

Raw pages are deleted by a lifecycle rule of the bucket, not here.
"""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import Connection, Engine

from include.db.retention import forget_checks, forget_runs, forget_sweeps, forget_versions

_RUNS_AT_ONCE = 20
_CHECKS_AT_ONCE = 500
_VERSIONS_AT_ONCE = 5_000


def forget_old(engine: Engine, *, keep_runs: timedelta, keep_versions: timedelta) -> dict[str, int]:
    """Delete old rows, with a limited number in each transaction.

    So a retry continues where the failed try stopped.

    Args:
        keep_runs: the time for which runs, checks and sweeps are kept after their end.
        keep_versions: the time for which changes of postings are kept.

    Returns:
        The numbers of deleted ``runs``, ``checks``, ``sweeps`` and ``versions`` (changes).
    """
    return {
        "runs": _delete_in_steps(
            engine, lambda c: forget_runs(c, keep_runs, at_most=_RUNS_AT_ONCE), _RUNS_AT_ONCE
        ),
        "checks": _delete_in_steps(
            engine, lambda c: forget_checks(c, keep_runs, at_most=_CHECKS_AT_ONCE), _CHECKS_AT_ONCE
        ),
        "sweeps": _delete_in_steps(
            engine, lambda c: forget_sweeps(c, keep_runs, at_most=_CHECKS_AT_ONCE), _CHECKS_AT_ONCE
        ),
        "versions": _delete_in_steps(
            engine,
            lambda c: forget_versions(c, keep_versions, at_most=_VERSIONS_AT_ONCE),
            _VERSIONS_AT_ONCE,
        ),
    }


def _delete_in_steps(engine: Engine, forget: Callable[[Connection], int], at_once: int) -> int:
    """Call ``forget`` in new transactions until it deletes fewer than ``at_once`` rows.

    Returns:
        The number of rows that all calls together deleted.
    """
    total = 0
    while True:
        with engine.begin() as connection:
            forgotten = forget(connection)
        total += forgotten
        if forgotten < at_once:
            return total
