"""Assign a check to each company of new runs (ADR 22).

If the company's board has an active check that the run can use, the run awaits that check. If the
run cannot use the active check, the company gets no check before the active check has ended. If the
board has no active check but a recent check, the run adopts the recent check: the run gets the
outcomes of this check, and the board is not checked again. Otherwise, a new check is inserted.

A unique index allows only one active check of a board. If several transactions insert a check of
one board at the same time, only one of them succeeds. The runs of the other transactions await the
check that was inserted.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import Connection

from include.core.models import CheckKind, RunTrigger
from include.core.runs.run_state import CheckStatus
from include.db.run.left_out import checks_with_unread_jobs
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
"""The maximum ratio of the number of a sweep's active checks to the number of a new run's boards.
If the ratio is larger, the checks of the sweep that the run needs and that have not begun are moved
to the run's own sweep, so that a small run does not wait for a large sweep."""
_MAX_TRIES = 20
"""The maximum number of tries to insert checks. A try fails only for boards for which another
transaction inserted a check at the same time."""


@dataclass(frozen=True, kw_only=True)
class NewSweep:
    """The values of the sweep for new checks.

    The sweep is inserted only if a new check is needed, or if a check is moved into it.
    """

    trigger: RunTrigger
    request: Callable[[int], None]
    """A function that requests that the sweep with the given id be carried out. It is called only
    if the sweep has a check."""
    sweep_id: int | None = None
    """The id of the new run that asks for the sweep. The sweep gets the same id. If None, the sweep
    gets the next number of the sequence of run ids."""
    dag_run_id: str | None = None
    """The id of the DAG run that carries out the sweep, if it exists already. If None, the
    dispatcher creates the DAG run."""


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
    """Assign a check to each company that has no check in these runs.

    If the board of a company has an active check that the runs cannot use, the company continues to
    wait. A run is ended if all of its checks have ended.

    Args:
        boards: the ids of the boards of these companies.
        kind: the kind of the new checks. Only active checks of this kind are awaited.
        force: whether new checks read every page. If it is true, a run only awaits an active check
            that reads every page or can still be changed to do so.
        max_age: the maximum time since the end of a check that is adopted. With 0, no check is
            adopted.
    """
    if not boards:
        return
    assignment = _Assignment(connection, run_ids, kind, force, sweep)
    busy_boards = assignment.await_active(boards)
    idle_boards = [board for board in boards if board not in busy_boards]
    if kind is CheckKind.LIST and not force and max_age > timedelta(0):
        assignment.adopt_recent(idle_boards, max_age)
    assignment.insert_missing(idle_boards)
    assign_to_runs(connection, run_ids, assignment.check_of)
    if assignment.adopted:
        settle_adopted(connection, run_ids, assignment.adopted)
    notify(connection)


@dataclass
class _Assignment:
    """The arguments of one call of ``assign_checks``, and its decisions so far."""

    connection: Connection
    run_ids: Sequence[int]
    kind: CheckKind
    force: bool
    sweep: NewSweep
    check_of: dict[int, int] = field(default_factory=dict[int, int])
    """The id of the check of each board, by board id."""
    adopted: list[int] = field(default_factory=list[int])
    """The ids of the recent checks that the runs adopt."""
    to_move: list[int] = field(default_factory=list[int])
    """The ids of the checks that have not begun and are moved to the new sweep."""
    to_force: list[int] = field(default_factory=list[int])
    """The ids of the active checks that are changed to read every page."""

    def await_active(self, boards: Collection[int]) -> set[int]:
        """Choose the active checks that the runs can await.

        A run can await a check of the same kind as the new checks. If ``force`` is true, the check
        must also read every page, or be early enough to be changed to do so. Checks are locked
        exclusively only if some of them may have to be changed, because exclusive locks would make
        the runs of many users that start at once wait for each other.

        Returns:
            The ids of all boards that have an active check, including checks that cannot be used.
        """
        active_checks = find_active(self.connection, boards).values()
        to_change = self.force or any(
            self._is_to_move(check, len(boards)) for check in active_checks
        )
        active = lock_active(self.connection, boards, to_change=to_change)
        for check in active.values():
            must_be_forced = self.force and not check.force
            if check.kind is not self.kind or (must_be_forced and check.has_jobs):
                continue
            self.check_of[check.board_id] = check.check_id
            if must_be_forced:
                self.to_force.append(check.check_id)
            if to_change and self._is_to_move(check, len(boards)):
                self.to_move.append(check.check_id)
        return set(active)

    def _is_to_move(self, check: ActiveCheck, boards: int) -> bool:
        """Return whether a check must be moved to the new sweep.

        A check must be moved if it has not begun, and its own sweep is scheduled or much larger
        than the new runs. Daily runs move no checks.

        Args:
            boards: the number of boards for which the new runs need checks.
        """
        trigger = self.sweep.trigger
        if check.status is not CheckStatus.WAITING or trigger is RunTrigger.SCHEDULE:
            return False
        is_in_large_sweep = check.active_in_sweep > _MAX_SIZE_RATIO * boards
        return check.trigger is RunTrigger.SCHEDULE or is_in_large_sweep

    def adopt_recent(self, boards: Sequence[int], max_age: timedelta) -> None:
        """Use checks that ended within ``max_age`` instead of new checks.

        A check is not used if it left a job unread that passes the filters of a company in one of
        the runs.
        """
        recent = find_recent(self.connection, boards, max_age)
        if not recent:
            return
        companies_by_board = filters_without_check(self.connection, self.run_ids, list(recent))
        companies_by_check = {
            recent[board]: companies for board, companies in companies_by_board.items()
        }
        incomplete_checks = checks_with_unread_jobs(self.connection, companies_by_check)
        for board, check_id in recent.items():
            if check_id not in incomplete_checks:
                self.check_of[board] = check_id
                self.adopted.append(check_id)

    def insert_missing(self, boards: Sequence[int]) -> None:
        """Insert the missing checks, or await those that other transactions insert meanwhile.

        Also move the checks in ``to_move`` to the new sweep, and change the checks in ``to_force``
        to read every page.
        """
        missing_boards = set(boards) - self.check_of.keys()
        if missing_boards or self.to_move:
            sweep_id = insert_sweep(
                self.connection,
                self.sweep.trigger,
                sweep_id=self.sweep.sweep_id,
                dag_run_id=self.sweep.dag_run_id,
            ).sweep_id
            move_waiting(self.connection, self.to_move, sweep_id)
            is_needed = bool(self.to_move)
            for _ in range(_MAX_TRIES):
                inserted_checks = insert_checks(
                    self.connection, sweep_id, missing_boards, kind=self.kind, force=self.force
                )
                self.check_of |= inserted_checks
                is_needed = is_needed or bool(inserted_checks)
                missing_boards -= inserted_checks.keys()
                missing_boards -= self.await_active(missing_boards)
                if not missing_boards:
                    break
            if is_needed:
                self.sweep.request(sweep_id)
            else:
                # The sweep is not needed, because other transactions inserted all missing checks.
                delete_sweep(self.connection, sweep_id)
        if self.to_force:
            make_forced(self.connection, self.to_force)
