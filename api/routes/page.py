"""The front end: the built files of ``web/``, served beside the API so that one origin does.

Vite puts a hash of its content into the name of every file below ``assets/``, so those never
change; ``index.html`` names them and is asked for anew each time. The page's routes are known here
one by one: any other path is a 404, not the page. Everything is looked for at each request, so a
build needs no restart.
"""

from http import HTTPStatus
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse, PlainTextResponse, Response
from pydantic import HttpUrl
from starlette.responses import Response as AnyResponse
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from include.settings import Settings

_PROJECT = Path(__file__).parents[2]
_ROUTES = (
    "/",
    "/start",
    "/runs/{run_id:int}",
    "/runs/{run_id:int}/summary",
    "/history",
    "/jobs",
    "/jobs/{job_id:int}",
)
_UNBUILT = """The page is not built yet. In the project's directory:

    make web

The API works without it: its documentation is at /docs.
"""
_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors "
)


def add_page(app: FastAPI, settings: Settings) -> None:
    """The page at its own routes and its files at ``/assets``. Only Airflow may frame it, and
    only where ``JOBHUNT_AIRFLOW_PUBLIC_URL`` says whence."""
    built = _PROJECT / settings.web_dist
    index = built / "index.html"
    headers = {
        "Content-Security-Policy": _POLICY + _framer(settings.airflow_public_url),
        "Cache-Control": "no-cache",
    }

    async def page() -> Response:
        if not index.exists():
            return PlainTextResponse(_UNBUILT, status_code=HTTPStatus.SERVICE_UNAVAILABLE)
        return FileResponse(index, headers=headers)

    for route in _ROUTES:
        app.add_api_route(route, page, methods=["GET", "HEAD"], include_in_schema=False)
    app.mount("/assets", _Assets(directory=built / "assets", check_dir=False))


def _framer(airflow: HttpUrl | None) -> str:
    """Airflow's origin, as a policy names it."""
    return f"{airflow.scheme}://{airflow.host}:{airflow.port}" if airflow else "'none'"


class _Assets(StaticFiles):
    """Raises HTTPException 404 for a file that is not there, and where nothing is built yet."""

    async def check_config(self) -> None:
        """There need be no directory."""

    async def get_response(self, path: str, scope: Scope) -> AnyResponse:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response
