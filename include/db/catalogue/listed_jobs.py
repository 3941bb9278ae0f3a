"""Store the postings of the latest listing of each board.

COPY writes all rows at once. If Postgres refuses a row, the rows are written in smaller parts.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Connection, delete

from include.core.formats.urls import host_key, is_http
from include.core.models import ListedJob
from include.db.data_errors import write_in_parts
from include.db.tables import listed_jobs

if TYPE_CHECKING:
    from psycopg import Connection as PsycopgConnection


@dataclass(frozen=True, kw_only=True)
class ListedRow:
    """The values to store for one posting of a listing."""

    job: ListedJob
    row_sha256: str
    """The hash of the posting's row in the listing."""
    modified_until: datetime | None = None
    """The latest time at which the page may have changed, according to the listing. None if the
    listing does not state when the page changed."""
    facts: Mapping[str, Any] | None = None
    """``{"locations": [...], "workplace": ...}``, if a follower's filters use them; otherwise
    None."""
    wanted: bool = True
    """True if the posting passes the filters of at least one follower, or if nobody follows the
    board."""


_COPY = (
    "COPY listed_jobs (board_id, external_id, title, location, url, page_url, host,"
    " content, modified_until, row_sha256, facts, wanted) FROM STDIN"
)


def replace_listing(connection: Connection, board_id: int, rows: Sequence[ListedRow]) -> int:
    """Replace the board's listing with ``rows``. External ids must be distinct.

    The old rows are deleted, so a listing that is retried leaves the same rows as a listing that
    succeeds at the first try.

    Returns:
        The number of rows that were dropped, because Postgres refused their data.
    """
    connection.execute(delete(listed_jobs).where(listed_jobs.c.board_id == board_id))

    def copy_rows(part: Sequence[ListedRow]) -> None:
        with connection.begin_nested():
            _copy(connection, board_id, part)

    return len(write_in_parts(copy_rows, rows))


def _copy(connection: Connection, board_id: int, rows: Sequence[ListedRow]) -> None:
    driver = cast("PsycopgConnection", connection.connection.dbapi_connection)
    with driver.cursor() as cursor, cursor.copy(_COPY) as copy:
        for row in rows:
            job = row.job
            page_url = job.page_url or job.url
            copy.write_row(
                (
                    board_id,
                    job.external_id,
                    job.title,
                    job.location,
                    job.url,
                    page_url,
                    host_key(page_url) if is_http(page_url) else "",
                    job.content,
                    row.modified_until,
                    row.row_sha256,
                    None if row.facts is None else json.dumps(row.facts),
                    row.wanted,
                )
            )
