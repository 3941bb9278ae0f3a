"""Read the changes of the runs that progress streams watch (ADR 24).

Each row has the id of the transaction that last changed it (``changed_xid``). A read begins at the
watermark of the previous read, which is the id of the oldest transaction that was open then. Every
transaction that commits later has that id or a higher id. No change is therefore missed, whatever
the order of the commits. A row may be read twice. The number of statements does not depend on the
number of watched runs, and the jobs of a check are read once for all runs that rest on it.
"""

from collections import ChainMap
from collections.abc import Collection, Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection

from include.core.checking.expiry import PAGE_REASONS
from include.core.models import CompanyStatus, Counts
from include.core.runs.run_state import ACTIVE_CHECKS, ACTIVE_RUNS, CheckStatus, RunStatus
from include.db.hosts.host_waits import read_host_waits
from include.db.records import to_record
from include.db.run.followed import job_statement
from include.db.run.left_out import find_left_out, left_out_parameters
from include.db.sql import sql_literals, statement


@dataclass(frozen=True, kw_only=True)
class RunState:
    """A run as it was last read."""

    run_id: int
    user_id: str
    status: RunStatus
    check_of: Mapping[str, int | None]
    """The id of the check that the run rests on for each company, by slug; None while the company
    waits for a check."""
    sources: Mapping[str, str]
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    counts: Counts | None
    """The final counts; None until the run has ended."""
    changed_xid: int

    @property
    def ended(self) -> bool:
        return self.status not in ACTIVE_RUNS


@dataclass(frozen=True, kw_only=True)
class CheckState:
    """A check as it was last read."""

    check_id: int
    status: CheckStatus
    listing: CompanyStatus | None
    listed: int
    reason: str | None
    finished_at: datetime | None
    jobs_xid: int | None
    """The id of the transaction that wrote the check's ``job_ids``; None before that."""
    changed_xid: int

    @property
    def is_active(self) -> bool:
        return self.status in ACTIVE_CHECKS

    @property
    def stage(self) -> tuple[int | None, bool]:
        """A value that changes whenever jobs may have been added to the check or removed from the
        check.

        The value does not change when a job expires.
        """
        return self.jobs_xid, self.is_active


class JobState(NamedTuple):
    """A job, and its status in a check or in a run."""

    job_id: int
    check_id: int
    external_id: str
    title: str
    status: str
    error_code: str | None
    listed: bool
    """False for a job that expired because it left its board's listing."""
    changed_xid: int


class RunCompany(NamedTuple):
    """A company of a run."""

    run_id: int
    company: str


@dataclass(frozen=True, kw_only=True)
class OpenCompany:
    """The differences between the jobs of an active check and those that one follower sees."""

    unseen: frozenset[int] = frozenset()
    """The ids of jobs whose current content the user has not seen."""
    known_expired: frozenset[int] = frozenset()
    """The ids of jobs whose expiry the user was already shown."""
    left_out: frozenset[int] = frozenset()
    """The ids of jobs that the user's filters leave out."""
    expired: tuple[JobState, ...] = ()
    """The jobs that left the listing and whose expiry the user was not shown yet."""
    added: int = 0


@dataclass(frozen=True, kw_only=True)
class SettledCompany:
    """The stored jobs of a company whose check or run has ended."""

    jobs: tuple[JobState, ...] = ()
    added: int = 0


@dataclass(frozen=True, kw_only=True)
class KnownState:
    """The state that the reader keeps from earlier reads."""

    watermark: int = 0
    runs: Mapping[int, RunState] = field(default_factory=dict[int, RunState])
    checks: MutableMapping[int, CheckState] = field(default_factory=dict[int, CheckState])
    active_checks: Collection[int] = ()
    """The ids of the checks that were active at the last read. All their jobs have been read."""


@dataclass(frozen=True, kw_only=True)
class Changes:
    """The result of one read."""

    watermark: int
    """The transaction id at which the next read begins."""
    at: datetime
    """The database's time at the read."""
    restarted: bool
    """True if everything was read again because the database is older than at the last read, for
    example because a backup was restored."""
    runs: Mapping[int, RunState | None]
    """The runs that changed, by id; None for a run that does not exist."""
    checks: Mapping[int, CheckState]
    jobs: Sequence[JobState]
    companies: Mapping[RunCompany, OpenCompany | SettledCompany]
    """The companies whose set of jobs may have changed."""


