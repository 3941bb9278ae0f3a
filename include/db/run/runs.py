"""Insert, find, advance and end ingestion runs."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import (
    Connection,
    func,
    select,
    update,
)

from include.core.models import CheckKind, RunTrigger
from include.core.runs.run_state import (
    ACTIVE_CHECKS,
    ACTIVE_JOBS,
    ACTIVE_RUNS,
    JobStatus,
    RunStatus,
    runs_before,
)
from include.db.records import find_record
from include.db.sql import any_of, sql_literals, statement
from include.db.tables import CHANGED_XID, ingestion_runs
from include.failure_codes import FailureCode

PROGRESS_CHANNEL = "run_progress"


@dataclass(frozen=True, kw_only=True)
class Run:
    """A user's pass over their companies."""

    run_id: int
    user_id: str
    status: RunStatus
    trigger: RunTrigger
    kind: CheckKind
    force: bool
    companies: tuple[str, ...]
    """The slugs of the run's companies, in order."""
    check_ids: tuple[int | None, ...]
    """The id of the check that the run rests on for each company; None while the company waits for
    a check."""
    dag_run_id: str | None
    """The id of the DAG run that created the run, if a user triggered it in Airflow; otherwise
    None."""


def insert_run(
    connection: Connection,
    *,
    user_id: str,
    trigger: RunTrigger,
    companies: Sequence[str],
    force: bool = False,
    kind: CheckKind = CheckKind.LIST,
    dag_run_id: str | None = None,
    retry_of: int | None = None,
) -> int | None:
    """Insert a pending run that rests on no check yet.

    Returns:
        The run's id; None if the user has an active run.
    """
    params = {
        "user": user_id,
        "trigger": trigger,
        "companies": list(companies),
        "force": force,
        "kind": kind,
        "dag_run": dag_run_id,
        "retry_of": retry_of,
    }
    return connection.scalar(_INSERT, params)


def insert_daily_runs(connection: Connection) -> list[int]:
    """Insert a pending run for every user who has enabled companies and no active run.

    The caller assigns checks to the runs in the same transaction.

    Returns:
        The ids of the new runs, in order.
    """
    return sorted(connection.execute(_DAILY).scalars())


def get_run(connection: Connection, run_id: int) -> Run | None:
    """Return the run with this id, or None."""
    return find_record(connection, Run, ingestion_runs, ingestion_runs.c.run_id == run_id)


def find_run_of_dag(connection: Connection, dag_run_id: str) -> Run | None:
    """Return the run that was created by Airflow's DAG run ``dag_run_id``, or None."""
    return find_record(connection, Run, ingestion_runs, ingestion_runs.c.dag_run_id == dag_run_id)


def find_active_run(connection: Connection, user_id: str) -> Run | None:
    """Return the user's active run, or None."""
    return find_record(
        connection,
        Run,
        ingestion_runs,
        ingestion_runs.c.user_id == user_id,
        ingestion_runs.c.status.in_(ACTIVE_RUNS),
    )


def companies_to_retry(connection: Connection, run_id: int) -> list[str]:
    """Return the slugs of those companies of an ended run that still have failed jobs to retry.

    Such a company is enabled, and at least one of its jobs that failed in the run is still failed
    or is being read again.
    """
    return list(connection.execute(_COMPANIES_TO_RETRY, {"run": run_id}).scalars())


def lock_run(connection: Connection, run_id: int) -> bool:
    """Lock the run until commit. If the run has ended, lock nothing and return False."""
    query = (
        select(ingestion_runs.c.run_id)
        .where(ingestion_runs.c.run_id == run_id, ingestion_runs.c.status.in_(ACTIVE_RUNS))
        .with_for_update(key_share=True)
    )
    return connection.scalar(query) is not None


def advance(connection: Connection, run_ids: Sequence[int], status: RunStatus) -> None:
    """Move the runs forward to ``status``.

    Runs that have already reached or passed this status are not changed.
    """
    connection.execute(
        update(ingestion_runs)
        .where(
            ingestion_runs.c.run_id == any_of(run_ids),
            ingestion_runs.c.status.in_(runs_before(status) & ACTIVE_RUNS),
        )
        .values(
            status=status,
            started_at=func.coalesce(ingestion_runs.c.started_at, func.now()),
            changed_xid=CHANGED_XID,
        )
    )


def end_settled(connection: Connection, run_ids: Sequence[int]) -> list[int]:
    """End those runs whose companies are all settled, and store their counts.

    A company is settled when its check has ended and the outcomes of the check are stored for the
    run. Each run is ended exactly once. The caller has locked the runs. A run ends in error if one
    of its checks failed for another reason than its listing. The error names the companies that
    could not be checked.

    Returns:
        The ids of the runs that this call ended.
    """
    return sorted(connection.execute(_END_SETTLED, {"runs": list(run_ids)}).scalars())


def end_aborted(connection: Connection, run_id: int) -> None:
    """End a run as ``aborted``. The caller has locked the run and settled its companies."""
    connection.execute(_ABORT, {"runs": [run_id]})


def notify(connection: Connection) -> None:
    """Wake the progress streams on commit.

    Postgres sends equal notifications of one transaction only once.
    """
    connection.execute(_NOTIFY)


