"""The search index of postings. It is written after a flush, outside of the flush's transaction.

For a posting of 28 KB, indexing the whole text took Postgres longer than all other writes of the
posting. So only the beginning of the text is indexed. A search may find a posting only some seconds
after it is ready.
"""

from collections.abc import Collection

from sqlalchemy import Connection

from include.db.sql import statement


def index_texts(connection: Connection, job_ids: Collection[int]) -> None:
    """Write the search index for the present texts of these jobs."""
    connection.execute(_INDEX, {"ids": list(job_ids)})


def index_missing_texts(connection: Connection, sweep_id: int) -> None:
    """Write the search index for those jobs of the sweep whose present texts are not in it."""
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
_INDEX = statement(f"{_INDEXED} WHERE j.job_id = ANY(:ids) {_REPLACED}")
_INDEX_MISSING = statement(
    f"""
    {_INDEXED}
    JOIN checks AS c USING (check_id)
    LEFT JOIN job_texts AS t ON t.job_id = j.job_id AND t.version = j.content_version
    WHERE c.sweep_id = :sweep AND t.job_id IS NULL
    {_REPLACED}
    """
)
