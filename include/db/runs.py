"""Ingestion runs: how a run begins, which checks it rests on, and how it ends."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Text,
    TextClause,
    bindparam,
    func,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert

from include.core.models import CheckKind, Company, RunTrigger
from include.core.run_state import (
    ACTIVE_CHECKS,
    ACTIVE_JOBS,
    ACTIVE_RUNS,
    JobStatus,
    RunStatus,
    runs_before,
)
from include.db.arrays import any_of
from include.db.checks import LISTING_FAILED
from include.db.companies import filters_of
from include.db.tables import CHANGED_XID, ingestion_runs

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
    """Slugs, in order."""
    check_ids: tuple[int | None, ...]
    """The check that the run rests on for each company; None while the company waits for one."""
    dag_run_id: str | None
    """The DAG run that made the run, if somebody triggered it in Airflow; otherwise None."""


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
        The run's id; None while the user has an active run.
    """
    made = (
        insert(ingestion_runs)
        .values(
            user_id=user_id,
            trigger=trigger,
            companies=list(companies),
            check_ids=[None] * len(companies),
            force=force,
            kind=kind,
            dag_run_id=dag_run_id,
            retry_of=retry_of,
        )
        .on_conflict_do_nothing()
        .returning(ingestion_runs.c.run_id)
    )
    return connection.scalar(made)


def insert_daily_runs(connection: Connection) -> list[int]:
    """Insert a pending run for every user who has enabled companies and no active run.

    The caller assigns checks to the runs in the same transaction.

    Returns:
        The ids of the new runs, in order.
    """
    return sorted(connection.execute(_DAILY).scalars())


def get_run(connection: Connection, run_id: int) -> Run | None:
    """Return the run with this id, or None."""
    return _one(connection, ingestion_runs.c.run_id == run_id)


def find_run_of_dag(connection: Connection, dag_run_id: str) -> Run | None:
    """Return the run that Airflow's DAG run ``dag_run_id`` made, or None."""
    return _one(connection, ingestion_runs.c.dag_run_id == dag_run_id)


def find_active_run(connection: Connection, user_id: str) -> Run | None:
    """Return the user's active run, or None."""
    return _one(
        connection,
        (ingestion_runs.c.user_id == user_id) & ingestion_runs.c.status.in_(ACTIVE_RUNS),
    )


def still_failed(connection: Connection, run_id: int) -> list[str]:
    """Return the slugs of an ended run's companies that still have something to retry.

    Such a company is enabled, and at least one of its jobs that failed in the run is still failed
    or is being read again.
    """
    return list(connection.execute(_STILL_FAILED, {"run": run_id}).scalars())


def boards_without_check(connection: Connection, run_ids: Sequence[int]) -> list[int]:
    """Return the boards of the runs' companies that have no check yet, in order of id."""
    return list(connection.execute(_BOARDS, {"runs": list(run_ids)}).scalars())


def filters_without_check(
    connection: Connection, run_ids: Sequence[int], board_ids: Sequence[int]
) -> dict[int, list[Company]]:
    """Return the distinct filters of the runs' companies that have no check yet, by board."""
    asked = {"runs": list(run_ids), "boards": list(board_ids)}
    found: dict[int, list[Company]] = {}
    for row in connection.execute(_FILTERS, asked).mappings():
        company = Company(slug="", source=row["source"], config={}, **filters_of(row))
        found.setdefault(row["board_id"], []).append(company)
    return found


def rest_on(connection: Connection, run_ids: Sequence[int], check_of: Mapping[int, int]) -> None:
    """Assign the checks to those companies of the runs that have no check yet.

    Args:
        check_of: the check of each board; companies of other boards go on waiting.
    """
    asked = {"runs": list(run_ids), "boards": list(check_of), "checks": list(check_of.values())}
    connection.execute(_REST_ON, asked)


