"""Ingestion runs: how one begins, the fence that guards every write, the one way it ends."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from functools import cache

from sqlalchemy import (
    ColumnElement,
    Connection,
    bindparam,
    case,
    exists,
    func,
    null,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.dml import ReturningUpdate

from include.core.models import RunTrigger, sum_counts
from include.core.run_state import ACTIVE_JOBS, ACTIVE_RUNS, JobStatus, RunStatus, runs_before
from include.db.counts import ended_tallies, listed_by, sum_failures
from include.db.retries import forget_listings
from include.db.tables import ingestion_runs, jobs, run_jobs
from include.errors import RunSuperseded

PROGRESS_CHANNEL = "run_progress"


@dataclass(frozen=True, kw_only=True)
class Run:
    """What a step needs to know of the run it works for."""

    run_id: int
    user_id: str
    status: RunStatus
    attempt: int
    force: bool
    reextract: bool
    """Stored pages are read again; nothing is listed or fetched."""
    companies: tuple[str, ...] | None
    """The slugs asked for; None means every enabled company."""
    dag_run_id: str | None


def dag_run_id_of(run_id: int, attempt: int) -> str:
    """The DAG run that we ask Airflow for: each attempt has its own."""
    return f"ingest__{run_id}__{attempt}"


def insert_run(
    connection: Connection,
    *,
    user_id: str,
    trigger: RunTrigger,
    companies: Sequence[str] | None = None,
    force: bool = False,
    reextract: bool = False,
    dag_run_id: str | None = None,
) -> int | None:
    """A pending run's id, or None while the user has an active one.

    Without ``dag_run_id`` the run gets the one that its first dispatch will ask Airflow for.
    """
    run_id = connection.scalar(
        insert(ingestion_runs)
        .values(
            user_id=user_id,
            trigger=trigger,
            companies=companies,
            force=force,
            reextract=reextract,
            dag_run_id=dag_run_id,
        )
        .on_conflict_do_nothing()
        .returning(ingestion_runs.c.run_id)
    )
    if run_id is not None and dag_run_id is None:
        connection.execute(
            update(ingestion_runs)
            .where(ingestion_runs.c.run_id == run_id)
            .values(dag_run_id=dag_run_id_of(run_id, 1))
        )
    return run_id


def get_run(connection: Connection, run_id: int) -> Run | None:
    return _one(connection, ingestion_runs.c.run_id == run_id)


def is_finished(connection: Connection, run: Run) -> bool:
    """Whether it was finished at the attempt that ``run`` knows."""
    now = get_run(connection, run.run_id)
    return now is not None and now.status is RunStatus.FINISHED and now.attempt == run.attempt


def find_run(connection: Connection, dag_run_id: str) -> Run | None:
    """The run whose present attempt is Airflow's DAG run ``dag_run_id``."""
    return _one(connection, ingestion_runs.c.dag_run_id == dag_run_id)


def find_active_run(connection: Connection, user_id: str) -> Run | None:
    return _one(
        connection,
        (ingestion_runs.c.user_id == user_id) & ingestion_runs.c.status.in_(ACTIVE_RUNS),
    )


def touch(
    connection: Connection, run_id: int, attempt: int, *, during: Collection[RunStatus]
) -> int:
    """Fence, heartbeat and abort check in one UPDATE; holds the run's row until commit.

    Because the row is held, versions become visible in the order of their numbers.

    Returns:
        The run's new version, to stamp on what this transaction changes.

    Raises:
        RunSuperseded: the run was aborted, recovered or ended by someone else.
    """
    return _advance(connection, _ADVANCE, run_id, attempt, during)


def set_status(connection: Connection, run_id: int, attempt: int, status: RunStatus) -> int:
    """Moves a run forward, and says so to those who watch. Repeating it changes nothing more.

    Raises:
        RunSuperseded: as ``touch``.
    """
    values: dict[str, object] = {"status": status}
    if status is RunStatus.INITIALIZING:
        values["started_at"] = func.coalesce(ingestion_runs.c.started_at, func.now())
    advance = _ADVANCE.values(values)
    version = _advance(connection, advance, run_id, attempt, runs_before(status) | {status})
    notify(connection, run_id)
    return version


def notify(connection: Connection, run_id: int) -> None:
    """Wakes the watchers of the run, on commit."""
    connection.execute(_NOTIFY, {"run": str(run_id)})


