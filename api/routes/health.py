"""Whether the process lives, and whether it can serve; both for machines, neither with a token."""

import asyncio
from http import HTTPStatus

import psycopg
from fastapi import APIRouter
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from api.deps import ApiServices
from api.problems import ApiError, declared
from include.db.migrate import newest_revision

router = APIRouter(tags=["health"])
_ANSWER_WITHIN = 0.9
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
            revision = await services.database.read(_revision)
    except (SQLAlchemyError, psycopg.Error, OSError, TimeoutError):
        raise _not_ready("the database does not answer") from None
    if revision != _NEWEST:
        raise _not_ready(f"the database is at revision {revision}, not {_NEWEST}")
    return {"status": "ready"}


def _revision(connection: Connection) -> str | None:
    if connection.scalar(text("SELECT to_regclass('alembic_version')")) is None:
        return None
    return connection.scalar(text("SELECT version_num FROM alembic_version"))


def _not_ready(detail: str) -> ApiError:
    return ApiError(
        HTTPStatus.SERVICE_UNAVAILABLE, "not_ready", detail, headers={"Retry-After": "2"}
    )
