"""The peer: a progress stream as it is written first. Every client has a loop of its own that
reads the whole run every three seconds and sends all of it.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import FastAPI, Path
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine
from sse_starlette import EventSourceResponse

from api.stream import events
from include.db.engine import make_async_engine
from include.db.progress import read_changes, read_head
from include.settings import get_settings

_EVERY = 3.0


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
            state = await connection.run_sync(_state, run_id)
        yield state
        await asyncio.sleep(_EVERY)


def _state(connection: Connection, run_id: int) -> bytes:
    head = read_head(connection, run_id)
    if head is None:
        raise LookupError(f"no run {run_id}")
    return events.all_jobs(read_changes(connection, run_id, -1), head.version)
