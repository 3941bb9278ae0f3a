"""A server of a naive progress stream, with which our progress stream is compared.

For each client, a loop reads all jobs of the run every three seconds and sends them all.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import FastAPI, Path
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine
from sse_starlette import EventSourceResponse

from api.stream import events
from include.db.engine import make_async_engine
from include.db.run.watched import JobState
from include.settings import get_settings

_POLL_SECONDS = 3.0


def create_app() -> FastAPI:
    app = FastAPI()
    engine = make_async_engine(get_settings().database_url)

    @app.get("/live")
    async def live() -> None: ...

    @app.get("/progress/{run_id}")
    async def progress(run_id: Annotated[int, Path()]) -> EventSourceResponse:
        return EventSourceResponse(_events(engine, run_id))

    return app


async def _events(engine: AsyncEngine, run_id: int) -> AsyncIterator[bytes]:
    while True:
        async with engine.connect() as connection:
            event = await connection.run_sync(_all_jobs_event, run_id)
        yield event
        await asyncio.sleep(_POLL_SECONDS)


def _all_jobs_event(connection: Connection, run_id: int) -> bytes:
    rows = connection.execute(_JOBS, {"run": run_id}).all()
    if not rows:
        raise LookupError(f"no run {run_id}")
    jobs = [
        JobState(
            job_id=row.job_id,
            check_id=0,
            external_id=row.external_id,
            title=row.title,
            status=row.status,
            error_code=None,
            listed=True,
            changed_xid=0,
        )
        for row in rows
    ]
    return events.all_jobs({rows[0].company: jobs}, rows[0].watermark)


# This statement is correct only for a run of one company whose user was shown none of its jobs
# before.
_JOBS = text(
    """
    SELECT r.companies[1] AS company, j.job_id, j.external_id, j.title, j.status,
        pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS watermark
    FROM ingestion_runs AS r JOIN jobs AS j ON j.check_id = ANY(r.check_ids)
    WHERE r.run_id = :run
    """
)
