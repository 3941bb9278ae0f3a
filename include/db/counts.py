"""How many of a run's jobs are where, and why some failed, by company: live from ``jobs``, of an
ended run from ``run_jobs`` (the next run adopts the rows of ``jobs``).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields

from sqlalchemy import ColumnElement, Connection, RowMapping, Table, and_, func, select

from include.core.models import Counts
from include.core.run_state import JobStatus
from include.db.tables import jobs, run_jobs

_COUNTED = tuple(f.name for f in fields(Counts))
_NO_REASON = "unknown"


@dataclass(frozen=True, kw_only=True)
class Tally:
    """What became of some of a run's jobs."""

    counts: Counts = field(default_factory=Counts)
    failures: Mapping[str, int] = field(default_factory=dict[str, int])
    """Of those that failed, how many by error code; the most frequent first."""
    gone: int = 0
    """Of those that expired, how many for what their page says; the others left their listing."""


def live_tallies(connection: Connection, run_id: int) -> dict[str, Tally]:
    """By slug; companies without jobs are absent."""
    return _tallies(
        connection, jobs, run_id, listed=listed_by(run_id), added=jobs.c.first_run_id == run_id
    )


def ended_tallies(connection: Connection, run_id: int) -> dict[str, Tally]:
    """By slug; companies without jobs are absent."""
    return _tallies(
        connection, run_jobs, run_id, listed=run_jobs.c.listed.is_(True), added=run_jobs.c.added
    )


def sum_failures(parts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """As ``Tally`` has them; a code that is named for none of them is left out."""
    total = Counter[str]()
    for part in parts:
        total.update(part)
    return dict(sorted((+total).items(), key=lambda of: (-of[1], of[0])))


def listed_by(run_id: int) -> ColumnElement[bool]:
    """Of the jobs a run owns: those it listed, not those it expired for being unlisted."""
    return func.coalesce(jobs.c.missed_run_id, 0) != run_id


def _tallies(
    connection: Connection,
    table: Table,
    run_id: int,
    *,
    listed: ColumnElement[bool],
    added: ColumnElement[bool],
) -> dict[str, Tally]:
    status = table.c.status
    columns = [func.count().filter(status == each).label(each.value) for each in JobStatus]
    query = (
        select(
            table.c.company,
            table.c.error_code,
            func.count().filter(listed).label("total"),
            func.count().filter(added).label("added"),
            func.count().filter(and_(status == JobStatus.EXPIRED, listed)).label("gone"),
            *columns,
        )
        .where(table.c.run_id == run_id)
        .group_by(table.c.company, table.c.error_code)
    )
    parts = defaultdict[str, list[RowMapping]](list)
    for row in connection.execute(query).mappings():
        parts[row["company"]].append(row)
    return {company: _tally(rows) for company, rows in parts.items()}


def _tally(parts: Sequence[RowMapping]) -> Tally:
    # a job that is tried again keeps its code of before
    failures = ({part["error_code"] or _NO_REASON: part["failed"]} for part in parts)
    return Tally(
        counts=Counts(**{name: sum(part[name] for part in parts) for name in _COUNTED}),
        failures=sum_failures(failures),
        gone=sum(part["gone"] for part in parts),
    )
