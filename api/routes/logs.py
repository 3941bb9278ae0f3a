"""Serve the lines that the tasks of a run's sweep have logged in Airflow."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query

from api.deps import ApiServices, RunId, RunViewer, find_own_run
from api.problems import ApiError, declared, unusable
from api.task_logs import DagRunOfAttempt, LogPage, LogPlace, TaskLogs
from include.db.work.sweeps import Sweep, dag_run_id_of, get_sweep

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
    """Return the log lines of the run's own sweep.

    The lines of the newest attempt come first. Within an attempt, lines are in order of time. A run
    that only uses checks of other sweeps has no lines, because it has no sweep of its own. The logs
    of other users' sweeps are not shown. The response is 503 while Airflow cannot be reached.
    """
    await find_own_run(services, caller, run_id)
    after = None if cursor is None else _decode_cursor(cursor)
    sweep = await services.database.read(get_sweep, run_id)
    if services.airflow is None:
        raise ApiError(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "airflow_unavailable",
            "this server has no Airflow, because JOBHUNT_AIRFLOW_URL is not set",
        )
    dag_runs = _dag_runs(sweep) if sweep else ()
    return await TaskLogs(services.airflow).page(dag_runs, after=after, limit=limit)


def _dag_runs(sweep: Sweep) -> tuple[DagRunOfAttempt, ...]:
    """Return the DAG runs of all attempts, the newest first.

    The id of the current attempt's DAG run is taken from the sweep, because a user may have started
    this DAG run in Airflow. ``dag_run_id_of`` cannot compute the id of such a DAG run.
    """
    earlier = (
        DagRunOfAttempt(attempt, dag_run_id_of(sweep.sweep_id, attempt))
        for attempt in range(sweep.attempt - 1, 0, -1)
    )
    return (DagRunOfAttempt(sweep.attempt, sweep.dag_run_id), *earlier)


def _decode_cursor(cursor: str) -> LogPlace:
    try:
        return LogPlace.decode(cursor)
    except ValueError as error:
        raise unusable("query.cursor", str(error)) from None
