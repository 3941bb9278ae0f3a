"""Read and write the checks that are assigned to the companies of runs.

These functions find the companies that have no check, assign checks to companies, and undo such
assignments.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import (
    BigInteger,
    Connection,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY

from include.core.models import Company
from include.core.runs.run_state import ACTIVE_CHECKS, ACTIVE_RUNS, RunStatus
from include.db.records import to_record
from include.db.sql import sql_literals, statement
from include.db.tables import ingestion_runs


def boards_without_check(connection: Connection, run_ids: Sequence[int]) -> list[int]:
    """Return the board ids, in order, of those companies of the runs that have no check yet."""
    return list(connection.execute(_BOARDS, {"runs": list(run_ids)}).scalars())


def filters_without_check(
    connection: Connection, run_ids: Sequence[int], board_ids: Sequence[int]
) -> dict[int, list[Company]]:
    """Return the filters of those companies of the runs that have no check yet, by board.

    Equal filters of one board are returned once.
    """
    params = {"runs": list(run_ids), "boards": list(board_ids)}
    companies: dict[int, list[Company]] = {}
    for row in connection.execute(_FILTERS, params).mappings():
        company = to_record(Company, row, slug="", config={})
        companies.setdefault(row["board_id"], []).append(company)
    return companies


def assign_to_runs(
    connection: Connection, run_ids: Sequence[int], check_of: Mapping[int, int]
) -> None:
    """Assign the checks to those companies of the runs that have no check yet.

    Pending runs get the status that their checks have reached.

    Args:
        check_of: the id of the check of each board, by board id. Companies of other boards continue
            to wait.
    """
    params = {"runs": list(run_ids), "boards": list(check_of), "checks": list(check_of.values())}
    connection.execute(_ASSIGN, params)


def unassign_checks(connection: Connection, run_id: int, companies: Sequence[str]) -> None:
    """Remove the checks of these companies from a run, so that the companies wait for other checks.

    The caller has locked the run.
    """
    connection.execute(_UNASSIGN, {"run": run_id, "companies": list(companies)})


def runs_of_checks(connection: Connection, check_ids: Sequence[int]) -> list[int]:
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


def waiting_runs(connection: Connection) -> list[int]:
    """Return the ids of the active runs that have a company to which a check can be assigned now.

    Such a company has no check, and its board has no active check any more. The company had to
    wait, because its board had an active check that the run could not use.
    """
    return list(connection.scalars(_WAITING))


def lock_waiting(connection: Connection, run_ids: Sequence[int]) -> list[int]:
    """Lock those of these runs that ``waiting_runs`` would still return, and return their ids."""
    return list(connection.execute(_LOCK_WAITING, {"runs": list(run_ids)}).scalars())


def drop_unfollowed(connection: Connection, run_ids: Sequence[int]) -> None:
    """Remove each company that has no check and is no longer followed from the runs."""
    connection.execute(_DROP_UNFOLLOWED, {"runs": list(run_ids)})


def forget_unread(connection: Connection, run_id: int) -> None:
    """Remove those active checks from a run that have not chosen the jobs to read yet.

    The run ends now, so it gets no outcomes of postings that these checks list later.
    """
    connection.execute(_FORGET_UNREAD, {"run": run_id})


def still_wanted(connection: Connection, check_ids: Sequence[int]) -> set[int]:
    """Return the ids of the checks that at least one active run rests on."""
    return set(connection.execute(_STILL_WANTED, {"checks": list(check_ids)}).scalars())


_ACTIVE_RUNS = sql_literals(ACTIVE_RUNS)
_ACTIVE_CHECKS = sql_literals(ACTIVE_CHECKS)
_WITHOUT_CHECK = """
    FROM ingestion_runs AS r
    CROSS JOIN LATERAL unnest(r.companies, r.check_ids) AS f(company, check_id)
    JOIN companies AS k ON k.user_id = r.user_id AND k.slug = f.company
    WHERE r.run_id = ANY(:runs) AND f.check_id IS NULL
