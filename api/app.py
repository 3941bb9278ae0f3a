"""The API as one application: ``uvicorn api.app:create_app --factory``.

Give uvicorn ``--timeout-graceful-shutdown``, a few seconds: streams say goodbye by themselves,
but a client that reads nothing would hold the server open.
"""

import gc
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from http import HTTPStatus

from fastapi import FastAPI

from api import problems
from api.cors import allow_origins
from api.logs import RequestLog, configure_logs
from api.openapi import complete_openapi, operation_id
from api.routes import (
    changes,
    companies,
    health,
    jobs,
    listings,
    logs,
    page,
    preview,
    progress,
    runs,
    throughput,
)
from api.security_headers import SecurityHeaders, add_docs
from api.services import running_services
from include.settings import Settings, get_settings

BASE = "/api/ingestion"
_OF_ALL = (
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
"""What every route under ``BASE`` may answer, too."""


def create_app(settings: Settings | None = None) -> FastAPI:
    """``settings`` are those of the environment unless given.

    Raises:
        SettingError: a setting can't be used; at start-up, when one that is needed is missing.
    """
    configure_logs()
    settings = settings or get_settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        async with running_services(settings) as services:
            app.state.services = services
            gc.freeze()  # or a full collection walks all modules, while every request waits 0.1 s
            yield
        gc.unfreeze()

    app = FastAPI(
        title="Jobhunt Ingestion",
        version="0.1.0",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=operation_id,
    )
    problems.install(app)
    # the last one added is the outermost: what the request's log answers is headed, too
    app.add_middleware(RequestLog)
    if settings.cors_origins:
        allow_origins(app, settings.cors_origins)
    app.add_middleware(SecurityHeaders)
    app.include_router(health.router)
    # listings before companies: /companies/detect is no company's slug
    for module in (runs, changes, throughput, logs, progress, listings, preview, companies, jobs):
        app.include_router(module.router, prefix=BASE, responses=problems.declared(*_OF_ALL))
    page.add_page(app, settings)
    add_docs(app, "/docs")
    complete_openapi(app)
    return app
