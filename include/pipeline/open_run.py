"""Begin the sweep of a DAG run, and choose the boards to list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, Engine

from include.core.checking.batches import BoardToList, group_boards
from include.core.formats.urls import host_key
from include.core.models import CheckKind, RunTrigger
from include.core.runs.run_state import RunStatus, SweepStatus
from include.db.run.run_checks import runs_of_checks
from include.db.run.runs import advance, find_run_of_dag, notify
from include.db.user.users import ensure_user
from include.db.work.checks import BoardCheck, active_checks, begin_unlisted, checks_to_list
from include.db.work.sweeps import Sweep, begin_sweep, find_attempt, find_sweep, get_sweep
from include.errors import (
    JobhuntError,
    NothingToCheck,
    SettingError,
    SweepNeverBegan,
    SweepSuperseded,
)
from include.pipeline.runs.start_run import start_run
from include.sources.registry import adapter_for


@dataclass(frozen=True, kw_only=True)
class RunForm:
    """The values of the form with which a user triggers a DAG run in the Airflow UI."""

    user_id: str
    companies: Sequence[str] | None = None
    force: bool = False
    reextract: bool = False


def open_run(
    engine: Engine,
    *,
    dag_run_id: str,
    sweep_id: int | None = None,
    form: RunForm | None = None,
    fresh_for: timedelta,
) -> list[list[int]]:
    """Begin the waiting sweep ``sweep_id``, or start the run of the ``form`` and begin its sweep.

    A recovered sweep continues with the remaining work, so boards that were listed are not listed
    again. A repeated call for the same DAG run makes no further change.

    Args:
        fresh_for: the maximum time since the end of a check that a new run may adopt.

    Returns:
        The ids of the checks whose boards are to be listed, in one list for each task. The outer
        list is empty if no board has to be listed.

    Raises:
        JobhuntError: ``sweep_id`` is not a sweep of this DAG run, or neither ``sweep_id`` nor
            ``form`` is given.
        CompaniesError, ActiveRunError: ``start_run`` refused the run.
        SweepSuperseded: the sweep has ended already, or another DAG run has recovered it.
    """
    with engine.begin() as connection:
        check_not_recovered(connection, dag_run_id)
        if sweep_id is not None:
            sweep = get_sweep(connection, sweep_id)
            if sweep is None or sweep.dag_run_id != dag_run_id:
                raise JobhuntError(f"run_id: {sweep_id} is not a sweep of {dag_run_id}")
        else:
            sweep = _start_from_form(connection, dag_run_id, form, fresh_for)
        if sweep is None:
            return []
        begin_sweep(connection, sweep)
        begin_unlisted(connection, sweep.sweep_id)
        runs = runs_of_checks(connection, list(active_checks(connection, sweep.sweep_id)))
        advance(connection, runs, RunStatus.INITIALIZING)
        notify(connection)
        boards = checks_to_list(connection, sweep.sweep_id)
    return group_boards(as_board_to_list(check) for check in boards)


def as_board_to_list(check: BoardCheck) -> BoardToList:
    """Return a ``BoardToList`` with the check's id and the host of its first request.

    If the board's config is unusable, the host is empty. The task that lists the board reports it.
    """
    try:
        first = adapter_for(check.source).first_request(check.config)
        host = host_key(first.url)
    except (SettingError, ValueError):
        host = ""
    return BoardToList(key=check.check_id, host=host, seconds=check.listing_seconds)


def sweep_of(engine: Engine, dag_run_id: str) -> Sweep:
    """Return the active sweep of the DAG run.

    Raises:
        SweepSuperseded: the sweep has ended, or another DAG run has recovered it.
        NothingToCheck: the DAG run has no sweep, because the run that it started needs none.
        SweepNeverBegan: the DAG run has no sweep, because its task ``open_run`` failed.
    """
    with engine.connect() as connection:
        sweep = find_sweep(connection, dag_run_id)
        if sweep is None:
            check_not_recovered(connection, dag_run_id)
            if run := find_run_of_dag(connection, dag_run_id):
                raise NothingToCheck(run.run_id)
    if sweep is None:
        raise SweepNeverBegan(dag_run_id)
    if sweep.status is not SweepStatus.ACTIVE:
        raise SweepSuperseded(sweep.sweep_id, sweep.attempt)
    return sweep


def check_not_recovered(connection: Connection, dag_run_id: str) -> None:
    """Raise SweepSuperseded if another DAG run has recovered the DAG run's sweep."""
    sweep_and_attempt = find_attempt(connection, dag_run_id)
    if sweep_and_attempt is None:
        return
    sweep, attempt = sweep_and_attempt
    if sweep.dag_run_id != dag_run_id:
        raise SweepSuperseded(sweep.sweep_id, attempt)


def _start_from_form(
    connection: Connection, dag_run_id: str, form: RunForm | None, fresh_for: timedelta
) -> Sweep | None:
    """Start the run of the form, unless an earlier try of the task has started this run.

    Returns:
        The sweep of the run; None if the run needs no sweep of its own.
    """
    if find_run_of_dag(connection, dag_run_id) is None:
        if form is None:
            raise JobhuntError("user_id: name the user whose companies are to be ingested")
        ensure_user(connection, form.user_id)
        start_run(
            connection,
            user_id=form.user_id,
            trigger=RunTrigger.AIRFLOW,
            companies=form.companies,
            force=form.force,
            kind=CheckKind.REEXTRACT if form.reextract else CheckKind.LIST,
            max_age=fresh_for,
            dag_run_id=dag_run_id,
        )
    return find_sweep(connection, dag_run_id)
