"""What a run's tasks have logged in Airflow."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query

from api.deps import ApiServices, RunId, RunViewer, find_own_run
from api.problems import ApiError, declared, unusable
from api.task_logs import DagRunOfAttempt, LogPage, LogPlace, TaskLogs
from include.db.runs import Run, dag_run_id_of, get_run

router = APIRouter(tags=["runs"])


@router.get(
    "/runs/{run_id}/logs",
    responses=declared(HTTPStatus.NOT_FOUND),
)
async def run_logs(
    run_id: RunId,
    services: ApiServices,
    caller: RunViewer,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    cursor: Annotated[
        str | None, Query(max_length=500, description="`next_cursor` of the page before")
    ] = None,
) -> LogPage:
    """Newest attempt of the run first, by time within it; 503 while Airflow can't be asked."""
    await find_own_run(services, caller, run_id)
    after = None if cursor is None else _place(cursor)
    run = await services.database.read(get_run, run_id)
    if services.airflow is None:
        raise ApiError(
            HTTPStatus.SERVICE_UNAVAILABLE, "airflow_unavailable", "no Airflow is set up here"
        )
    dag_runs = _dag_runs(run) if run else ()
    return await TaskLogs(services.airflow).page(dag_runs, after=after, limit=limit)


def _dag_runs(run: Run) -> tuple[DagRunOfAttempt, ...]:
    """The present attempt's goes by the id that Airflow knows it under, whoever started it."""
    earlier = (
        DagRunOfAttempt(attempt, dag_run_id_of(run.run_id, attempt))
        for attempt in range(run.attempt - 1, 0, -1)
    )
    return (DagRunOfAttempt(run.attempt, run.dag_run_id or ""), *earlier) if run.dag_run_id else ()


def _place(cursor: str) -> LogPlace:
    try:
        return LogPlace.decode(cursor)
    except ValueError as error:
        raise unusable("query.cursor", str(error)) from None
