"""Serve requests that start, read, abort and retry runs."""

import asyncio
import hashlib
import logging
from collections.abc import Sequence
from datetime import timedelta
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, BackgroundTasks, Header, Query, Request
from sqlalchemy import Connection

from api.airflow import AirflowClient, AirflowRefused, AirflowUnavailable
from api.deps import (
    ApiServices,
    CurrentCaller,
    Cursor,
    RunId,
    RunViewer,
    find_own_run,
    rate_limit,
)
from api.logs import request_id
from api.problems import ApiError, declared, not_found
from api.schemas import (
    Page,
    RunState,
    ShownRun,
    StartedRun,
    StartRequest,
    Text,
    page_of,
)
from include.core.models import CheckKind, RunTrigger
from include.core.runs.run_state import JobStatus, RunStatus
from include.db.run.progress import JobReport, RunReport, list_run_jobs, list_runs, read_run
from include.db.user.idempotency import claim_key, record_started_run
from include.db.user.users import ensure_user
from include.failure_codes import FailureCode
from include.pipeline.runs.abort_run import abort_run, close_idle_sweeps
from include.pipeline.runs.retry_failed import retry_failed
from include.pipeline.runs.start_run import start_run

router = APIRouter(tags=["runs"])
_log = logging.getLogger(__name__)
_FAIL_TRIES = 3
_FAIL_PAUSE_SECONDS = 2.0


IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern=r"^[\x21-\x7e]+$",
        description="Any text that you choose, such as a UUID. If the same request is repeated with"
        " the same key within a day, it gets the same answer and starts no second run.",
        examples=["8e03978e-40d5-43e8-bc93-6894a57f9324"],
    ),
]
_START_LIMIT = rate_limit(lambda limits: limits.start)


@router.post(
    "/start",
    responses=declared(HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS),
    status_code=HTTPStatus.ACCEPTED,
    dependencies=[_START_LIMIT],
)
async def start(
    request: Request,
    services: ApiServices,
    caller: CurrentCaller,
    body: StartRequest | None = None,
    idempotency_key: IdempotencyKey = None,
) -> StartedRun:
    """Start a run and return at once.

    The response is 409 if the user has an active run, and contains the id of that run. Boards that
    were checked within ``max_age`` are not checked again. If all boards of the run were checked
    within that time, the run has already ended when this returns.
    """
    body = body or StartRequest()
    max_age = services.fresh_for
    if body.max_age is not None:
        max_age = timedelta(seconds=body.max_age)
    run_id = await services.database.write(_start, caller.user_id, body, max_age, idempotency_key)
    return _started_run(request, run_id)


@router.post(
    "/runs/{run_id}/retry",
    responses=declared(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.TOO_MANY_REQUESTS),
    status_code=HTTPStatus.ACCEPTED,
    dependencies=[_START_LIMIT],
)
async def retry(
    request: Request, run_id: RunId, services: ApiServices, caller: CurrentCaller
) -> StartedRun:
    """Start a run that only reads failed jobs again.

    These are the failed jobs of the companies of the ended run ``run_id``. The response is 409 if
    no failed job is left, if the run has not ended, or if another run is active.
    """
    await find_own_run(services, caller, run_id)
    return _started_run(request, await services.database.write(_retry, run_id))


@router.get("/runs/{run_id}", responses=declared(HTTPStatus.NOT_FOUND))
@router.get(
    "/runs/{run_id}/progress", responses=declared(HTTPStatus.NOT_FOUND), name="run_progress"
)
async def run(run_id: RunId, services: ApiServices, caller: RunViewer) -> ShownRun:
    """Return one run: its counts, its companies, and the reason if it failed or waits."""
    await find_own_run(services, caller, run_id)
    report = await services.database.read(read_run, run_id)
    if report is None:
        raise not_found("run")
    airflow_url = None
    if services.airflow_public_url and report.dag_run_id:
        root = str(services.airflow_public_url).rstrip("/")
        airflow_url = f"{root}/dags/ingest_jobs/runs/{quote(report.dag_run_id, safe='')}"
    return ShownRun(**vars(report), airflow_url=airflow_url)


