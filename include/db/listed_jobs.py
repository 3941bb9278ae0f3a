"""What the listings of one run named, kept until the run ends. Rows come by COPY."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

from sqlalchemy import Connection, delete

from include.core.models import ListedJob
from include.core.urls import host_key, is_http
from include.db.tables import listed_jobs

if TYPE_CHECKING:
    from psycopg import Connection as PsycopgConnection

_COPY = (
    "COPY listed_jobs (run_id, company, external_id, title, location, url, page_url, host,"
    " content, modified, wanted) FROM STDIN"
)


def replace_listing(
    connection: Connection,
    run_id: int,
    company: str,
    listed: Iterable[tuple[ListedJob, bool]],
) -> None:
    """Makes ``listed`` (each with whether the title filters want it) the company's listing.

    Replacing makes a retried listing equal to one that went well at once. External ids must be
    distinct.
    """
    connection.execute(
        delete(listed_jobs).where(listed_jobs.c.run_id == run_id, listed_jobs.c.company == company)
    )
    driver = cast("PsycopgConnection", connection.connection.dbapi_connection)
    with driver.cursor() as cursor, cursor.copy(_COPY) as copy:
        for job, wanted in listed:
            page_url = job.page_url or job.url
            copy.write_row(
                (
                    run_id,
                    company,
                    job.external_id,
                    job.title,
                    job.location,
                    job.url,
                    page_url,
                    host_key(page_url) if is_http(page_url) else "",
                    job.content,
                    job.modified,
                    wanted,
                )
            )