def catch_up(connection: Connection, run_ids: Sequence[int]) -> None:
    """Move pending runs forward to the status that the checks they rest on have reached."""
    connection.execute(_CATCH_UP, {"runs": list(run_ids)})


def let_go(connection: Connection, run_id: int, companies: Sequence[str]) -> None:
    """Take the checks off these companies of a run, so that they wait for other checks. The caller
    has locked the run."""
    connection.execute(_LET_GO, {"run": run_id, "companies": list(companies)})


def resting_on(connection: Connection, check_ids: Sequence[int]) -> list[int]:
    """Lock the active runs that rest on any of the checks until commit, and return their ids."""
    query = (
        select(ingestion_runs.c.run_id)
        .where(
            ingestion_runs.c.check_ids.overlap(literal(list(check_ids), ARRAY(BigInteger))),
            ingestion_runs.c.status.in_(ACTIVE_RUNS),
        )
        .order_by(ingestion_runs.c.run_id)
        .with_for_update(key_share=True)
    )
    return list(connection.scalars(query))


def lock_run(connection: Connection, run_id: int) -> bool:
    """Lock the run until commit. Returns False when the run has ended."""
    query = (
        select(ingestion_runs.c.run_id)
        .where(ingestion_runs.c.run_id == run_id, ingestion_runs.c.status.in_(ACTIVE_RUNS))
        .with_for_update(key_share=True)
    )
    return connection.scalar(query) is not None


def waiting_runs(connection: Connection) -> list[int]:
    """Return the active runs with a company that waits for a check and whose board is now free.

    Such a company had to wait for a check of its board that the run could not use, and that check
    has ended.
    """
    return list(connection.scalars(_WAITING))


def lock_waiting(connection: Connection, run_ids: Sequence[int]) -> list[int]:
    """Lock those of the runs that ``waiting_runs`` still finds, and return their ids."""
    return list(connection.execute(_LOCK_WAITING, {"runs": list(run_ids)}).scalars())


def drop_unfollowed(connection: Connection, run_ids: Sequence[int]) -> None:
    """Remove from the runs the companies that have no check and are no longer followed."""
    connection.execute(_DROP_UNFOLLOWED, {"runs": list(run_ids)})


def advance(connection: Connection, run_ids: Sequence[int], status: RunStatus) -> None:
    """Move the runs forward to ``status``; runs that have reached or passed it are left alone."""
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
    """End those of the runs whose companies are all settled, and keep their counts.

    Each run is ended exactly once. The caller has locked the runs. A run ends in error when one of
    its checks failed for another reason than its board's listing; the error names the companies
    that could not be checked.

    Returns:
        The ids of the runs that this call ended.
    """
    return sorted(connection.execute(_END_SETTLED, {"runs": list(run_ids)}).scalars())


def end_aborted(connection: Connection, run_id: int) -> None:
    """End a run as ``aborted``. The caller has locked the run and settled its companies."""
    connection.execute(_ABORT, {"runs": [run_id]})


def forget_unread(connection: Connection, run_id: int) -> None:
    """Take off a run its active checks that have no jobs yet, because the run has seen nothing of
    what these checks will list."""
    connection.execute(_FORGET_UNREAD, {"run": run_id})


def still_wanted(connection: Connection, check_ids: Sequence[int]) -> set[int]:
    """Return those of the checks that at least one active run rests on."""
    return set(connection.execute(_STILL_WANTED, {"checks": list(check_ids)}).scalars())


def notify(connection: Connection) -> None:
    """Wake the progress streams on commit. Postgres sends the equal notifications of a transaction
    once."""
    connection.execute(_NOTIFY)


