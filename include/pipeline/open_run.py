"""Opens the run that an Airflow DAG run works for: pending → initializing, and which companies."""

from collections.abc import Sequence

from sqlalchemy import Connection, Engine

from include.core.batches import group_companies
from include.core.models import RunTrigger
from include.core.run_state import ACTIVE_RUNS, ENDED_RUNS, RunStatus
from include.db.outbox import attempt_recovered_from
from include.db.retries import is_retry
from include.db.run_companies import add_companies
from include.db.runs import Run, find_run, get_run, set_status, touch
from include.db.users import ensure_user
from include.errors import JobhuntError, RunSuperseded
from include.pipeline.start_run import insert_checked


def open_run(
    engine: Engine,
    *,
    dag_run_id: str,
    user_id: str,
    companies: Sequence[str] | None = None,
    force: bool = False,
    reextract: bool = False,
    run_id: int | None = None,
) -> list[list[str]]:
    """Of a run that was started through us (``run_id``), or of a new one where Airflow was asked
    itself. Repeating it changes nothing more.

    A run that was recovered while it ingested goes on with the jobs that are left; nothing is
    listed again.

    Returns:
        The run's companies in groups, each one task's worth; none where the listing is over, or
        nothing is to be listed.

    Raises:
        JobhuntError: ``run_id`` is no run of this DAG run.
        CompaniesError, ActiveRunError: as ``start_run``.
        RunSuperseded: the run has ended already, or was recovered: another DAG run has it.
    """
    with engine.begin() as connection:
        check_not_recovered(connection, dag_run_id)
        if run_id is not None:
            run = get_run(connection, run_id)
            if run is None or run.dag_run_id != dag_run_id or run.user_id != user_id:
                raise JobhuntError(f"run_id: {run_id} is not a run of {dag_run_id} and {user_id}")
        else:
            run = find_run(connection, dag_run_id)
        if run is None:
            ensure_user(connection, user_id)
            run = insert_checked(
                connection,
                user_id=user_id,
                trigger=RunTrigger.AIRFLOW,
                companies=companies,
                force=force,
                reextract=reextract,
                dag_run_id=dag_run_id,
            )
        if run.status is RunStatus.INGESTING:
            touch(connection, run.run_id, run.attempt, during=ACTIVE_RUNS)
            return []
        set_status(connection, run.run_id, run.attempt, RunStatus.INITIALIZING)
        if is_retry(connection, run.run_id):
            return []
        slugs = add_companies(connection, run.run_id, run.user_id, run.companies)
    return [] if run.reextract else group_companies(slugs)


def run_of(engine: Engine, dag_run_id: str) -> Run:
    """The run that the DAG run works for.

    Raises:
        RunSuperseded: it has ended, or was recovered: another DAG run has it.
        JobhuntError: there is none.
    """
    with engine.connect() as connection:
        run = find_run(connection, dag_run_id)
        if run is None:
            check_not_recovered(connection, dag_run_id)
    if run is None:
        raise JobhuntError(f"no run belongs to {dag_run_id}")
    if run.status in ENDED_RUNS:
        raise RunSuperseded(run.run_id, run.attempt)
    return run


def check_not_recovered(connection: Connection, dag_run_id: str) -> None:
    """Raises RunSuperseded when the run of this DAG run was recovered: another one has it."""
    if recovered := attempt_recovered_from(connection, dag_run_id):
        raise RunSuperseded(*recovered)
