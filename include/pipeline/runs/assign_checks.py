"""Assigning a check to each company of new runs (ADR 22).

If the company's board has an active check, the run awaits it. Otherwise, if it has a recent check,
the run adopts that check. Otherwise a new check is inserted. A unique index allows only one active
check of a board. So if several transactions insert a check at the same time, one of them succeeds
and the other runs await its check.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import Connection

from include.core.models import CheckKind, RunTrigger
from include.core.runs.run_state import CheckStatus
from include.db.run.left_out import leaves_unread
from include.db.run.run_checks import assign_to_runs, filters_without_check
from include.db.run.runs import notify
from include.db.work.requested_checks import (
    ActiveCheck,
    find_active,
    find_recent,
    insert_checks,
    lock_active,
    make_forced,
    move_waiting,
)
from include.db.work.sweeps import delete_sweep, insert_sweep
from include.pipeline.runs.settle_checks import settle_adopted

_MAX_SIZE_RATIO = 2
"""The maximum ratio of the active checks of a sweep to the boards of a new run. If the ratio is
larger, the sweep's waiting checks that the run needs are moved to the new sweep. So a small run
does not wait for a large sweep."""
_MAX_TRIES = 20
"""The maximum number of tries to insert checks. A try fails only for boards for which another
transaction inserted a check at the same time."""


@dataclass
class _Assigned:
    """The decisions of ``assign_checks`` so far."""

    check_of: dict[int, int] = field(default_factory=dict[int, int])
    """The id of the check of each board, by board id."""
    adopted: list[int] = field(default_factory=list[int])
    to_move: list[int] = field(default_factory=list[int])
    to_force: list[int] = field(default_factory=list[int])


@dataclass(frozen=True, kw_only=True)
class NewSweep:
    """The sweep for new checks. It is inserted only if a check is missing or moved."""

    trigger: RunTrigger
    request: Callable[[int], None]
    """A function that requests the execution of the sweep with this id. It is called only if the
    sweep has a check."""
    sweep_id: int | None = None
    """The id of the run that asks for the sweep; None for the next number of the same sequence."""
    dag_run_id: str | None = None
    """The DAG run that exists already; None if the dispatcher is to create one."""


def assign_checks(
    connection: Connection,
    run_ids: Sequence[int],
    boards: Sequence[int],
    *,
    kind: CheckKind,
    force: bool,
    max_age: timedelta,
    sweep: NewSweep,
) -> None:
    """Assign a check to every company of the runs that has no check.

    If a board has an active check that the runs cannot use, the company continues to wait. Runs
    whose checks have all ended end here.

    Args:
        boards: the boards of these companies.
        kind: the kind of new checks; only active checks of this kind are awaited.
        force: whether new checks read every page. If it is true, only active checks that can do so
            are awaited.
        max_age: the maximum time since the end of a check that is adopted; with 0, no check is
            adopted.
    """
    if not boards:
        return
    assigned = _Assigned()
    busy = _await_active(connection, assigned, boards, kind=kind, force=force, sweep=sweep)
    free = [board for board in boards if board not in busy]
    if kind is CheckKind.LIST and not force and max_age > timedelta(0):
        _adopt(connection, assigned, run_ids, free, max_age)
    _insert_missing(connection, assigned, free, kind=kind, force=force, sweep=sweep)
    assign_to_runs(connection, run_ids, assigned.check_of)
    if assigned.adopted:
        settle_adopted(connection, run_ids, assigned.adopted)
    notify(connection)


def _await_active(
    connection: Connection,
    assigned: _Assigned,
    boards: Sequence[int],
    *,
    kind: CheckKind,
    force: bool,
    sweep: NewSweep,
) -> set[int]:
    """Choose the active checks that the runs can await, and record them in ``assigned``.

    They have the right kind. If ``force`` is true, they also read every page, or can still be
    changed to do so. Checks are locked exclusively only if they have to be changed, because many
    users may start runs on the same boards at once.

    Returns:
        The ids of all boards that have an active check, including checks that cannot be used.
    """
    to_change = force or any(
        _is_to_move(check, len(boards), sweep.trigger)
        for check in find_active(connection, boards).values()
    )
    active = lock_active(connection, boards, to_change=to_change)
    for check in active.values():
        if check.kind is not kind or (force and not check.force and check.has_jobs):
            continue
        assigned.check_of[check.board_id] = check.check_id
        if force and not check.force:
            assigned.to_force.append(check.check_id)
        if to_change and _is_to_move(check, len(boards), sweep.trigger):
            assigned.to_move.append(check.check_id)
    return set(active)


def _is_to_move(check: ActiveCheck, boards: int, trigger: RunTrigger) -> bool:
    """Return whether a check must be moved to the new sweep.

    It must if it still waits and its own sweep is scheduled or much larger. Daily runs move no
    checks.

    Args:
        boards: the number of boards that the new runs need checks for.
        trigger: the trigger of the new sweep.
    """
    if check.status is not CheckStatus.WAITING or trigger is RunTrigger.SCHEDULE:
        return False
    return check.trigger is RunTrigger.SCHEDULE or check.in_sweep > _MAX_SIZE_RATIO * boards


def _adopt(
    connection: Connection,
    assigned: _Assigned,
    run_ids: Sequence[int],
    free: Sequence[int],
    max_age: timedelta,
) -> None:
    """Adopt recent checks, except those that did not read a job which a run's filters accept."""
    recent = find_recent(connection, free, max_age)
    if not recent:
        return
    asking = filters_without_check(connection, run_ids, list(recent))
    incomplete = leaves_unread(
        connection, {recent[board]: companies for board, companies in asking.items()}
    )
    for board, check_id in recent.items():
        if check_id not in incomplete:
            assigned.check_of[board] = check_id
            assigned.adopted.append(check_id)


def _insert_missing(
    connection: Connection,
    assigned: _Assigned,
    free: Sequence[int],
    *,
    kind: CheckKind,
    force: bool,
    sweep: NewSweep,
) -> None:
    """Insert the missing checks, or await those that other transactions insert meanwhile.

    Also move and force the checks for which this was decided.
    """
    missing = [board for board in free if board not in assigned.check_of]
    if missing or assigned.to_move:
        sweep_id = insert_sweep(
            connection, sweep.trigger, sweep_id=sweep.sweep_id, dag_run_id=sweep.dag_run_id
        ).sweep_id
        move_waiting(connection, assigned.to_move, sweep_id)
        is_needed = bool(assigned.to_move)
        for _ in range(_MAX_TRIES):
            made = insert_checks(connection, sweep_id, missing, kind=kind, force=force)
            assigned.check_of |= made
            is_needed = is_needed or bool(made)
            missing = [board for board in missing if board not in made]
            busy = _await_active(connection, assigned, missing, kind=kind, force=force, sweep=sweep)
            missing = [board for board in missing if board not in busy]
            if not missing:
                break
        if is_needed:
            sweep.request(sweep_id)
        else:
            # other transactions have inserted all missing checks, so the new sweep is not needed
            delete_sweep(connection, sweep_id)
    if assigned.to_force:
        make_forced(connection, assigned.to_force)
