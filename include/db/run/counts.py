"""Count a run's jobs by status and error code, for each company."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields

from sqlalchemy import Connection, RowMapping

from include.core.models import Counts
from include.core.runs.run_state import JobStatus
from include.db.run.followed import IS_OPEN, job_statement, parameters
from include.db.sql import statement
from include.failure_codes import FailureCode

_COUNTED = tuple(f.name for f in fields(Counts))


@dataclass(frozen=True, kw_only=True)
class Tally:
    """The numbers of jobs of one company of a run."""

    counts: Counts = field(default_factory=Counts)
    failures: Mapping[str, int] = field(default_factory=dict[str, int])
    """The number of failed jobs by error code, the most frequent code first."""
    gone: int = 0
    """The number of jobs that expired because their page says that they are closed. The other
    expired jobs left the listing."""


def count_by_company(
    connection: Connection, run_ids: Collection[int]
) -> dict[int, dict[str, Tally]]:
    """Return the tally of each company, by run id and slug. Companies without jobs are absent."""
    parts = defaultdict[tuple[int, str], list[RowMapping]](list)
    params = parameters(connection, run_ids)
    for row in connection.execute(_OPEN, params).mappings():
        parts[row["run_id"], row["company"]].append(row)
    for row in connection.execute(_SETTLED, {"runs": list(run_ids)}).mappings():
        parts[row["run_id"], row["company"]].append(row)
    tallies = defaultdict[int, dict[str, Tally]](dict)
    for (run_id, company), rows in parts.items():
        tallies[run_id][company] = _tally(rows)
    return tallies


def sum_failures(parts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Return the sums by error code, the largest sum first. Codes whose sum is 0 are left out."""
    total = Counter[str]()
    for part in parts:
        total.update(part)
    return dict(sorted((+total).items(), key=lambda of: (-of[1], of[0])))


def _tally(parts: Sequence[RowMapping]) -> Tally:
    # A code may have the count 0, because a job that is being retried keeps the error code of its
    # earlier failure.
    failures = ({part["error_code"] or FailureCode.UNKNOWN.value: part["failed"]} for part in parts)
    return Tally(
        counts=Counts(**{name: sum(part[name] for part in parts) for name in _COUNTED}),
        failures=sum_failures(failures),
        gone=sum(part["gone"] for part in parts),
    )


_NUMBERS = f"""
    count(*) FILTER (WHERE listed) AS total,
    count(*) FILTER (WHERE added) AS added,
    count(*) FILTER (WHERE status = '{JobStatus.EXPIRED}' AND listed) AS gone,
    {", ".join(f"count(*) FILTER (WHERE status = '{each}') AS {each}" for each in JobStatus)}
"""
_OPEN = job_statement(
    f"SELECT run_id, company, error_code, {_NUMBERS} FROM open_job GROUP BY 1, 2, 3"
)
# The number of unchanged jobs is computed, because unchanged jobs have no rows: they are most of
# the jobs of an ended run.
_SETTLED = statement(
    f"""
    SELECT run_id, company, error_code, {_NUMBERS}
    FROM run_jobs WHERE run_id = ANY(:runs) GROUP BY 1, 2, 3
    UNION ALL
    SELECT run_id, company, NULL, unchanged, 0, 0,
        {", ".join("unchanged" if each is JobStatus.SKIPPED else "0" for each in JobStatus)}
    FROM (
        SELECT r.run_id, f.company, cardinality(c.job_ids)
            - coalesce(jsonb_array_length(r.left_out -> f.company), 0)
            - (
                SELECT count(*) FROM run_jobs AS t
                WHERE t.run_id = r.run_id AND t.company = f.company AND t.listed
            ) AS unchanged
        FROM ingestion_runs AS r
        CROSS JOIN LATERAL unnest(r.companies, r.check_ids) AS f(company, check_id)
        JOIN checks AS c ON c.check_id = f.check_id
        WHERE r.run_id = ANY(:runs) AND NOT ({IS_OPEN})
    ) AS rest
    WHERE unchanged > 0
    """
)
