"""Add the tab *Progress* to every DAG run. The tab shows the page of the ingestion run in a frame.

The frame loads ``jobhunt/dags/…/runs/…``, a path of Airflow's API server, which authenticates the
caller. A caller who may see the DAG run is redirected to the page of the API. The redirect has a
token that only allows reading this run and expires within an hour (ADR 8). The token is in the
URL's fragment, which is sent to no server and appears in no log.
"""

import logging
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from airflow.plugins_manager import AirflowPlugin

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import ASGIApp, Receive, Scope, Send

_log = logging.getLogger(__name__)
_PREFIX = "/jobhunt"
_DAG = "ingest_jobs"
_TOKEN_LIFETIME = timedelta(hours=1)


async def tab(scope: "Scope", receive: "Receive", send: "Send") -> None:
    """Pass the request to the application, which is made at the first request.

    The application is not made at import, because it needs FastAPI. Every component of Airflow
    imports this module, but only the API server has loaded FastAPI.
    """
    await _application()(scope, receive, send)


class ProgressTab(AirflowPlugin):
    """The plugin that adds the tab and its application to Airflow."""

    name = "jobhunt_progress_tab"
    fastapi_apps = [{"name": "jobhunt", "app": tab, "url_prefix": _PREFIX}]  # noqa: RUF012 # as AirflowPlugin has it
    external_views = [  # noqa: RUF012
        {
            "name": "Progress",
            # The URL is relative, because Airflow may be served below a path.
            "href": f"{_PREFIX.lstrip('/')}/dags/{{DAG_ID}}/runs/{{RUN_ID}}",
            "destination": "dag_run",
            "url_route": "progress",
        }
    ]


@cache
def _application() -> "ASGIApp":
    from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity
    from airflow.api_fastapi.core_api.security import GetUserDep, requires_access_dag
    from fastapi import Depends, FastAPI
    from starlette.responses import Response

    application = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    may_see = requires_access_dag("GET", DagAccessEntity.RUN)

    @application.get("/dags/{dag_id}/runs/{dag_run_id}", dependencies=[Depends(may_see)])
    def show(dag_id: str, dag_run_id: str, user: GetUserDep) -> Response:
        return redirect_to_page(dag_id, dag_run_id, viewer=user.get_name())

    return application


def redirect_to_page(dag_id: str, dag_run_id: str, *, viewer: str) -> "Response":
    """Return a redirect to the page of the run for which the DAG run's sweep was created.

    If there is no such page, return a text that states the reason.

    Args:
        viewer: the name of the caller in Airflow, for the log.
    """
    from starlette.responses import PlainTextResponse, RedirectResponse

    from include.db.run.runs import find_run_of_dag, get_run
    from include.db.work.sweeps import find_attempt
    from include.settings import get_settings
    from plugins.connections import database

    if dag_id != _DAG:
        return PlainTextResponse(f"Only runs of {_DAG} have a page.")
    public_url = get_settings().public_url
    if public_url is None:
        return PlainTextResponse("The URL of the page is not set: set JOBHUNT_PUBLIC_URL.")
    with database() as engine, engine.connect() as connection:
        sweep_and_attempt = find_attempt(connection, dag_run_id)
        if sweep_and_attempt is not None:
            # A sweep that was created for one run has the id of the run.
            sweep, _ = sweep_and_attempt
            run = get_run(connection, sweep.sweep_id)
        else:
            run = find_run_of_dag(connection, dag_run_id)
    if run is None and sweep_and_attempt is None:
        return PlainTextResponse("This DAG run has opened no ingestion run, or not yet.")
    if run is None:
        return PlainTextResponse("This DAG run checks boards for everyone who follows them.")
    _log.info("run %s of %s is shown to %s", run.run_id, run.user_id, viewer)
    address = f"{str(public_url).rstrip('/')}/runs/{run.run_id}"
    token = _token(run.user_id, run.run_id)
    return RedirectResponse(
        f"{address}#token={token}" if token else address,
        headers={"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"},
    )


def _token(user_id: str, run_id: int) -> str | None:
    """Return a token that only allows reading the run.

    Return None if tokens are made elsewhere (``JOBHUNT_JWT_JWKS``) or there is no secret. The
    caller must then sign in to the page itself.
    """
    from include.settings import get_settings
    from include.tokens import mint_token

    settings = get_settings()
    secret = settings.jwt_secret.get_secret_value()
    if settings.jwt_jwks is not None or not secret:
        return None
    return mint_token(
        secret,
        user_id,
        issuer=settings.jwt_issuer,
        audience=settings.jwt_audience,
        now=datetime.now(UTC),
        lifetime=_TOKEN_LIFETIME,
        only_run=run_id,
    )
