"""Delete old rows, a small number at a time.

Rows are deleted in small steps, because a long DELETE would hold its locks and delay vacuum until
it ends.
"""

from datetime import timedelta

from sqlalchemy import Connection, Interval, cast, delete, func, select
from sqlalchemy.orm import aliased

from include.core.runs.run_state import ACTIVE_CHECKS, ENDED_RUNS, SweepStatus
from include.db.sql import sql_literals, statement
from include.db.tables import ingestion_runs, job_versions


def forget_runs(connection: Connection, keep_for: timedelta, *, at_most: int) -> int:
    """Delete at most ``at_most`` runs that ended longer ago than ``keep_for``, and their outcomes.

    A user's latest run stays, whatever its age. The jobs of deleted runs stay.

    Returns:
        The number of deleted runs. It is less than ``at_most`` if no run is left to delete.
    """
    newer = aliased(ingestion_runs)
    has_newer_run = (
        select(newer.c.run_id)
        .where(
            newer.c.user_id == ingestion_runs.c.user_id,
            newer.c.run_id > ingestion_runs.c.run_id,
        )
        .exists()
    )
    old = (
        select(ingestion_runs.c.run_id)
        .where(
            ingestion_runs.c.status.in_(ENDED_RUNS),
            ingestion_runs.c.finished_at < func.now() - cast(keep_for, Interval),
            has_newer_run,
        )
        .order_by(ingestion_runs.c.run_id)
        .limit(at_most)
    )
    return connection.execute(
        delete(ingestion_runs).where(ingestion_runs.c.run_id.in_(old))
    ).rowcount


def forget_versions(connection: Connection, keep_for: timedelta, *, at_most: int) -> int:
    """Delete at most ``at_most`` changes of postings that are older than ``keep_for``.

    Return the number of deleted changes.
    """
    old = (
        select(job_versions.c.job_id, job_versions.c.version)
        .where(job_versions.c.changed_at < func.now() - cast(keep_for, Interval))
        .limit(at_most)
        .subquery()
    )
    return connection.execute(
        delete(job_versions).where(
            job_versions.c.job_id == old.c.job_id, job_versions.c.version == old.c.version
        )
    ).rowcount


def forget_checks(connection: Connection, keep_for: timedelta, *, at_most: int) -> int:
    """Delete at most ``at_most`` old checks, and return the number of deleted checks.

    A check is old if it ended longer ago than ``keep_for`` and no stored run takes outcomes from
    the check. A board's latest check stays.
    """
    params = {"keep_for": keep_for, "max_rows": at_most}
    return connection.execute(_FORGET_CHECKS, params).rowcount


def forget_sweeps(connection: Connection, keep_for: timedelta, *, at_most: int) -> int:
    """Delete at most ``at_most`` old sweeps, and return the number of deleted sweeps.

    A sweep is old if it ended more than ``keep_for`` ago and all its checks have been deleted. The
    records of the sweep's missed deadlines are deleted, too.
    """
    params = {"keep_for": keep_for, "max_rows": at_most}
    return connection.execute(_FORGET_SWEEPS, params).rowcount


_ACTIVE = sql_literals(ACTIVE_CHECKS)
_FORGET_CHECKS = statement(
    f"""
    DELETE FROM checks WHERE check_id IN (
        SELECT check_id FROM checks AS c
        WHERE c.status NOT IN ({_ACTIVE}) AND c.finished_at < now() - CAST(:keep_for AS interval)
            AND EXISTS (
                SELECT FROM checks AS newer
                WHERE newer.board_id = c.board_id AND newer.check_id > c.check_id
            )
            AND NOT EXISTS (
                SELECT FROM ingestion_runs AS r WHERE r.check_ids @> ARRAY[c.check_id]
            )
        ORDER BY check_id LIMIT :max_rows
    )
    """
)
_FORGET_SWEEPS = statement(
    f"""
    DELETE FROM sweeps WHERE sweep_id IN (
        SELECT sweep_id FROM sweeps AS s
        WHERE s.status <> '{SweepStatus.ACTIVE}'
            AND s.finished_at < now() - CAST(:keep_for AS interval)
            AND NOT EXISTS (SELECT FROM checks AS c WHERE c.sweep_id = s.sweep_id)
        ORDER BY sweep_id LIMIT :max_rows
    )
    """
)
