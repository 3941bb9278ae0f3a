"""Read and write checks.

A check is one pass over one board. At most one check of a board is active at a time.

To avoid deadlocks, a transaction that locks several rows locks checks before jobs and runs, the
checks in order of board id, and the runs in order of run id.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    any_,
    bindparam,
    delete,
    exists,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY

from include.core.models import CheckKind, CompanyStatus
from include.core.runs.run_state import (
    ACTIVE_CHECKS,
    ACTIVE_JOBS,
    CheckStatus,
    JobStatus,
    checks_before,
)
from include.db.sql import any_of, statement
from include.db.tables import CHANGED_XID, boards, checks, jobs, listed_jobs
from include.failure_codes import FailureCode


@dataclass(frozen=True, kw_only=True)
class BoardCheck:
    """A check, and the board that a task has to list for it."""

    check_id: int
    board_id: int
    source: str
    config: Mapping[str, Any]
    listing_seconds: float | None
    """The duration of the board's latest listing; None if it has not been listed yet."""
    started_at: datetime | None

    @property
    def name(self) -> str:
        """The board's name in logs, which is its source and the first value of its config."""
        return " ".join((self.source, *map(str, list(self.config.values())[:1])))


def checks_to_list(connection: Connection, sweep_id: int) -> list[BoardCheck]:
    """Return the sweep's checks whose boards are still to be listed, in order of id."""
    query = (
        _select_board_checks()
        .where(checks.c.sweep_id == sweep_id, *_UNLISTED)
        .order_by(checks.c.check_id)
    )
    return [BoardCheck(**row) for row in connection.execute(query).mappings()]


def get_checks(connection: Connection, check_ids: Collection[int]) -> list[BoardCheck]:
    """Return the checks with these ids, in order of id."""
    query = (
        _select_board_checks()
        .where(checks.c.check_id == any_of(check_ids))
        .order_by(checks.c.check_id)
    )
    return [BoardCheck(**row) for row in connection.execute(query).mappings()]


def begin_listing(connection: Connection, sweep_id: int, check_ids: Sequence[int]) -> set[int]:
    """Begin the checks that are still in this sweep and not listed yet.

    A check that was moved to another sweep or cancelled in the meantime is not changed.

    Returns:
        The ids of the checks whose boards this sweep is listing now.
    """
    rows = connection.execute(
        update(checks)
        .where(
            checks.c.check_id == any_of(check_ids),
            checks.c.sweep_id == sweep_id,
            checks.c.status.in_(checks_before(CheckStatus.LISTING) | {CheckStatus.LISTING}),
            checks.c.listing.is_(None),
        )
        .values(
            status=CheckStatus.LISTING,
            started_at=func.coalesce(checks.c.started_at, func.now()),
            changed_xid=CHANGED_XID,
        )
        .returning(checks.c.check_id)
    )
    return set(rows.scalars())


def begin_unlisted(connection: Connection, sweep_id: int) -> None:
    """Begin the sweep's checks that list nothing, which are retries and re-extractions."""
    connection.execute(
        update(checks)
        .where(
            checks.c.sweep_id == sweep_id,
            checks.c.kind != CheckKind.LIST,
            checks.c.status == CheckStatus.WAITING,
        )
        .values(status=CheckStatus.LISTING, started_at=func.now(), changed_xid=CHANGED_XID)
    )


def set_listing(
    connection: Connection,
    check_id: int,
    listing: CompanyStatus,
    *,
    listed: int | None = None,
    reason: str | None = None,
) -> bool:
    """Store the result of a check's listing.

    Args:
        listed: the number of listed postings; None keeps the stored number.
        reason: why the listing is partial, held or failed.

    Returns:
        False if the check is no longer being listed. Nothing was written then.
    """
    values: dict[str, object] = {"listing": listing, "reason": reason, "changed_xid": CHANGED_XID}
    if listed is not None:
        values["listed"] = listed
    updated = connection.execute(
        update(checks)
        .where(checks.c.check_id == check_id, checks.c.status == CheckStatus.LISTING)
        .values(values)
    )
    return updated.rowcount == 1