def read_changes(connection: Connection, watched: Collection[int], known: KnownState) -> Changes:
    """Return the changes of the watched runs.

    Runs that are not in ``known`` are returned in full. The transaction must be REPEATABLE READ, so
    that all statements read the same snapshot.
    """
    watermark, at = connection.execute(_WATERMARK).one()
    restarted = watermark < known.watermark
    if restarted:
        known = KnownState()
    runs = _read_runs(connection, watched, known)
    new_check_ids = {
        check_id
        for run in runs.values()
        if run is not None
        for check_id in run.check_of.values()
        if check_id is not None and check_id not in known.checks
    }
    checks = _read_checks(connection, new_check_ids, known)
    active_check_ids = {check_id for check_id in known.active_checks if check_id not in checks}
    active_check_ids.update(check.check_id for check in checks.values() if check.is_active)
    jobs = _read_jobs(connection, active_check_ids, known)
    current = KnownState(
        runs={
            run_id: run
            for run_id in watched
            if (run := runs.get(run_id, known.runs.get(run_id))) is not None
        },
        checks=ChainMap(checks, known.checks),
    )
    return Changes(
        watermark=watermark,
        at=at,
        restarted=restarted,
        runs=runs,
        checks=checks,
        jobs=jobs,
        companies=_read_companies(connection, known, current, checks, jobs),
    )


def read_waiting_for(connection: Connection, run_ids: Collection[int]) -> dict[int, str | None]:
    """Return the reason why each run waits, by run id.

    For a pending run, this is the reason why Airflow did not accept the sweep at the last try. For
    an ingesting run, this is a text about the host that delays the run. Runs that do not wait are
    absent.
    """
    if not run_ids:
        return {}
    rows = connection.execute(_WAITING_FOR, {"runs": list(run_ids)})
    refusals = {row.run_id: row.last_error for row in rows}
    return {**refusals, **read_host_waits(connection, run_ids)}


def _read_runs(
    connection: Connection, watched: Collection[int], known: KnownState
) -> dict[int, RunState | None]:
    runs: dict[int, RunState | None] = {}
    for row in connection.execute(_RUNS, _since(watched, known.runs, known)).mappings():
        run_id = row["requested_id"]
        run = None
        if row["run_id"] is not None:
            check_of = dict(zip(row["companies"], row["check_ids"], strict=True))
            run = to_record(RunState, row, check_of=check_of)
        if run is None or run != known.runs.get(run_id):
            runs[run_id] = run
    return runs


def _read_checks(
    connection: Connection, new_check_ids: Collection[int], known: KnownState
) -> dict[int, CheckState]:
    params = _since([*known.active_checks, *new_check_ids], known.active_checks, known)
    checks: dict[int, CheckState] = {}
    for row in connection.execute(_CHECKS, params).mappings():
        check = to_record(CheckState, row)
        if check != known.checks.get(check.check_id):
            checks[check.check_id] = check
    return checks


def _read_jobs(
    connection: Connection, check_ids: Collection[int], known: KnownState
) -> list[JobState]:
    params = _since(check_ids, known.active_checks, known)
    return [JobState(*row) for row in connection.execute(_JOBS, params)]


def _read_companies(
    connection: Connection,
    known: KnownState,
    current: KnownState,
    changed_checks: Mapping[int, CheckState],
    changed_jobs: Iterable[JobState],
) -> dict[RunCompany, OpenCompany | SettledCompany]:
    """Return the current jobs of the companies whose set of jobs may have changed.

    Args:
        known: the state after the previous read.
        current: the state after this read.
    """
    run_companies = _companies_to_read(known, current, changed_checks, changed_jobs)
    open_check_ids: set[int] = set()
    companies: dict[RunCompany, OpenCompany | SettledCompany] = {}
    for run_company, check_id in run_companies.items():
        if current.checks[check_id].is_active and not current.runs[run_company.run_id].ended:
            companies[run_company] = OpenCompany()
            open_check_ids.add(check_id)
        else:
            companies[run_company] = SettledCompany()
    open_run_ids = {
        run_company.run_id
        for run_company, state in companies.items()
        if isinstance(state, OpenCompany)
    }
    settled_companies = [
        run_company for run_company, state in companies.items() if isinstance(state, SettledCompany)
    ]
    # A company without jobs has no row. It keeps its empty state.
    read_companies = {
        **_read_open(connection, open_run_ids, open_check_ids),
        **_read_settled(connection, settled_companies),
    }
    return {
        run_company: read_companies.get(run_company, empty_company)
        for run_company, empty_company in companies.items()
    }


