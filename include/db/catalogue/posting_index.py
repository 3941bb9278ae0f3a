"""Write the table ``postings``, which holds the values by which jobs are searched.

The table is written after the outcomes of the jobs, in another transaction. Searches therefore find
a new posting some seconds after it is ready. Only the beginning of a text is indexed, because
indexing the whole text of a posting of 28 KB took Postgres longer than all other writes of the
posting.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping

from include.core.fields.roles import role_key
from include.core.search_facts import search_facts
from include.db.sql import statement

_CHUNK_SIZE = 1_000


def index_postings(connection: Connection, job_ids: Sequence[int]) -> None:
    """Write the current search facts of these jobs to ``postings``."""
    for start in range(0, len(job_ids), _CHUNK_SIZE):
        records = connection.execute(_RECORDS, {"ids": job_ids[start : start + _CHUNK_SIZE]})
        rows = [_values(row) for row in records.mappings()]
        connection.execute(_INDEX, {"rows": rows})


def index_missing_postings(connection: Connection, sweep_id: int) -> None:
    """Write the search facts of those jobs of the sweep whose facts are missing or outdated."""
    index_postings(connection, connection.scalars(_MISSING, {"sweep": sweep_id}).all())


def _values(row: RowMapping) -> dict[str, Any]:
    """Return the job's id and search values, by column of ``_INDEX``."""
    record, location = row["record"], row["location"]
    facts = search_facts(record, location=location, source=row["source"], config=row["config"])
    role = role_key(record, title=row["title"], location=location)
    return {"job_id": row["job_id"], "role": role, **vars(facts)}


_RECORDS = statement(
    """
    SELECT j.job_id, j.title, j.location, b.source, b.config,
        j.posting - '{description_html,provenance,requirements}'::text[] AS record
    FROM jobs AS j
    JOIN boards AS b USING (board_id)
    WHERE j.job_id = ANY(:ids)
    """
)
# is_open is set for new rows only, because a trigger updates it when the job's status changes.
_INDEX = statement(
    """
    INSERT INTO postings (
        job_id, board_id, version, is_open, company, company_key, tags, pay, currency,
        first_seen_at, published_at, valid_through, role, head_words, place_words, search
    )
    SELECT j.job_id, j.board_id, j.content_version, j.status <> 'expired',
        r.company, r.company_key, r.tags || concat('board:', j.board_id), r.pay, r.currency,
        j.first_seen_at, coalesce(r.posted_at, j.first_seen_at), r.valid_through, r.role,
        head_words(j.title, r.company, j.location), to_tsvector('simple', r.places),
        job_search(j.title, r.company, j.location, j.posting ->> 'description_text')
    FROM jsonb_to_recordset(:rows) AS r(
        job_id bigint, company text, company_key text, places text, tags text[], pay bigint,
        currency text, posted_at timestamptz, valid_through timestamptz, role bigint
    )
    JOIN jobs AS j USING (job_id)
    ORDER BY j.job_id
    ON CONFLICT (job_id) DO UPDATE SET (
        version, company, company_key, tags, pay, currency, published_at, valid_through, role,
        head_words, place_words, search
    ) = (
        excluded.version, excluded.company, excluded.company_key, excluded.tags, excluded.pay,
        excluded.currency, excluded.published_at, excluded.valid_through,
        excluded.role,
        excluded.head_words, excluded.place_words, excluded.search
    )
    """
)
_MISSING = statement(
    """
    SELECT j.job_id
    FROM jobs AS j
    JOIN checks AS c USING (check_id)
    LEFT JOIN postings AS p ON p.job_id = j.job_id AND p.version = j.content_version
    WHERE c.sweep_id = :sweep AND p.job_id IS NULL
    """
)
