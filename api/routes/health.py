"""Whether the process lives, can serve, and how it does; all for machines, none with a token."""

import asyncio
from http import HTTPStatus

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


@router.get("/live")
async def live() -> dict[str, str]:
    """Never touches the database."""
    return {"status": "live"}


@router.get("/ready", responses=declared(HTTPStatus.SERVICE_UNAVAILABLE))
async def ready(services: ApiServices) -> dict[str, str]:
    """Answers within a second."""
    try:
        async with asyncio.timeout(_ANSWER_WITHIN):
            revision = await services.database.read(read_revision)
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
    """For Prometheus. Answers within a second, also without the database."""
    try:
        async with asyncio.timeout(_ANSWER_WITHIN):
            totals = await services.database.read(read_totals)
    except _AWAY:
        totals = None
    return Response(render(totals), headers={"Content-Type": CONTENT_TYPE_LATEST})


def _not_ready(detail: str) -> ApiError:
    return ApiError(
        HTTPStatus.SERVICE_UNAVAILABLE, "not_ready", detail, headers={"Retry-After": "2"}
    )
