"""Find the hosts that delay runs, because no request may be sent to them now."""

from collections.abc import Collection

from sqlalchemy import Connection

from include.core.runs.run_state import JobStatus, RunStatus
from include.db.sql import statement
from include.failure_codes import meaning_of


def read_host_waits(connection: Connection, run_ids: Collection[int]) -> dict[int, str]:
    """Return, by run id, a text about the host that most jobs of the run wait for.

    Runs that are not ingesting, and runs that no host delays, are left out.
    """
    rows = connection.execute(_HOST_WAITS, {"runs": list(run_ids)})
    return {row.run_id: _in_words(row.host, row.jobs, row.failure_code) for row in rows}


def _in_words(host: str, jobs: int, code: str | None) -> str:
    """Return a text such as "3 postings wait for acme.example: the host asked for a pause"."""
    postings_wait = "1 posting waits" if jobs == 1 else f"{jobs} postings wait"
    reason = meaning_of(code or "") or "The host asked for a pause."
    return f"{postings_wait} for {host}: {reason[0].lower()}{reason[1:].rstrip('.')}"


# EXISTS is used, because it avoids reading any jobs if no host is blocked, which is the usual case.
_HOST_WAITS = statement(
    f"""
    WITH blocked AS MATERIALIZED (
        SELECT host, failure_code FROM hosts WHERE not_before > now()
    )
    SELECT DISTINCT ON (r.run_id) r.run_id, h.host, h.failure_code, count(*) AS jobs
    FROM ingestion_runs AS r
    JOIN jobs AS j ON j.check_id = ANY(r.check_ids) AND NOT j.inline
        AND j.status IN ('{JobStatus.PENDING}', '{JobStatus.CRAWLING}')
    JOIN blocked AS h ON h.host = j.host
    WHERE EXISTS (SELECT FROM blocked)
        AND r.run_id = ANY(:runs) AND r.status = '{RunStatus.INGESTING}'
    GROUP BY r.run_id, h.host, h.failure_code
    ORDER BY r.run_id, count(*) DESC, h.host
    """
)
