"""Checks as runs ask for them: the active ones, the recent ones, and those that are made."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Connection,
    Interval,
    TextClause,
    bindparam,
    func,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from include.core.models import CheckKind, RunTrigger
from include.core.run_state import ACTIVE_CHECKS, CheckStatus
from include.db.arrays import any_of
from include.db.tables import checks


@dataclass(frozen=True, kw_only=True)
class ActiveCheck:
    """An active check of a board, as a run that wants the board finds it."""

    check_id: int
    board_id: int
    sweep_id: int
    kind: CheckKind
    force: bool
    status: CheckStatus
    trigger: RunTrigger
    """Of its sweep."""
    in_sweep: int
    """How many checks of its sweep are active."""
    has_jobs: bool
    """Whether it is decided already which pages it reads."""


def find_active(connection: Connection, board_ids: Collection[int]) -> dict[int, ActiveCheck]:
    """Return the active checks of the boards, by board; they may end at any moment."""
    return _active(connection, _FIND_ACTIVE, board_ids)


def hold_active(
    connection: Connection, board_ids: Collection[int], *, to_change: bool
) -> dict[int, ActiveCheck]:
    """Return the active checks of the boards, by board, and hold them until commit.

    Args:
        to_change: hold them alone; without it, together with others who only rest on them.
    """
    return _active(connection, _HOLD_ALONE if to_change else _HOLD_TOGETHER, board_ids)


def find_recent(
    connection: Connection, board_ids: Collection[int], fresh_for: timedelta
) -> dict[int, int]:
    """Return, by board, its latest check if that listed it and ended within ``fresh_for``.

    A check that failed, or whose jobs a later check has taken on, is not to be adopted.
    """
    if not board_ids:
        return {}
    rows = connection.execute(_RECENT, {"boards": list(board_ids), "fresh_for": fresh_for})
    return {row.board_id: row.check_id for row in rows}


def insert_checks(
    connection: Connection,
    sweep_id: int,
    board_ids: Sequence[int],
    *,
    kind: CheckKind = CheckKind.LIST,
    force: bool = False,
) -> dict[int, int]:
    """Make a waiting check of each board, unless somebody else has made one meanwhile.

    Returns:
        The check by board, of the boards that got one.
    """
    if not board_ids:
        return {}
    board = func.unnest(literal(sorted(board_ids), ARRAY(BigInteger))).column_valued("board_id")
    asked = select(board, literal(sweep_id), literal(kind.value), literal(force))
    made = insert(checks).from_select(["board_id", "sweep_id", "kind", "force"], asked)
    made = made.on_conflict_do_nothing().returning(checks.c.board_id, checks.c.check_id)
    returned = connection.execute(made)
    return {row.board_id: row.check_id for row in returned}


def move_waiting(connection: Connection, check_ids: Sequence[int], sweep_id: int) -> None:
    """Put checks that have not begun into another sweep. The caller holds them."""
    connection.execute(
        update(checks)
        .where(checks.c.check_id == any_of(check_ids), checks.c.status == CheckStatus.WAITING)
        .values(sweep_id=sweep_id)
    )


def make_forced(connection: Connection, check_ids: Sequence[int]) -> None:
    """Have checks that have not begun to read, read every page. The caller holds them."""
    connection.execute(
        update(checks).where(checks.c.check_id == any_of(check_ids)).values(force=True)
    )


def _active(
    connection: Connection, statement: TextClause, board_ids: Collection[int]
) -> dict[int, ActiveCheck]:
    if not board_ids:
        return {}
    return {
        row["board_id"]: ActiveCheck(
            check_id=row["check_id"],
            board_id=row["board_id"],
            sweep_id=row["sweep_id"],
            kind=CheckKind(row["kind"]),
            force=row["force"],
            status=CheckStatus(row["status"]),
            trigger=RunTrigger(row["trigger"]),
            in_sweep=row["in_sweep"],
            has_jobs=row["has_jobs"],
        )
        for row in connection.execute(statement, {"boards": list(board_ids)}).mappings()
    }


_ACTIVE = ", ".join(f"'{status}'" for status in sorted(ACTIVE_CHECKS))
_BOARDS = bindparam("boards", type_=ARRAY(BigInteger))


def _active_checks(lock: str) -> TextClause:
    return text(
        f"""
        SELECT c.check_id, c.board_id, c.sweep_id, c.kind, c.force, c.status, s.trigger,
            c.jobs_xid IS NOT NULL AS has_jobs, (
                SELECT count(*) FROM checks AS other
                WHERE other.sweep_id = c.sweep_id AND other.status IN ({_ACTIVE})
            ) AS in_sweep
        FROM checks AS c JOIN sweeps AS s USING (sweep_id)
        WHERE c.board_id = ANY(:boards) AND c.status IN ({_ACTIVE})
        ORDER BY c.board_id
        {lock}
        """
    ).bindparams(_BOARDS)


_FIND_ACTIVE = _active_checks("")
_HOLD_TOGETHER = _active_checks("FOR SHARE OF c")
_HOLD_ALONE = _active_checks("FOR UPDATE OF c")
_RECENT = text(
    f"""
    SELECT board_id, check_id FROM (
        SELECT DISTINCT ON (board_id) board_id, check_id, kind, status, finished_at FROM checks
        WHERE board_id = ANY(:boards) ORDER BY board_id, check_id DESC
    ) AS latest
    WHERE kind = '{CheckKind.LIST}' AND status = '{CheckStatus.DONE}'
        AND finished_at > now() - CAST(:fresh_for AS interval)
    """
).bindparams(_BOARDS, bindparam("fresh_for", type_=Interval))
