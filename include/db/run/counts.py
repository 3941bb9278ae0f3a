"""Count a run's jobs by status and error code, for each company."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields

from sqlalchemy import Connection, RowMapping

from include.core.models import Counts
from include.core.runs.run_state import JobStatus
from include.db.run.followed import IS_OPEN, job_parameters, job_statement
from include.db.sql import statement
from include.failure_codes import FailureCode

_COUNT_NAMES = tuple(f.name for f in fields(Counts))


@dataclass(frozen=True, kw_only=True)
class Tally:
    """The numbers of jobs of one company of a run."""

    counts: Counts = field(default_factory=Counts)
    failures: Mapping[str, int] = field(default_factory=dict[str, int])
    """The number of failed jobs by error code, the most frequent code first."""
    gone: int = 0
    """The number of jobs that expired although they are listed, because their page says that they
    are closed or their deadline has passed. The other expired jobs left the listing."""


def count_by_company(
    connection: Connection, run_ids: Collection[int]
) -> dict[int, dict[str, Tally]]:
    """Return the tally of each company, by run id and slug. Companies without jobs are absent."""
    rows_by_company = defaultdict[tuple[int, str], list[RowMapping]](list)
    params = job_parameters(connection, run_ids)
    for row in connection.execute(_COUNT_OPEN, params).mappings():
        rows_by_company[row["run_id"], row["company"]].append(row)
    for row in connection.execute(_COUNT_SETTLED, {"runs": list(run_ids)}).mappings():
        rows_by_company[row["run_id"], row["company"]].append(row)
    tallies = defaultdict[int, dict[str, Tally]](dict)
    for (run_id, company), rows in rows_by_company.items():
        tallies[run_id][company] = _tally(rows)
    return tallies


def sum_failures(failures: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Return the sums by error code, the largest sum first. Codes whose sum is 0 are left out."""
    sums = Counter[str]()
    for failures_by_code in failures:
        sums.update(failures_by_code)
    positive_sums = +sums  # This operator leaves out sums of 0.
    return dict(sorted(positive_sums.items(), key=lambda item: (-item[1], item[0])))


def _tally(rows: Sequence[RowMapping]) -> Tally:
    """Return the sums of the rows of one company. Each row counts the jobs with one error code."""
    # A code may have the count 0, because a job that is being retried keeps the error code of its
    # earlier failure.
    failures = ({row["error_code"] or FailureCode.UNKNOWN.value: row["failed"]} for row in rows)
    return Tally(
        counts=Counts(**{name: sum(row[name] for row in rows) for name in _COUNT_NAMES}),
        failures=sum_failures(failures),
        gone=sum(row["gone"] for row in rows),
    )


_COUNT_COLUMNS = f"""
    count(*) FILTER (WHERE listed) AS total,
    count(*) FILTER (WHERE added) AS added,
    count(*) FILTER (WHERE status = '{JobStatus.EXPIRED}' AND listed) AS gone,
    {", ".join(f"count(*) FILTER (WHERE status = '{each}') AS {each}" for each in JobStatus)}
"""
_COUNT_OPEN = job_statement(
    f"SELECT run_id, company, error_code, {_COUNT_COLUMNS} FROM open_job GROUP BY 1, 2, 3"
)
# Unchanged jobs have no rows, because most jobs of an ended run are unchanged. Their number is the
# number of the check's jobs minus the jobs left out and the jobs that have rows.
_COUNT_SETTLED = statement(
    f"""
    SELECT run_id, company, error_code, {_COUNT_COLUMNS}
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
    ) AS settled_company
    WHERE unchanged > 0
    """
)
