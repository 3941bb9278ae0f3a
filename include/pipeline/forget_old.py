"""Forgets old runs and old versions of postings. Raw pages go by the bucket's own rule."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import Connection, Engine

from include.db.retention import forget_checks, forget_runs, forget_sweeps, forget_versions

_RUNS_AT_ONCE = 20
_CHECKS_AT_ONCE = 500
_VERSIONS_AT_ONCE = 5_000


def forget_old(engine: Engine, *, keep_runs: timedelta, keep_versions: timedelta) -> dict[str, int]:
    """Delete what is old, a few rows a transaction: a try after a failed one goes on from there.

    Returns:
        How many of what were forgotten.
    """
    return {
        "runs": _to_the_last(
            engine, lambda c: forget_runs(c, keep_runs, at_most=_RUNS_AT_ONCE), _RUNS_AT_ONCE
        ),
        "checks": _to_the_last(
            engine, lambda c: forget_checks(c, keep_runs, at_most=_CHECKS_AT_ONCE), _CHECKS_AT_ONCE
        ),
        "sweeps": _to_the_last(
            engine, lambda c: forget_sweeps(c, keep_runs, at_most=_CHECKS_AT_ONCE), _CHECKS_AT_ONCE
        ),
        "versions": _to_the_last(
            engine,
            lambda c: forget_versions(c, keep_versions, at_most=_VERSIONS_AT_ONCE),
            _VERSIONS_AT_ONCE,
        ),
    }


def _to_the_last(engine: Engine, forget: Callable[[Connection], int], at_once: int) -> int:
    total = 0
    while True:
        with engine.begin() as connection:
            forgotten = forget(connection)
        total += forgotten
        if forgotten < at_once:
            return total