def _one(connection: Connection, condition: ColumnElement[bool]) -> Run | None:
    columns = (
        ingestion_runs.c.run_id,
        ingestion_runs.c.user_id,
        ingestion_runs.c.status,
        ingestion_runs.c.trigger,
        ingestion_runs.c.kind,
        ingestion_runs.c.force,
        ingestion_runs.c.companies,
        ingestion_runs.c.check_ids,
        ingestion_runs.c.dag_run_id,
    )
    row = connection.execute(select(*columns).where(condition)).mappings().one_or_none()
    if row is None:
        return None
    return Run(
        run_id=row["run_id"],
        user_id=row["user_id"],
        status=RunStatus(row["status"]),
        trigger=RunTrigger(row["trigger"]),
        kind=CheckKind(row["kind"]),
        force=row["force"],
        companies=tuple(row["companies"]),
        check_ids=tuple(row["check_ids"]),
        dag_run_id=row["dag_run_id"],
    )


def _quoted(statuses: Collection[StrEnum]) -> str:
    return ", ".join(f"'{status}'" for status in sorted(statuses))


def _statement(sql: str) -> TextClause:
    """Return the statement with its array parameters declared."""
    arrays = {"runs": BigInteger, "boards": BigInteger, "checks": BigInteger, "companies": Text}
    named = {name: kind for name, kind in arrays.items() if f":{name}" in sql}
    return text(sql).bindparams(
        *(bindparam(name, type_=ARRAY(kind)) for name, kind in named.items())
    )


