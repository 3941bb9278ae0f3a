"""Serve the front end: the built files of ``web/``.

The API serves these files so that the page and the API have one origin.

Vite puts a hash of the content into the name of every file below ``assets/``. Therefore these files
never change, and browsers cache them. ``index.html`` names the current files, so browsers
revalidate it each time. ``_ROUTES`` lists the routes of the page. Any other path is answered with
404. If a browser requests such a path, the body of the 404 response is the page, which says that
nothing is at this path. The files are looked up at each request, so a new build needs no restart.
"""

from http import HTTPStatus
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse, PlainTextResponse, Response
from pydantic import HttpUrl
from starlette.requests import Request
from starlette.responses import Response as AnyResponse
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from include.settings import Settings

_PROJECT = Path(__file__).parents[2]
_ROUTES = (
    "/",
    "/companies",
    "/start",
    "/runs/{run_id:int}",
    "/runs/{run_id:int}/jobs",
    "/runs/{run_id:int}/summary",
    "/history",
    "/jobs",
    "/tracked",
    "/jobs/{job_id:int}",
)
_NOT_BUILT_MESSAGE = """The page is not built yet. In the project's directory:

    make web

The API works without it: its documentation is at /docs.
"""
_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors "
)


def add_page(app: FastAPI, settings: Settings) -> None:
    """Serve the page at its routes and its files at ``/assets``.

    Only Airflow may frame the page, and only if ``JOBHUNT_AIRFLOW_PUBLIC_URL`` is set.
    """
    dist = _PROJECT / settings.web_dist
    index = dist / "index.html"
    headers = {
        "Content-Security-Policy": _POLICY + _frame_ancestors(settings.airflow_public_url),
        "Cache-Control": "no-cache",
    }

    async def page() -> Response:
        if not index.exists():
            return PlainTextResponse(_NOT_BUILT_MESSAGE, status_code=HTTPStatus.SERVICE_UNAVAILABLE)
        return FileResponse(index, headers=headers)

    default_response = app.router.default

    async def not_found(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and _opens_page(Request(scope)) and index.exists():
            response = FileResponse(index, HTTPStatus.NOT_FOUND, headers=headers)
            await response(scope, receive, send)
        else:
            await default_response(scope, receive, send)

    for route in _ROUTES:
        app.add_api_route(route, page, methods=["GET", "HEAD"], include_in_schema=False)
    app.router.default = not_found
    app.mount("/assets", _Assets(directory=dist / "assets", check_dir=False))


def _opens_page(request: Request) -> bool:
    """Return True if a browser sent the request to open a page, and False for a call of the API."""
    is_page = request.method == "GET" and not request.url.path.startswith("/api/")
    return is_page and "text/html" in request.headers.get("Accept", "")


def _frame_ancestors(airflow: HttpUrl | None) -> str:
    """Return the sites that may show the page in a frame.

    The result is a value of ``frame-ancestors`` in a Content-Security-Policy.
    """
    return f"{airflow.scheme}://{airflow.host}:{airflow.port}" if airflow else "'none'"


class _Assets(StaticFiles):
    """The static files. A missing file is answered with 404, even if nothing is built yet."""

    async def check_config(self) -> None:
        """Accept a missing directory, although Starlette would raise an error."""

    async def get_response(self, path: str, scope: Scope) -> AnyResponse:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response
