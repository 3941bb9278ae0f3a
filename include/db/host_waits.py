"""Naming the hosts that hold up runs: those that workers leave alone, or may only ask slowly."""

from collections.abc import Collection

from sqlalchemy import ARRAY, BigInteger, Connection, bindparam, text

from include.core.run_state import JobStatus, RunStatus
from include.failure_codes import meaning_of


def read_host_waits(connection: Connection, run_ids: Collection[int]) -> dict[int, str]:
    """Return the host that most jobs of each ingesting run wait for, in words, by run id.

    Runs that no host holds up are left out.
    """
    rows = connection.execute(_HOST_WAITS, {"runs": list(run_ids)})
    return {row.run_id: _in_words(row.host, row.jobs, row.failure_code) for row in rows}


def _in_words(host: str, jobs: int, code: str | None) -> str:
    wait = "1 posting waits" if jobs == 1 else f"{jobs} postings wait"
    why = meaning_of(code or "") or "The host is slow."
    return f"{wait} for {host}: {why[0].lower()}{why[1:].rstrip('.')}"


_HOST_WAITS = text(
    f"""
    SELECT DISTINCT ON (r.run_id) r.run_id, h.host, h.failure_code, count(*) AS jobs
    FROM hosts AS h
    JOIN jobs AS j ON j.host = h.host AND NOT j.inline
        AND j.status IN ('{JobStatus.PENDING}', '{JobStatus.CRAWLING}')
    JOIN ingestion_runs AS r ON j.check_id = ANY(r.check_ids)
    WHERE r.run_id = ANY(:runs) AND r.status = '{RunStatus.INGESTING}'
        -- blocked, or booked out for longer than at a pace that people notice
        AND (h.not_before > now() OR h.next_request_at > now() + interval '5 seconds')
    GROUP BY r.run_id, h.host, h.failure_code
    ORDER BY r.run_id, count(*) DESC, h.host
    """
).bindparams(bindparam("runs", type_=ARRAY(BigInteger)))