def _companies_to_read(
    known: KnownState,
    current: KnownState,
    changed_checks: Mapping[int, CheckState],
    changed_jobs: Iterable[JobState],
) -> dict[RunCompany, int]:
    """Return the companies whose jobs must be read again, and the id of each company's check."""
    check_ids_to_read = {job.check_id for job in changed_jobs if not job.listed}
    check_ids_to_read.update(
        check_id
        for check_id, check in changed_checks.items()
        if check_id not in known.checks or known.checks[check_id].stage != check.stage
    )
    run_companies: dict[RunCompany, int] = {}
    for run in current.runs.values():
        known_run = known.runs.get(run.run_id)
        if run is known_run and check_ids_to_read.isdisjoint(run.check_of.values()):
            continue
        for company, check_id in run.check_of.items():
            if check_id is not None and (
                check_id in check_ids_to_read
                or known_run is None
                or known_run.check_of.get(company) != check_id
                or known_run.ended != run.ended
            ):
                run_companies[RunCompany(run.run_id, company)] = check_id
    return run_companies


def _read_open(
    connection: Connection, run_ids: Collection[int], check_ids: Collection[int]
) -> dict[RunCompany, OpenCompany]:
    if not run_ids:
        return {}
    left_out_jobs = find_left_out(connection, run_ids, check_ids)
    left_out: dict[RunCompany, set[int]] = {}
    for each in left_out_jobs:
        left_out.setdefault(RunCompany(each.run_id, each.company), set()).add(each.job_id)
    companies = {
        run_company: OpenCompany(left_out=frozenset(job_ids))
        for run_company, job_ids in left_out.items()
    }
    params = {
        "runs": list(run_ids),
        "checks": list(check_ids),
        "adopted": False,
        **left_out_parameters(left_out_jobs),
    }
    for row in connection.execute(_OPEN, params):
        run_company = RunCompany(row.run_id, row.company)
        companies[run_company] = OpenCompany(
            unseen=frozenset(row.unseen or ()),
            known_expired=frozenset(row.known_expired or ()),
            left_out=frozenset(left_out.get(run_company, ())),
            expired=tuple(JobState(*each) for each in row.expired or ()),
            added=row.added,
        )
    return companies


def _read_settled(
    connection: Connection, run_companies: Sequence[RunCompany]
) -> dict[RunCompany, SettledCompany]:
    if not run_companies:
        return {}
    params: dict[str, Any] = {
        "runs": list({run_company.run_id for run_company in run_companies}),
        "companies": list({run_company.company for run_company in run_companies}),
        "adopted": False,
        **left_out_parameters(()),
    }
    jobs: dict[RunCompany, list[JobState]] = {run_company: [] for run_company in run_companies}
    added = dict.fromkeys(run_companies, 0)
    # The rows are fetched in parts, so that the event loop can serve other requests in between.
    rows = connection.execute(_SETTLED, params, execution_options={"yield_per": 2_000})
    for run_id, company, is_added, *job in rows:
        run_company = RunCompany(run_id, company)
        if run_company in jobs:
            jobs[run_company].append(JobState(*job))
            added[run_company] += is_added
    return {
        run_company: SettledCompany(jobs=tuple(company_jobs), added=added[run_company])
        for run_company, company_jobs in jobs.items()
    }


def _since(ids: Collection[int], known_ids: Collection[int], known: KnownState) -> dict[str, Any]:
    """Return the parameters for a statement that reads the rows of ``ids``.

    For ids in ``known_ids``, the statement reads the changes since the watermark. For other ids, it
    reads everything.
    """
    since = str(known.watermark)
    return {"ids": list(ids), "since": [since if each in known_ids else "0" for each in ids]}


