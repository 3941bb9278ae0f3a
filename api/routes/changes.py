"""Serve the changes of postings that a run showed."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, JsonValue
from sqlalchemy import Connection

from api.deps import ApiServices, Cursor, RunId, RunViewer, find_own_run
from api.postings import shown_fields
from api.problems import declared
from api.schemas import Page, page_of
from include.db.run.run_changes import JobChange, count_changed_fields, count_changes, list_changes

router = APIRouter(tags=["runs"], responses=declared(HTTPStatus.NOT_FOUND))


class ChangedJob(BaseModel):
    job_id: int
    company: str
    external_id: str
    title: str
    """The posting's title as the run showed it."""
    url: str
    changed_at: datetime
    changes: dict[str, list[JsonValue]]
    """The values before and after the change. Each field has ``[before, after]``."""


class ChangedJobs(Page[ChangedJob]):
    total: int
    """The number of changed postings on all pages."""
    fields: dict[str, int]
    """For each field, the number of postings in which it changed, highest number first.

    The numbers cover the postings on all pages.
    """


@router.get("/runs/{run_id}/changes")
async def run_changes(
    run_id: RunId,
    services: ApiServices,
    caller: RunViewer,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: Cursor = None,
) -> ChangedJobs:
    """Return the postings that the run showed as changed, in order of job id.

    A company's changes appear once its check has ended and the run has its outcomes.
    """
    await find_own_run(services, caller, run_id)

    def read(connection: Connection) -> tuple[list[JobChange], int, dict[str, int]]:
        changes = list_changes(connection, run_id, after=cursor or 0, limit=limit + 1)
        total = count_changes(connection, run_id)
        return changes, total, count_changed_fields(connection, run_id)

    changes, total, fields = await services.database.read(read)
    items = [
        ChangedJob.model_validate(vars(change) | {"changes": shown_fields(change.changes)})
        for change in changes
    ]
    return ChangedJobs(**page_of(items, limit, "job_id"), total=total, fields=shown_fields(fields))