"""
_BOARDS = statement(f"SELECT DISTINCT k.board_id {_WITHOUT_CHECK} ORDER BY k.board_id")
_FILTERS = statement(
    f"""
    SELECT DISTINCT filters.*, b.source
    FROM (
        SELECT k.board_id, k.include_titles, k.exclude_titles, k.include_locations,
            k.exclude_locations, k.workplaces
        {_WITHOUT_CHECK} AND k.board_id = ANY(:boards)
    ) AS filters
    JOIN boards AS b USING (board_id)
    """
)
_ASSIGN = statement(
    f"""
    UPDATE ingestion_runs AS r
    SET check_ids = assigned.ids, changed_xid = pg_current_xact_id(),
        status = coalesce(assigned.reached, r.status),
        started_at = CASE WHEN assigned.reached IS NULL THEN r.started_at ELSE now() END
    FROM (
        SELECT r.run_id, array_agg(c.check_id ORDER BY f.place) AS ids,
            CASE
                WHEN r.status <> '{RunStatus.PENDING}' THEN NULL
                WHEN bool_or(c.status NOT IN ('waiting', 'listing')) THEN '{RunStatus.INGESTING}'
                WHEN bool_or(c.status = 'listing') THEN '{RunStatus.INITIALIZING}'
            END AS reached
        FROM ingestion_runs AS r
        CROSS JOIN LATERAL unnest(r.companies, r.check_ids)
            WITH ORDINALITY AS f(company, check_id, place)
        LEFT JOIN companies AS k ON k.user_id = r.user_id AND k.slug = f.company
        LEFT JOIN unnest(:boards, :checks) AS found(board_id, check_id)
            ON found.board_id = k.board_id
        LEFT JOIN checks AS c ON c.check_id = coalesce(f.check_id, found.check_id)
        WHERE r.run_id = ANY(:runs)
        GROUP BY r.run_id
    ) AS assigned
    WHERE r.run_id = assigned.run_id
    """
)
_UNASSIGN = statement(
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
    WHERE r.status IN ({_ACTIVE_RUNS}) AND array_position(r.check_ids, NULL) IS NOT NULL
        AND EXISTS (
            SELECT FROM unnest(r.companies, r.check_ids) AS f(company, check_id)
            LEFT JOIN companies AS k ON k.user_id = r.user_id AND k.slug = f.company
            WHERE f.check_id IS NULL AND NOT EXISTS (
                SELECT FROM checks AS c
                WHERE c.board_id = k.board_id AND c.status IN ({_ACTIVE_CHECKS})
            )
        )
"""
_WAITING = statement(f"{_FIND_WAITING} ORDER BY r.run_id")
_LOCK_WAITING = statement(
    f"{_FIND_WAITING} AND r.run_id = ANY(:runs) ORDER BY r.run_id FOR NO KEY UPDATE OF r"
)
_DROP_UNFOLLOWED = statement(
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
_STILL_WANTED = statement(
    f"""
    SELECT c.check_id FROM checks AS c
    WHERE c.check_id = ANY(:checks) AND EXISTS (
        SELECT FROM ingestion_runs AS r
        WHERE r.check_ids @> ARRAY[c.check_id] AND r.status IN ({_ACTIVE_RUNS})
    )
    """
)
_FORGET_UNREAD = statement(
    f"""
    UPDATE ingestion_runs AS r SET check_ids = kept.ids
    FROM (
        SELECT array_agg(CASE WHEN c.jobs_xid IS NOT NULL OR c.status NOT IN ({_ACTIVE_CHECKS})
            THEN f.check_id END ORDER BY f.place) AS ids
        FROM ingestion_runs AS r
        CROSS JOIN LATERAL unnest(r.check_ids) WITH ORDINALITY AS f(check_id, place)
        LEFT JOIN checks AS c USING (check_id)
        WHERE r.run_id = :run
    ) AS kept
    WHERE r.run_id = :run AND kept.ids IS NOT NULL
    """
)