def end_run(
    connection: Connection,
    run_id: int,
    status: RunStatus,
    *,
    attempt: int | None = None,
    error: tuple[str, str] | None = None,
) -> bool:
    """Ends a run exactly once, whoever calls: one guarded UPDATE that a single caller wins.

    ``finished`` needs every job to be in an end state; ``error`` and ``aborted`` fail the jobs
    that are not. The outcome of each job is kept in ``run_jobs``, the counts and
    the failures by their class with the run.

    Args:
        attempt: None when the caller is no worker of the run (an abort).
        error: code and message.

    Returns:
        False when the run had ended already, is at another attempt, or isn't done.
    """
    code, message = error or (None, None)
    asked = {"of_run": run_id, "at_attempt": attempt, "code": code, "message": message}
    version = connection.scalar(_end(status, of_worker=attempt is not None), asked)
    if version is None:
        return False
    if status is not RunStatus.FINISHED:
        _fail_unfinished_jobs(connection, run_id, version, status, message)
    _keep_outcomes(connection, run_id)
    tallies = ended_tallies(connection, run_id).values()
    counts = sum_counts(of.counts for of in tallies)
    failures = sum_failures(of.failures for of in tallies)
    connection.execute(
        update(ingestion_runs)
        .where(ingestion_runs.c.run_id == run_id)
        .values(counts=asdict(counts), failures=failures)
    )
    forget_listings(connection, run_id)
    notify(connection, run_id)
    return True


@cache
def _end(status: RunStatus, *, of_worker: bool) -> ReturningUpdate[int]:
    guards = [_OF_RUN, ingestion_runs.c.status.in_(runs_before(status))]
    if of_worker:
        guards.append(_AT_ATTEMPT)
    if status is RunStatus.FINISHED:
        guards.append(
            ~exists().where(
                jobs.c.run_id == ingestion_runs.c.run_id, jobs.c.status.in_(ACTIVE_JOBS)
            )
        )
    return (
        update(ingestion_runs)
        .where(*guards)
        .values(
            status=status,
            version=ingestion_runs.c.version + 1,
            finished_at=func.now(),
            last_heartbeat=func.now(),
            error_code=bindparam("code"),
            error_message=bindparam("message"),
        )
        .returning(ingestion_runs.c.version)
    )


def _fail_unfinished_jobs(
    connection: Connection, run_id: int, version: int, status: RunStatus, message: str | None
) -> None:
    connection.execute(
        update(jobs)
        .where(jobs.c.run_id == run_id, jobs.c.status.in_(ACTIVE_JOBS))
        .values(
            status=JobStatus.FAILED,
            version=version,
            error_code="aborted" if status is RunStatus.ABORTED else "unfinished",
            error_message=message or "the run ended before this job was done",
            settled_at=null(),
        )
    )


def _keep_outcomes(connection: Connection, run_id: int) -> None:
    failed = jobs.c.status == JobStatus.FAILED
    outcome = select(
        jobs.c.run_id,
        jobs.c.job_id,
        jobs.c.company,
        jobs.c.external_id,
        jobs.c.title,
        jobs.c.status,
        jobs.c.first_run_id == run_id,
        listed_by(run_id),
        case((failed, jobs.c.error_code)),
        case((failed, jobs.c.error_message)),
        jobs.c.attempts,
        jobs.c.settled_at,
    ).where(jobs.c.run_id == run_id)
    connection.execute(insert(run_jobs).from_select([c.name for c in run_jobs.c], outcome))


def _advance(
    connection: Connection,
    advance: ReturningUpdate[int],
    run_id: int,
    attempt: int,
    during: Collection[RunStatus],
) -> int:
    asked = {"of_run": run_id, "at_attempt": attempt, "during": list(during)}
    version = connection.scalar(advance, asked)
    if version is None:
        raise RunSuperseded(run_id, attempt)
    return version


def _one(connection: Connection, condition: ColumnElement[bool]) -> Run | None:
    columns = (
        ingestion_runs.c.run_id,
        ingestion_runs.c.user_id,
        ingestion_runs.c.status,
        ingestion_runs.c.attempt,
        ingestion_runs.c.force,
        ingestion_runs.c.reextract,
        ingestion_runs.c.companies,
        ingestion_runs.c.dag_run_id,
    )
    row = connection.execute(select(*columns).where(condition)).mappings().one_or_none()
    if row is None:
        return None
    asked = row["companies"]
    return Run(
        run_id=row["run_id"],
        user_id=row["user_id"],
        status=RunStatus(row["status"]),
        attempt=row["attempt"],
        force=row["force"],
        reextract=row["reextract"],
        companies=None if asked is None else tuple(asked),
        dag_run_id=row["dag_run_id"],
    )


_OF_RUN = ingestion_runs.c.run_id == bindparam("of_run")
_AT_ATTEMPT = ingestion_runs.c.attempt == bindparam("at_attempt")
# Made once: each flush asks, and to make them anew would take longer than the asking.
_ADVANCE = (
    update(ingestion_runs)
    .where(_OF_RUN, _AT_ATTEMPT, ingestion_runs.c.status.in_(bindparam("during", expanding=True)))
    .values(last_heartbeat=func.now(), version=ingestion_runs.c.version + 1)
    .returning(ingestion_runs.c.version)
)
_NOTIFY = select(func.pg_notify(PROGRESS_CHANNEL, bindparam("run")))