_WATERMARK = statement("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint, now()")
_REQUESTED = "(SELECT id, since::xid8 FROM unnest(:ids, :since) AS a(id, since)) AS requested"
"""The ids of the rows to read, and the transaction id from which on their changes are read."""
_RUNS = statement(
    f"""
    SELECT requested.id AS requested_id, r.run_id, r.user_id, r.status, r.companies, r.check_ids,
        r.created_at, r.started_at, r.finished_at, r.counts,
        r.changed_xid::text::bigint AS changed_xid,
        (
            SELECT coalesce(jsonb_object_agg(c.company, coalesce(c.source, '')), '{{}}')
            FROM run_companies AS c WHERE c.run_id = r.run_id
        ) AS sources
    FROM {_REQUESTED}
    LEFT JOIN ingestion_runs AS r ON r.run_id = requested.id
    WHERE r.run_id IS NULL OR r.changed_xid >= requested.since
    """
)
_CHECKS = statement(
    f"""
    SELECT c.check_id, c.status, c.listing, c.listed, c.reason, c.finished_at,
        c.jobs_xid::text::bigint AS jobs_xid, c.changed_xid::text::bigint AS changed_xid
    FROM {_REQUESTED}
    JOIN checks AS c ON c.check_id = requested.id AND c.changed_xid >= requested.since
    """
)
_JOBS = statement(
    f"""
    SELECT j.job_id, j.check_id, j.external_id, j.title, j.status, j.error_code,
        j.status <> 'expired'
            OR coalesce(j.expire_reason IN ({sql_literals(PAGE_REASONS)}), false) AS listed,
        j.changed_xid::text::bigint
    FROM {_REQUESTED}
    JOIN jobs AS j ON j.check_id = requested.id AND j.changed_xid >= requested.since
    """
)
_OPEN = job_statement(
    """
    SELECT f.run_id, f.company, count(*) FILTER (WHERE f.added) AS added,
        array_agg(f.job_id) FILTER (WHERE f.listed AND f.seen_version < f.content_version)
            AS unseen,
        array_agg(f.job_id) FILTER (WHERE f.listed AND f.was_expired) AS known_expired,
        jsonb_agg(jsonb_build_array(
            j.job_id, j.check_id, j.external_id, j.title, f.status, NULL, false,
            j.changed_xid::text::bigint
        )) FILTER (WHERE NOT f.listed) AS expired
    FROM open_job AS f
    LEFT JOIN jobs AS j ON NOT f.listed AND j.job_id = f.job_id
    WHERE f.check_id = ANY(:checks)
    GROUP BY f.run_id, f.company
    """
)
# If a job already belongs to a later check, its changed_xid may have been written by that check.
# Therefore the changed_xid of the company's own check is returned.
_SETTLED = job_statement(
    """
    SELECT f.run_id, f.company, f.added, j.job_id, r.check_id, j.external_id,
        coalesce(f.title, j.title) AS title, f.status, f.error_code, f.listed,
        CASE WHEN j.check_id = r.check_id THEN j.changed_xid ELSE c.changed_xid END::text::bigint
    FROM settled_job AS f
    JOIN jobs AS j USING (job_id)
    JOIN run_company AS r ON r.run_id = f.run_id AND r.company = f.company
    JOIN checks AS c ON c.check_id = r.check_id
    WHERE f.company = ANY(:companies)
    """
)
# The sweep is the run's own sweep, or else a sweep that has a check of the run, as in
# ``db.run.progress``.
_WAITING_FOR = statement(
    f"""
    SELECT r.run_id, o.last_error
    FROM ingestion_runs AS r
    CROSS JOIN LATERAL (
        SELECT s.sweep_id, s.attempt FROM sweeps AS s
        WHERE s.sweep_id = r.run_id OR s.sweep_id IN (
            SELECT c.sweep_id FROM checks AS c WHERE c.check_id = ANY(r.check_ids)
        )
        ORDER BY s.sweep_id = r.run_id DESC, s.status = 'active' DESC, s.sweep_id DESC
        LIMIT 1
    ) AS s
    JOIN outbox AS o USING (sweep_id, attempt)
    WHERE r.run_id = ANY(:runs) AND r.status = '{RunStatus.PENDING}'
    """
)