def fail_unlisted(connection: Connection, sweep_id: int) -> None:
    """Mark those listings of the sweep as failed that no task has completed."""
    connection.execute(
        update(checks)
        .where(checks.c.sweep_id == sweep_id, *_UNLISTED)
        .values(
            status=CheckStatus.LISTING,
            listing=CompanyStatus.ERROR,
            reason="the task that lists the board failed",
            changed_xid=CHANGED_XID,
        )
    )


def lock_listed(connection: Connection, sweep_id: int) -> None:
    """Lock the sweep's checks that are being listed until commit, in order of board.

    The lock prevents other transactions from making a check forced while this transaction chooses
    the pages that the check reads. The order prevents deadlocks with an abort, which locks several
    checks in the same order.
    """
    query = (
        select(checks.c.check_id)
        .where(checks.c.sweep_id == sweep_id, checks.c.status == CheckStatus.LISTING)
        .order_by(checks.c.board_id)
        .with_for_update()
    )
    connection.execute(query)


def begin_reading(connection: Connection, sweep_id: int) -> list[int]:
    """Move the sweep's listed checks on to ``reading``, except those whose listing failed.

    Returns:
        The ids of the sweep's checks that are ``reading`` now, in order.
    """
    connection.execute(
        update(checks)
        .where(
            checks.c.sweep_id == sweep_id,
            checks.c.status == CheckStatus.LISTING,
            checks.c.listing != CompanyStatus.ERROR,
        )
        .values(status=CheckStatus.READING, changed_xid=CHANGED_XID)
    )
    query = (
        select(checks.c.check_id)
        .where(checks.c.sweep_id == sweep_id, checks.c.status == CheckStatus.READING)
        .order_by(checks.c.check_id)
    )
    return list(connection.scalars(query))


def still_reading(connection: Connection, check_ids: Sequence[int]) -> set[int]:
    """Return the ids of the checks that are still ``reading``.

    The other checks have ended, for example because they were cancelled.
    """
    return set(connection.scalars(_STILL_READING, {"ids": list(check_ids)}))


def lock_checks(connection: Connection, check_ids: Collection[int]) -> list[int]:
    """Lock the active checks among these until commit. Return their ids in order of board."""
    if not check_ids:
        return []
    query = (
        select(checks.c.check_id)
        .where(checks.c.check_id == any_of(check_ids), checks.c.status.in_(ACTIVE_CHECKS))
        .order_by(checks.c.board_id)
        .with_for_update()
    )
    return list(connection.scalars(query))


def end_read(connection: Connection, check_ids: Collection[int]) -> list[int]:
    """End those checks that are ``reading`` and have no job left to read.

    If two workers finish the last jobs of a check at the same time, the second worker waits here
    until the first worker has committed. The second worker therefore sees the changes of the first.

    Returns:
        The ids of the checks that this call ended.
    """
    locked_ids = lock_checks(connection, check_ids)
    if not locked_ids:
        return []
    rows = connection.execute(_END_READ, {"ids": locked_ids})
    return sorted(rows.scalars())


def end_checks(
    connection: Connection,
    check_ids: Collection[int],
    status: CheckStatus,
    *,
    error_code: FailureCode,
    reason: str | None = None,
) -> list[int]:
    """End active checks as ``failed`` or ``cancelled``, and fail their unfinished jobs.

    Args:
        error_code: the error code of the checks and of their unfinished jobs.
        reason: why the checks end. If None, the reason that the listing stored is kept.

    Returns:
        The ids of the checks that this call ended.
    """
    locked_ids = lock_checks(connection, check_ids)
    rows = connection.execute(
        update(checks)
        .where(checks.c.check_id == any_of(locked_ids), checks.c.status.in_(checks_before(status)))
        .values(
            status=status,
            error_code=error_code,
            reason=checks.c.reason if reason is None else reason,
            finished_at=func.now(),
            pace=_PACE,
            changed_xid=CHANGED_XID,
        )
        .returning(checks.c.check_id)
    )
    ended_ids = sorted(rows.scalars())
    connection.execute(
        update(jobs)
        .where(jobs.c.check_id == any_of(ended_ids), jobs.c.status.in_(ACTIVE_JOBS))
        .values(
            status=JobStatus.FAILED,
            error_code=error_code,
            error_message=reason or "the check ended before this posting was read",
            changed_xid=CHANGED_XID,
            settled_at=None,
        )
    )
    return ended_ids