@router.get(
    "/runs/{run_id}/jobs",
    response_model=Page[JobReport],
    responses=declared(HTTPStatus.NOT_FOUND),
)
async def run_jobs(
    run_id: RunId,
    services: ApiServices,
    caller: RunViewer,
    status: JobStatus | None = None,
    company: Annotated[Text | None, Query()] = None,
    added: bool | None = None,
    listed: bool | None = None,
    error: Annotated[Sequence[FailureCode], Query(max_length=len(FailureCode))] = (),
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    cursor: Cursor = None,
) -> dict[str, Any]:
    """Return the run's jobs in order of id.

    ``added`` selects the jobs that the run showed for the first time (true), or the other jobs
    (false). ``listed`` selects the jobs that ``counts.total`` counts (true), or the jobs that left
    their listing (false). ``error`` selects the jobs that failed with one of these codes.

    The jobs of an ended run have the status that they had at its end. A job that the user follows
    under two slugs is returned twice, both times on the same page.
    """
    jobs = await services.database.read(
        list_run_jobs,
        await find_own_run(services, caller, run_id),
        status=status,
        company=company,
        added=added,
        listed=listed,
        errors=error,
        after=cursor or 0,
        limit=limit + 1,
    )
    return page_of(jobs, limit, "job_id")


@router.get("/history", response_model=Page[RunReport])
async def history(
    services: ApiServices,
    caller: CurrentCaller,
    status: RunStatus | None = None,
    trigger: RunTrigger | None = None,
    company: Annotated[Text | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 10,
    cursor: Cursor = None,
) -> dict[str, Any]:
    """Return the user's runs, newest first.

    If a status, a trigger or a company is given, only the runs with this status, with this trigger
    or with this company are returned.
    """
    runs = await services.database.read(
        list_runs,
        caller.user_id,
        status=status,
        trigger=trigger,
        company=company,
        before=cursor,
        limit=limit + 1,
    )
    return page_of(runs, limit, "run_id")


@router.post(
    "/runs/{run_id}/abort",
    status_code=HTTPStatus.ACCEPTED,
    responses=declared(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
)
@router.post(
    "/runs/{run_id}/reset",
    status_code=HTTPStatus.ACCEPTED,
    responses=declared(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
    name="reset",
)
async def abort(
    run_id: RunId, services: ApiServices, caller: CurrentCaller, background: BackgroundTasks
) -> RunState:
    """End the run now, and cancel the checks that no other active run rests on.

    The workers of cancelled checks stop by themselves within seconds.
    """
    await find_own_run(services, caller, run_id)
    cancelled = await services.database.write(abort_run, run_id)
    if cancelled is None:
        raise ApiError(HTTPStatus.CONFLICT, "run_ended", "the run has ended already", run_id=run_id)
    idle_dag_run_ids = await services.database.write(close_idle_sweeps, cancelled)
    if services.airflow is not None:
        for dag_run_id in idle_dag_run_ids:
            background.add_task(_fail_dag_run, services.airflow, dag_run_id)
    return RunState(run_id=run_id, status=RunStatus.ABORTED)


def _start(
    connection: Connection,
    user_id: str,
    body: StartRequest,
    max_age: timedelta,
    key: str | None,
) -> int:
    if key is not None:
        ensure_user(connection, user_id)
        sha256 = hashlib.sha256(body.model_dump_json().encode()).hexdigest()
        earlier_run_id = claim_key(connection, user_id, key, sha256)
        if earlier_run_id is not None:
            return earlier_run_id
    run_id = start_run(
        connection,
        user_id=user_id,
        trigger=body.trigger,
        max_age=max_age,
        companies=body.companies,
        force=body.force,
        kind=CheckKind.REEXTRACT if body.reextract else CheckKind.LIST,
        request_id=request_id.get(),
    )
    if key is not None:
        record_started_run(connection, user_id, key, run_id)
    return run_id


def _retry(connection: Connection, run_id: int) -> int:
    return retry_failed(connection, run_id, trigger=RunTrigger.API, request_id=request_id.get())


def _started_run(request: Request, run_id: int) -> StartedRun:
    return StartedRun(
        run_id=run_id,
        status=RunStatus.PENDING,
        progress_url=request.app.url_path_for("progress", run_id=str(run_id)),
    )


async def _fail_dag_run(airflow: AirflowClient, dag_run_id: str) -> None:
    """Mark the DAG run of an ended sweep as failed, so that Airflow starts no more of its tasks."""
    for _ in range(_FAIL_TRIES):
        try:
            await airflow.fail(dag_run_id)
        except AirflowUnavailable as error:
            _log.warning(
                "abort_not_told", extra={"dag_run_id": dag_run_id, "reason": error.message}
            )
            await asyncio.sleep(_FAIL_PAUSE_SECONDS)
        except AirflowRefused as error:
            _log.warning("abort_refused", extra={"dag_run_id": dag_run_id, "reason": error.message})
            return
        else:
            return
