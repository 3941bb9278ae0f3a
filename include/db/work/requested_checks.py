"""Find, insert and change the checks that new runs need.

``db.run.run_checks`` has the checks that are assigned to runs.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Connection,
    TextClause,
    func,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from include.core.models import CheckKind, RunTrigger
from include.core.runs.run_state import ACTIVE_CHECKS, CheckStatus
from include.db.records import to_record
from include.db.sql import any_of, sql_literals, statement
from include.db.tables import checks


@dataclass(frozen=True, kw_only=True)
class ActiveCheck:
    """An active check, and the facts that decide whether a run can wait for its end and use it."""

    check_id: int
    board_id: int
    sweep_id: int
    kind: CheckKind
    force: bool
    status: CheckStatus
    trigger: RunTrigger
    """The trigger of the check's sweep."""
    active_in_sweep: int
    """The number of active checks in the check's sweep, including this one."""
    has_jobs: bool
    """True once the check has chosen the jobs to read."""


def find_active(connection: Connection, board_ids: Collection[int]) -> dict[int, ActiveCheck]:
    """Return the active checks of the boards, by board, without locking them."""
    return _read_active(connection, _FIND_ACTIVE, board_ids)


def lock_active(
    connection: Connection, board_ids: Collection[int], *, to_change: bool
) -> dict[int, ActiveCheck]:
    """Lock the active checks of the boards until commit, and return them by board.

    Args:
        to_change: whether to lock the checks exclusively. If False, the lock is shared with other
            transactions that only assign the checks to runs.
    """
    return _read_active(connection, _LOCK_EXCLUSIVE if to_change else _LOCK_SHARED, board_ids)


def find_recent(
    connection: Connection, board_ids: Collection[int], fresh_for: timedelta
) -> dict[int, int]:
    """Return the ended checks that a run may adopt (use instead of new checks), by board.

    A check may be adopted if it is the latest check of its board, listed the board, succeeded, and
    ended within ``fresh_for``. An earlier check is never adopted, because its jobs now belong to
    the latest check.
    """
    if not board_ids:
        return {}
    rows = connection.execute(_RECENT, {"boards": list(board_ids), "fresh_for": fresh_for})
    return {row.board_id: row.check_id for row in rows}


def insert_checks(
    connection: Connection,
    sweep_id: int,
    board_ids: Collection[int],
    *,
    kind: CheckKind = CheckKind.LIST,
    force: bool = False,
) -> dict[int, int]:
    """Insert a waiting check for each board that has no active check.

    Returns:
        The ids of the new checks, by board. Boards that have an active check are absent.
    """
    if not board_ids:
        return {}
    board = func.unnest(literal(sorted(board_ids), ARRAY(BigInteger))).column_valued("board_id")
    rows = select(board, literal(sweep_id), literal(kind.value), literal(force))
    insert_missing = insert(checks).from_select(["board_id", "sweep_id", "kind", "force"], rows)
    insert_missing = insert_missing.on_conflict_do_nothing().returning(
        checks.c.board_id, checks.c.check_id
    )
    returned = connection.execute(insert_missing)
    return {row.board_id: row.check_id for row in returned}


def move_waiting(connection: Connection, check_ids: Sequence[int], sweep_id: int) -> None:
    """Move checks that have not begun to another sweep. The caller has locked the checks."""
    connection.execute(
        update(checks)
        .where(checks.c.check_id == any_of(check_ids), checks.c.status == CheckStatus.WAITING)
        .values(sweep_id=sweep_id)
    )


def make_forced(connection: Connection, check_ids: Sequence[int]) -> None:
    """Make checks forced, so that they read every page.

    The caller has locked the checks and made sure that their jobs are not chosen yet.
    """
    connection.execute(
        update(checks).where(checks.c.check_id == any_of(check_ids)).values(force=True)
    )


def _read_active(
    connection: Connection, statement: TextClause, board_ids: Collection[int]
) -> dict[int, ActiveCheck]:
    if not board_ids:
        return {}
    rows = connection.execute(statement, {"boards": list(board_ids)}).mappings()
    return {row["board_id"]: to_record(ActiveCheck, row) for row in rows}


_ACTIVE_STATUSES = sql_literals(ACTIVE_CHECKS)


def _select_active(lock_clause: str) -> TextClause:
    return text(
        f"""
        SELECT c.check_id, c.board_id, c.sweep_id, c.kind, c.force, c.status, s.trigger,
            c.jobs_xid IS NOT NULL AS has_jobs, (
                SELECT count(*) FROM checks AS other
                WHERE other.sweep_id = c.sweep_id AND other.status IN ({_ACTIVE_STATUSES})
            ) AS active_in_sweep
        FROM checks AS c JOIN sweeps AS s USING (sweep_id)
        WHERE c.board_id = ANY(:boards) AND c.status IN ({_ACTIVE_STATUSES})
        ORDER BY c.board_id
        {lock_clause}
        """
    )


_FIND_ACTIVE = _select_active("")
_LOCK_SHARED = _select_active("FOR SHARE OF c")
_LOCK_EXCLUSIVE = _select_active("FOR UPDATE OF c")
_RECENT = statement(
    f"""
    SELECT board_id, check_id FROM (
        SELECT DISTINCT ON (board_id) board_id, check_id, kind, status, finished_at FROM checks
        WHERE board_id = ANY(:boards) ORDER BY board_id, check_id DESC
    ) AS latest
    WHERE kind = '{CheckKind.LIST}' AND status = '{CheckStatus.DONE}'
        AND finished_at > now() - CAST(:fresh_for AS interval)
    """
)
