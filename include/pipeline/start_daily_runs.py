"""Start the daily runs of all users who follow companies, and create their sweeps (ADR 3)."""

from datetime import timedelta

from sqlalchemy import Connection, Engine

from include.core.checking.batches import pack_sweeps
from include.core.models import CheckKind, RunTrigger
from include.db.run.run_checks import boards_without_check
from include.db.run.runs import insert_daily_runs
from include.db.work.checks import checks_to_list
from include.db.work.outbox import put_intent
from include.db.work.requested_checks import move_waiting
from include.db.work.sweeps import insert_sweep
from include.pipeline.open_run import as_board_to_list
from include.pipeline.runs.assign_checks import NewSweep, assign_checks


def start_daily_runs(engine: Engine, *, fresh_for: timedelta, sweep_boards: int) -> dict[str, int]:
    """Start the runs, and insert the checks and sweeps that they need, in one transaction.

    No run is started for a user who has an active run. A board is not checked again if its latest
    check ended within ``fresh_for`` or is still active.

    Args:
        sweep_boards: the maximum number of boards in one sweep.

    Returns:
        The numbers of new ``runs`` and ``sweeps``.
    """
    with engine.begin() as connection:
        runs = insert_daily_runs(connection)
        new_sweep_ids: list[int] = []

        def request(first_sweep_id: int) -> None:
            for sweep_id in _split_sweep(connection, first_sweep_id, sweep_boards):
                put_intent(connection, sweep_id, {"run_id": sweep_id})
                new_sweep_ids.append(sweep_id)

        assign_checks(
            connection,
            runs,
            boards_without_check(connection, runs),
            kind=CheckKind.LIST,
            force=False,
            max_age=fresh_for,
            sweep=NewSweep(trigger=RunTrigger.SCHEDULE, request=request),
        )
    return {"runs": len(runs), "sweeps": len(new_sweep_ids)}


def _split_sweep(connection: Connection, sweep_id: int, sweep_boards: int) -> list[int]:
    """Divide the checks of a sweep among sweeps of at most ``sweep_boards`` checks.

    Returns:
        The ids of these sweeps, of which the first is ``sweep_id``.
    """
    checks = checks_to_list(connection, sweep_id)
    groups = pack_sweeps(map(as_board_to_list, checks), sweep_boards)
    sweep_ids = [sweep_id]
    for check_ids in groups[1:]:  # the checks of the first group stay in the sweep
        sweep_ids.append(insert_sweep(connection, RunTrigger.SCHEDULE).sweep_id)
        move_waiting(connection, check_ids, sweep_ids[-1])
    return sweep_ids
