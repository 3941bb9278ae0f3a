"""Serve the request that marks new postings as seen."""

from datetime import datetime

from fastapi import APIRouter
from sqlalchemy import Connection

from api.deps import ApiServices, CurrentCaller
from api.job_search import Visit
from include.db.user.tracking import record_visit
from include.db.user.users import ensure_user

router = APIRouter(prefix="/visits", tags=["jobs"])


@router.post("")
async def visit(services: ApiServices, caller: CurrentCaller) -> Visit:
    """Mark all postings that were shown to the user so far as seen.

    They do not count as new any more.
    """
    return Visit(visited_at=await services.database.write(_visit, caller.user_id))


def _visit(connection: Connection, user_id: str) -> datetime:
    ensure_user(connection, user_id)
    return record_visit(connection, user_id)
