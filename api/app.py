"""The API as one application: ``uvicorn api.app:create_app --factory``.

Give uvicorn ``--timeout-graceful-shutdown``, a few seconds: streams say goodbye by themselves,
but a client that reads nothing would hold the server open.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.responses import RedirectResponse

from api import problems
from api.logs import RequestLog, configure_logs
from api.routes import companies, health, progress, runs
from api.services import running_services
from include.settings import Settings, get_settings

BASE = "/api/ingestion"


def create_app(settings: Settings | None = None) -> FastAPI:
    """``settings`` are those of the environment unless given.

    Raises:
        SettingError: at start-up, when a setting the API needs is missing or can't be used.
    """
    configure_logs()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        async with running_services(settings or get_settings()) as services:
            app.state.services = services
            yield

    app = FastAPI(title="Jobhunt Ingestion", version="0.1.0", lifespan=lifespan)
    app.add_middleware(RequestLog)
    problems.install(app)
    app.include_router(health.router)
    for router in (runs.router, progress.router, companies.router):
        app.include_router(router, prefix=BASE)
    app.add_api_route("/", _to_docs, include_in_schema=False)
    return app


async def _to_docs() -> RedirectResponse:
    return RedirectResponse("/docs")