_COMPANIES_TO_RETRY = statement(
    f"""
    SELECT DISTINCT t.company FROM run_jobs AS t
    JOIN jobs AS j USING (job_id)
    JOIN ingestion_runs AS r USING (run_id)
    JOIN companies AS k
        ON k.user_id = r.user_id AND k.slug = t.company AND k.board_id = j.board_id AND k.enabled
    WHERE t.run_id = :run AND t.status = '{JobStatus.FAILED}'
        AND j.status IN ({sql_literals(ACTIVE_JOBS | {JobStatus.FAILED})})
    ORDER BY t.company
    """
)
_ACTIVE_RUNS = sql_literals(ACTIVE_RUNS)
_ACTIVE_CHECKS = sql_literals(ACTIVE_CHECKS)
_NOTIFY = select(func.pg_notify(PROGRESS_CHANNEL, ""))
# The INSERT looks for an active run first, because a refused row would use up a run id.
_INSERT = statement(
    f"""
    INSERT INTO ingestion_runs (
        user_id, trigger, companies, check_ids, force, kind, dag_run_id, retry_of
    )
    SELECT :user, :trigger, :companies, array_fill(NULL::bigint, ARRAY[cardinality(:companies)]),
        :force, :kind, :dag_run, CAST(:retry_of AS bigint)
    WHERE NOT EXISTS (
        SELECT FROM ingestion_runs AS r WHERE r.user_id = :user AND r.status IN ({_ACTIVE_RUNS})
    )
    ON CONFLICT DO NOTHING
    RETURNING run_id
    """
)
_DAILY = statement(
    f"""
    INSERT INTO ingestion_runs (user_id, trigger, companies, check_ids)
    SELECT user_id, '{RunTrigger.SCHEDULE}', array_agg(slug ORDER BY slug),
        array_fill(NULL::bigint, ARRAY[count(*)::int])
    FROM companies AS k
    WHERE enabled AND NOT EXISTS (
        SELECT FROM ingestion_runs AS r WHERE r.user_id = k.user_id AND r.status IN ({_ACTIVE_RUNS})
    )
    GROUP BY user_id
    ON CONFLICT DO NOTHING
    RETURNING run_id
    """
)
_COUNTS = """
    SELECT jsonb_build_object(
        'total', coalesce(sum(f.total), 0), 'pending', 0, 'crawling', 0, 'extracting', 0,
        'ready', coalesce(sum(outcome.ready), 0),
        'skipped', coalesce(sum(f.total - coalesce(outcome.listed, 0)), 0),
        'failed', coalesce(sum(outcome.failed), 0), 'expired', coalesce(sum(outcome.expired), 0),
        'added', coalesce(sum(outcome.added), 0)
    )
    FROM (
        SELECT company, coalesce(cardinality(c.job_ids), 0)
            - coalesce(jsonb_array_length(r.left_out -> company), 0) AS total
        FROM unnest(r.companies, r.check_ids) AS u(company, check_id)
        LEFT JOIN checks AS c USING (check_id)
    ) AS f
    LEFT JOIN (
        SELECT company, count(*) FILTER (WHERE listed) AS listed,
            count(*) FILTER (WHERE status = 'ready') AS ready,
            count(*) FILTER (WHERE status = 'failed') AS failed,
            count(*) FILTER (WHERE status = 'expired') AS expired,
            count(*) FILTER (WHERE added) AS added
        FROM run_jobs WHERE run_jobs.run_id = r.run_id GROUP BY company
    ) AS outcome USING (company)
"""
_FAILURES = f"""
    SELECT coalesce(jsonb_object_agg(code, jobs), '{{}}') FROM (
        SELECT coalesce(error_code, '{FailureCode.UNKNOWN}') AS code, count(*) AS jobs
        FROM run_jobs WHERE run_jobs.run_id = r.run_id AND status = 'failed' GROUP BY 1
    ) AS failed
"""
_END_SETTLED = statement(
    f"""
    UPDATE ingestion_runs AS r
    SET status = CASE WHEN ended.unchecked IS NULL
            THEN '{RunStatus.FINISHED}' ELSE '{RunStatus.ERROR}' END,
        finished_at = now(), changed_xid = pg_current_xact_id(),
        error_code = ended.code,
        error_message = 'could not check ' || array_to_string(ended.unchecked, ', ')
            || ': ' || ended.reason,
        counts = ({_COUNTS}), failures = ({_FAILURES})
    FROM (
        SELECT r.run_id,
            array_agg(f.company ORDER BY f.company) FILTER (WHERE f.is_unchecked) AS unchecked,
            min(f.error_code) FILTER (WHERE f.is_unchecked) AS code,
            min(f.reason) FILTER (WHERE f.is_unchecked) AS reason
        FROM ingestion_runs AS r
        LEFT JOIN LATERAL (
            SELECT company, c.error_code, c.reason,
                coalesce(c.status = 'failed' AND c.error_code <> '{FailureCode.LISTING}', false)
                    AS is_unchecked
            FROM unnest(r.companies, r.check_ids) AS u(company, check_id)
            LEFT JOIN checks AS c USING (check_id)
        ) AS f ON true
        WHERE r.run_id = ANY(:runs) AND r.status = '{RunStatus.INGESTING}'
            AND array_position(r.check_ids, NULL) IS NULL
            AND NOT EXISTS (
                SELECT FROM checks AS c
                WHERE c.check_id = ANY(r.check_ids) AND c.status IN ({_ACTIVE_CHECKS})
            )
        GROUP BY r.run_id
    ) AS ended
    WHERE r.run_id = ended.run_id
    RETURNING r.run_id
    """
)
_ABORT = statement(
    f"""
    UPDATE ingestion_runs AS r
    SET status = '{RunStatus.ABORTED}', finished_at = now(), changed_xid = pg_current_xact_id(),
        counts = ({_COUNTS}), failures = ({_FAILURES})
    WHERE r.run_id = ANY(:runs) AND r.status IN ({_ACTIVE_RUNS})
    """
)
