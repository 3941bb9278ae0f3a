"""Liveness, readiness and metrics of the process. These routes need no token."""

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
from api.problems import ApiError, declared
from api.services import Services
from include.db.diagnosis import read_revision
from include.db.migrate import newest_revision
from include.db.run.totals import read_totals

router = APIRouter(tags=["health"])
_ANSWER_WITHIN = 0.9
_AWAY = (SQLAlchemyError, psycopg.Error, OSError, TimeoutError)
_NEWEST = newest_revision()
_T = TypeVar("_T")
_under_way: dict[Callable[..., Any], asyncio.Task[Any]] = {}
"""The running query of each function that was passed to ``_promptly``. Requests share it, so that
callers without a token cannot occupy the database with these routes."""


@router.get("/live")
async def live() -> dict[str, str]:
    """Answer 200 as long as the process lives. The database is not queried."""
    return {"status": "live"}


@router.get("/ready", responses=declared(HTTPStatus.SERVICE_UNAVAILABLE))
async def ready(services: ApiServices) -> dict[str, str]:
    """Answer 200 if the database answers and has the newest schema, else 503, within a second."""
    try:
        revision = await _promptly(services, read_revision)
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
        totals = await _promptly(services, read_totals)
    except _AWAY:
        totals = None
    return Response(render(totals), headers={"Content-Type": CONTENT_TYPE_LATEST})


async def _promptly(services: Services, step: Callable[[Connection], _T]) -> _T:
    """Return what ``step`` reads, or raise TimeoutError after ``_ANSWER_WITHIN`` seconds.

    The cancelled query is not awaited, because psycopg asks the server to end it and waits up to
    ten seconds for a silent server.
    """
    query = _under_way.get(step)
    if query is None:
        query = _under_way[step] = asyncio.create_task(services.database.read(step))
        query.add_done_callback(partial(_forget, step))
    done, _ = await asyncio.wait({query}, timeout=_ANSWER_WITHIN)
    if not done or query.cancelled():
        query.cancel()
        raise TimeoutError
    return query.result()


def _forget(step: Callable[..., Any], query: asyncio.Task[Any]) -> None:
    del _under_way[step]
    if not query.cancelled():
        query.exception()  # retrieved, so that asyncio does not log an error that came too late


def _not_ready(detail: str) -> ApiError:
    return ApiError(
        HTTPStatus.SERVICE_UNAVAILABLE, "not_ready", detail, headers={"Retry-After": "2"}
    )