def forget_listings(connection: Connection, check_ids: Sequence[int]) -> None:
    """Delete the listings of ended checks, except the rows of failed jobs, which may be retried."""
    failed = exists().where(
        jobs.c.board_id == listed_jobs.c.board_id,
        jobs.c.external_id == listed_jobs.c.external_id,
        jobs.c.status == JobStatus.FAILED,
    )
    connection.execute(
        delete(listed_jobs).where(
            listed_jobs.c.board_id.in_(
                select(checks.c.board_id).where(checks.c.check_id == any_of(check_ids))
            ),
            ~failed,
        )
    )


def sweeps_of(connection: Connection, check_ids: Collection[int]) -> list[int]:
    """Return the ids of the sweeps that the checks are in."""
    query = select(checks.c.sweep_id).distinct().where(checks.c.check_id == any_of(check_ids))
    return sorted(connection.scalars(query))


def count_unfinished(connection: Connection, sweep_id: int) -> int:
    """Return the number of jobs of the sweep's active checks that are still to be read."""
    query = (
        select(func.count())
        .join_from(checks, jobs, jobs.c.check_id == checks.c.check_id)
        .where(
            checks.c.sweep_id == sweep_id,
            checks.c.status.in_(ACTIVE_CHECKS),
            jobs.c.status.in_(ACTIVE_JOBS),
        )
    )
    return connection.execute(query).scalar_one()


def active_checks(connection: Connection, sweep_id: int) -> dict[int, CheckStatus]:
    """Return the status of each active check of the sweep, by check id."""
    query = select(checks.c.check_id, checks.c.status).where(
        checks.c.sweep_id == sweep_id, checks.c.status.in_(ACTIVE_CHECKS)
    )
    return {row.check_id: CheckStatus(row.status) for row in connection.execute(query)}


def _select_board_checks() -> Any:
    return select(
        checks.c.check_id,
        checks.c.board_id,
        boards.c.source,
        boards.c.config,
        boards.c.listing_seconds,
        checks.c.started_at,
    ).join_from(checks, boards)


_UNLISTED = (
    checks.c.kind == CheckKind.LIST,
    checks.c.status.in_((CheckStatus.WAITING, CheckStatus.LISTING)),
    checks.c.listing.is_(None),
)
_STILL_READING = select(checks.c.check_id).where(
    checks.c.check_id == any_(bindparam("ids", type_=ARRAY(BigInteger))),
    checks.c.status == CheckStatus.READING,
)
_HAS_UNREAD_JOB = exists().where(
    jobs.c.check_id == checks.c.check_id, jobs.c.status.in_(ACTIVE_JOBS)
)
# The value of checks.pace: the number of jobs that were done in each second since the check began.
_PACE = statement(
    """
    coalesce((
        SELECT array_agg(coalesce(done.jobs, 0) ORDER BY second)
        FROM generate_series(0, ceil(extract(epoch FROM now() - checks.started_at))::int) AS second
        LEFT JOIN (
            SELECT greatest(0, floor(extract(epoch FROM jobs.settled_at - checks.started_at)))::int
                AS second, count(*)::int AS jobs
            FROM jobs
            WHERE jobs.check_id = checks.check_id AND jobs.settled_at IS NOT NULL
                AND jobs.expire_reason IS DISTINCT FROM 'unlisted'
            GROUP BY 1
        ) AS done USING (second)
    ), '{}')
    """
)
_END_READ = (
    update(checks)
    .where(
        checks.c.check_id == any_(bindparam("ids", type_=ARRAY(BigInteger))),
        checks.c.status == CheckStatus.READING,
        ~_HAS_UNREAD_JOB,
    )
    .values(
        status=CheckStatus.DONE,
        finished_at=func.now(),
        pace=_PACE,
        changed_xid=CHANGED_XID,
    )
    .returning(checks.c.check_id)
)
