"""Serve liveness, readiness and metrics of the process. These routes need no token."""

import asyncio
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Any, TypeVar

import psycopg
from fastapi import APIRouter
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from api.deps import ApiServices
from api.metrics import render
from api.problems import declared, unavailable
from api.services import Services
from include.db.diagnosis import read_revision
from include.db.migrate import newest_revision
from include.db.run.totals import read_totals

router = APIRouter(tags=["health"])
_TIMEOUT_SECONDS = 0.9
_OUTAGES = (SQLAlchemyError, psycopg.Error, OSError, TimeoutError)
_NEWEST_REVISION = newest_revision()
_T = TypeVar("_T")
_running_queries: dict[Callable[..., Any], asyncio.Task[Any]] = {}
"""The queries in progress. The key is the function that was passed to ``_read_in_time``.

Concurrent requests share a query, so that callers without a token cannot occupy the database.
"""


@router.get("/live")
async def live() -> dict[str, str]:
    """Answer 200 while the process runs. This does not query the database."""
    return {"status": "live"}


@router.get("/ready", responses=declared(HTTPStatus.SERVICE_UNAVAILABLE))
async def ready(services: ApiServices) -> dict[str, str]:
    """Answer 200 if the database answers and has the newest schema, and otherwise 503.

    The answer comes within a second.
    """
    try:
        revision = await _read_in_time(services, read_revision)
    except _OUTAGES:
        raise unavailable("not_ready", "the database does not answer") from None
    if revision != _NEWEST_REVISION:
        detail = f"the database is at revision {revision}, not {_NEWEST_REVISION}"
        raise unavailable("not_ready", detail)
    return {"status": "ready"}


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {CONTENT_TYPE_LATEST: {"schema": {"type": "string"}}}}},
)
async def metrics(services: ApiServices) -> Response:
    """Return the metrics for Prometheus within a second, even if the database does not answer."""
    try:
        totals = await _read_in_time(services, read_totals)
    except _OUTAGES:
        totals = None
    return Response(render(totals), headers={"Content-Type": CONTENT_TYPE_LATEST})


async def _read_in_time(services: Services, read: Callable[[Connection], _T]) -> _T:
    """Return what ``read`` reads, or raise TimeoutError after ``_TIMEOUT_SECONDS`` seconds.

    At the timeout the query is cancelled. It is not awaited, because psycopg asks the server to end
    it and waits up to ten seconds for a silent server.
    """
    query = _running_queries.get(read)
    if query is None:
        query = _running_queries[read] = asyncio.create_task(services.database.read(read))
        query.add_done_callback(partial(_forget, read))
    done_queries, _ = await asyncio.wait({query}, timeout=_TIMEOUT_SECONDS)
    if not done_queries or query.cancelled():
        query.cancel()
        raise TimeoutError
    return query.result()


def _forget(read: Callable[..., Any], query: asyncio.Task[Any]) -> None:
    del _running_queries[read]
    if not query.cancelled():
        query.exception()  # Otherwise asyncio would log an error that came too late.
