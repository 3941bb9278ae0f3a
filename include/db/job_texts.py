"""What postings are searched by: made after the flush that reads them, outside of its transaction.

Of a posting of 28 KB, Postgres took longer to index the whole text than for all else that is
written of it; so only the beginning is indexed, and a posting's words may be found some seconds
after it is ready.
"""

from collections.abc import Collection

from sqlalchemy import ARRAY, BigInteger, Connection, bindparam, text


def index_texts(connection: Connection, job_ids: Collection[int]) -> None:
    """Index what these jobs say by now."""
    connection.execute(_INDEX, {"ids": list(job_ids)})


def index_missing_texts(connection: Connection, sweep_id: int) -> None:
    """Index the jobs of the sweep whose words are not indexed yet, or not the present ones."""
    connection.execute(_INDEX_MISSING, {"sweep": sweep_id})


_INDEXED = """
    INSERT INTO job_texts (job_id, version, search)
    SELECT j.job_id, j.content_version, job_search(
        j.title, j.posting ->> 'company', j.location, j.posting ->> 'description_text'
    )
    FROM jobs AS j
"""
_REPLACED = """
    ORDER BY j.job_id
    ON CONFLICT (job_id) DO UPDATE SET version = excluded.version, search = excluded.search
"""
_INDEX = text(f"{_INDEXED} WHERE j.job_id = ANY(:ids) {_REPLACED}").bindparams(
    bindparam("ids", type_=ARRAY(BigInteger))
)
_INDEX_MISSING = text(
    f"""
    {_INDEXED}
    JOIN checks AS c USING (check_id)
    LEFT JOIN job_texts AS t ON t.job_id = j.job_id AND t.version = j.content_version
    WHERE c.sweep_id = :sweep AND t.job_id IS NULL
    {_REPLACED}
    """
)
