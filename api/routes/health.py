"""Liveness, readiness and metrics of the process. These routes need no token."""

import asyncio
from collections.abc import Coroutine
from http import HTTPStatus
from typing import Any, TypeVar

import psycopg
from fastapi import APIRouter
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy.exc import SQLAlchemyError

from api.deps import ApiServices
from api.metrics import render
from api.problems import ApiError, declared
from include.db.diagnosis import read_revision
from include.db.migrate import newest_revision
from include.db.totals import read_totals

router = APIRouter(tags=["health"])
_ANSWER_WITHIN = 0.9
_AWAY = (SQLAlchemyError, psycopg.Error, OSError, TimeoutError)
_NEWEST = newest_revision()
_T = TypeVar("_T")
_pending: set[asyncio.Task[Any]] = set()
"""The queries that have not ended. A task that nothing refers to may be garbage-collected."""


@router.get("/live")
async def live() -> dict[str, str]:
    """Answer 200 as long as the process lives. The database is not queried."""
    return {"status": "live"}


@router.get("/ready", responses=declared(HTTPStatus.SERVICE_UNAVAILABLE))
async def ready(services: ApiServices) -> dict[str, str]:
    """Answer 200 if the database answers and has the newest schema, else 503, within a second."""
    try:
        revision = await _promptly(services.database.read(read_revision))
    except _AWAY:
        raise _not_ready("the database does not answer") from None
    if revision != _NEWEST:
        raise _not_ready(f"the database is at revision {revision}, not {_NEWEST}")
    return {"status": "ready"}


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {CONTENT_TYPE_LATEST: {"schema": {"type": "string"}}}}},
)
async def metrics(services: ApiServices) -> Response:
    """Return the metrics for Prometheus within a second, also if the database does not answer."""
    try:
        totals = await _promptly(services.database.read(read_totals))
    except _AWAY:
        totals = None
    return Response(render(totals), headers={"Content-Type": CONTENT_TYPE_LATEST})


async def _promptly(reading: Coroutine[Any, Any, _T]) -> _T:
    """Return the result of ``reading``, or raise TimeoutError after ``_ANSWER_WITHIN`` seconds.

    The cancelled query is not awaited, because psycopg asks the server to end it and waits up to
    ten seconds for a silent server.
    """
    query = asyncio.create_task(reading)
    _pending.add(query)
    query.add_done_callback(_forget)
    done, _ = await asyncio.wait({query}, timeout=_ANSWER_WITHIN)
    if not done:
        query.cancel()
        raise TimeoutError
    return query.result()


def _forget(query: asyncio.Task[Any]) -> None:
    _pending.discard(query)
    if not query.cancelled():
        query.exception()  # retrieved, so that asyncio does not log an error that came too late


def _not_ready(detail: str) -> ApiError:
    return ApiError(
        HTTPStatus.SERVICE_UNAVAILABLE, "not_ready", detail, headers={"Retry-After": "2"}
    )