_STILL_FAILED = text(
    f"""
    SELECT DISTINCT t.company FROM run_jobs AS t
    JOIN jobs AS j USING (job_id)
    JOIN ingestion_runs AS r USING (run_id)
    JOIN companies AS k
        ON k.user_id = r.user_id AND k.slug = t.company AND k.board_id = j.board_id AND k.enabled
    WHERE t.run_id = :run AND t.status = '{JobStatus.FAILED}'
        AND j.status IN ({_quoted(ACTIVE_JOBS | {JobStatus.FAILED})})
    ORDER BY t.company
    """
)
_ACTIVE = _quoted(ACTIVE_RUNS)
_CHECKED = _quoted(ACTIVE_CHECKS)
_NOTIFY = select(func.pg_notify(PROGRESS_CHANNEL, ""))
_DAILY = text(
    f"""
    INSERT INTO ingestion_runs (user_id, trigger, companies, check_ids)
    SELECT user_id, '{RunTrigger.SCHEDULE}', array_agg(slug ORDER BY slug),
        array_fill(NULL::bigint, ARRAY[count(*)::int])
    FROM companies AS k
    WHERE enabled AND NOT EXISTS (
        SELECT FROM ingestion_runs AS r WHERE r.user_id = k.user_id AND r.status IN ({_ACTIVE})
    )
    GROUP BY user_id
    ON CONFLICT DO NOTHING
    RETURNING run_id
    """
)
_WITHOUT_CHECK = """
    FROM ingestion_runs AS r
    CROSS JOIN LATERAL unnest(r.companies, r.check_ids) AS f(company, check_id)
    JOIN companies AS k ON k.user_id = r.user_id AND k.slug = f.company
    WHERE r.run_id = ANY(:runs) AND f.check_id IS NULL
"""
_BOARDS = _statement(f"SELECT DISTINCT k.board_id {_WITHOUT_CHECK} ORDER BY k.board_id")
_FILTERS = _statement(
    f"""
    SELECT DISTINCT asked.*, b.source
    FROM (
        SELECT k.board_id, k.include_titles, k.exclude_titles, k.include_locations,
            k.exclude_locations, k.workplaces
        {_WITHOUT_CHECK} AND k.board_id = ANY(:boards)
    ) AS asked
    JOIN boards AS b USING (board_id)
    """
)
_REST_ON = _statement(
    """
    UPDATE ingestion_runs AS r SET check_ids = given.ids, changed_xid = pg_current_xact_id()
    FROM (
        SELECT r.run_id, array_agg(coalesce(f.check_id, found.check_id) ORDER BY f.place) AS ids
        FROM ingestion_runs AS r
        CROSS JOIN LATERAL unnest(r.companies, r.check_ids)
            WITH ORDINALITY AS f(company, check_id, place)
        LEFT JOIN companies AS k ON k.user_id = r.user_id AND k.slug = f.company
        LEFT JOIN unnest(:boards, :checks) AS found(board_id, check_id)
            ON found.board_id = k.board_id
        WHERE r.run_id = ANY(:runs)
        GROUP BY r.run_id
    ) AS given
    WHERE r.run_id = given.run_id
    """
)
_CATCH_UP = _statement(
    f"""
    UPDATE ingestion_runs AS r
    SET status = reached.status, started_at = now(), changed_xid = pg_current_xact_id()
    FROM (
        SELECT r.run_id, CASE
            WHEN bool_or(c.status NOT IN ('waiting', 'listing')) THEN '{RunStatus.INGESTING}'
            WHEN bool_or(c.status = 'listing') THEN '{RunStatus.INITIALIZING}'
        END AS status
        FROM ingestion_runs AS r
        JOIN checks AS c ON c.check_id = ANY(r.check_ids)
        WHERE r.run_id = ANY(:runs) AND r.status = '{RunStatus.PENDING}'
        GROUP BY r.run_id
    ) AS reached
    WHERE r.run_id = reached.run_id AND reached.status IS NOT NULL
    """
)
_LET_GO = _statement(
    """
    UPDATE ingestion_runs AS r SET check_ids = kept.ids, changed_xid = pg_current_xact_id()
    FROM (
        SELECT array_agg(CASE WHEN f.company <> ALL(:companies) THEN f.check_id END
            ORDER BY f.place) AS ids
        FROM ingestion_runs AS r
        CROSS JOIN LATERAL unnest(r.companies, r.check_ids)
            WITH ORDINALITY AS f(company, check_id, place)
        WHERE r.run_id = :run
    ) AS kept
    WHERE r.run_id = :run
    """
)
_FIND_WAITING = f"""
    SELECT r.run_id FROM ingestion_runs AS r
    WHERE r.status IN ({_ACTIVE}) AND array_position(r.check_ids, NULL) IS NOT NULL
        AND EXISTS (
            SELECT FROM unnest(r.companies, r.check_ids) AS f(company, check_id)
            LEFT JOIN companies AS k ON k.user_id = r.user_id AND k.slug = f.company
            WHERE f.check_id IS NULL AND NOT EXISTS (
                SELECT FROM checks AS c
                WHERE c.board_id = k.board_id AND c.status IN ({_CHECKED})
            )
        )
"""
_WAITING = _statement(f"{_FIND_WAITING} ORDER BY r.run_id")
_LOCK_WAITING = _statement(
    f"{_FIND_WAITING} AND r.run_id = ANY(:runs) ORDER BY r.run_id FOR NO KEY UPDATE OF r"
)
_DROP_UNFOLLOWED = _statement(
    """
    UPDATE ingestion_runs AS r
    SET companies = kept.companies, check_ids = kept.ids, changed_xid = pg_current_xact_id()
    FROM (
        SELECT r.run_id,
            coalesce(array_agg(f.company ORDER BY f.place) FILTER (WHERE f.stays), '{}')
                AS companies,
            coalesce(array_agg(f.check_id ORDER BY f.place) FILTER (WHERE f.stays), '{}') AS ids
        FROM ingestion_runs AS r
        CROSS JOIN LATERAL (
            SELECT company, check_id, place, check_id IS NOT NULL OR EXISTS (
                SELECT FROM companies AS k WHERE k.user_id = r.user_id AND k.slug = company
            ) AS stays
            FROM unnest(r.companies, r.check_ids) WITH ORDINALITY AS u(company, check_id, place)
        ) AS f
        WHERE r.run_id = ANY(:runs)
        GROUP BY r.run_id
        HAVING NOT bool_and(f.stays)
    ) AS kept
    WHERE r.run_id = kept.run_id
    """
)
_STILL_WANTED = _statement(
    f"""
    SELECT c.check_id FROM checks AS c
    WHERE c.check_id = ANY(:checks) AND EXISTS (
        SELECT FROM ingestion_runs AS r
        WHERE r.check_ids @> ARRAY[c.check_id] AND r.status IN ({_ACTIVE})
    )
    """
)
_FORGET_UNREAD = text(
    f"""
    UPDATE ingestion_runs AS r SET check_ids = kept.ids
    FROM (
        SELECT array_agg(CASE WHEN c.jobs_xid IS NOT NULL OR c.status NOT IN ({_CHECKED})
            THEN f.check_id END ORDER BY f.place) AS ids
        FROM ingestion_runs AS r
        CROSS JOIN LATERAL unnest(r.check_ids) WITH ORDINALITY AS f(check_id, place)
        LEFT JOIN checks AS c USING (check_id)
        WHERE r.run_id = :run
    ) AS kept
    WHERE r.run_id = :run AND kept.ids IS NOT NULL
    """
)
_COUNTS = """
    SELECT jsonb_build_object(
        'total', coalesce(sum(f.total), 0), 'pending', 0, 'crawling', 0, 'extracting', 0,
        'ready', coalesce(sum(told.ready), 0),
        'skipped', coalesce(sum(f.total - coalesce(told.listed, 0)), 0),
        'failed', coalesce(sum(told.failed), 0), 'expired', coalesce(sum(told.expired), 0),
        'added', coalesce(sum(told.added), 0)
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
    ) AS told USING (company)
"""
_FAILURES = """
    SELECT coalesce(jsonb_object_agg(code, jobs), '{}') FROM (
        SELECT coalesce(error_code, 'unknown') AS code, count(*) AS jobs
        FROM run_jobs WHERE run_jobs.run_id = r.run_id AND status = 'failed' GROUP BY 1
    ) AS failed
"""
_END_SETTLED = _statement(
    f"""
    UPDATE ingestion_runs AS r
    SET status = CASE WHEN ended.lost IS NULL
            THEN '{RunStatus.FINISHED}' ELSE '{RunStatus.ERROR}' END,
        finished_at = now(), changed_xid = pg_current_xact_id(),
        error_code = ended.code,
        error_message = 'could not check ' || array_to_string(ended.lost, ', ')
            || ': ' || ended.reason,
        counts = ({_COUNTS}), failures = ({_FAILURES})
    FROM (
        SELECT r.run_id,
            array_agg(f.company ORDER BY f.company) FILTER (WHERE f.is_lost) AS lost,
            min(f.error_code) FILTER (WHERE f.is_lost) AS code,
            min(f.reason) FILTER (WHERE f.is_lost) AS reason
        FROM ingestion_runs AS r
        LEFT JOIN LATERAL (
            SELECT company, c.error_code, c.reason,
                coalesce(c.status NOT IN ({_CHECKED}), false) AS is_settled,
                coalesce(c.status = 'failed' AND c.error_code <> '{LISTING_FAILED}', false)
                    AS is_lost
            FROM unnest(r.companies, r.check_ids) AS u(company, check_id)
            LEFT JOIN checks AS c USING (check_id)
        ) AS f ON true
        WHERE r.run_id = ANY(:runs) AND r.status = '{RunStatus.INGESTING}'
        GROUP BY r.run_id
        HAVING bool_and(f.company IS NULL OR f.is_settled)
    ) AS ended
    WHERE r.run_id = ended.run_id
    RETURNING r.run_id
    """
)
_ABORT = _statement(
    f"""
    UPDATE ingestion_runs AS r
    SET status = '{RunStatus.ABORTED}', finished_at = now(), changed_xid = pg_current_xact_id(),
        counts = ({_COUNTS}), failures = ({_FAILURES})
    WHERE r.run_id = ANY(:runs) AND r.status IN ({_ACTIVE})
    """
)
