"""Create the API as one ASGI application.

``uvicorn api.app:create_app --factory --http api.http_protocol:LimitedProtocol --ws none`` runs it.
Also give uvicorn a ``--timeout-graceful-shutdown`` of a few seconds. Streams end by themselves when
the server stops, but a client that has stopped reading would otherwise keep the server from
stopping.
"""

import gc
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from http import HTTPStatus

from fastapi import FastAPI
from fastapi.middleware.gzip import GZipMiddleware

from api import problems
from api.cors import allow_origins
from api.logs import RequestLog, configure_logs
from api.openapi import complete_openapi, operation_id
from api.request_limits import RequestLimits
from api.routes import (
    changes,
    companies,
    health,
    imports,
    jobs,
    listings,
    logs,
    page,
    preview,
    progress,
    runs,
    searches,
    throughput,
    visits,
)
from api.security_headers import SecurityHeaders, add_docs
from api.services import running_services
from include import __version__
from include.settings import Settings, get_settings

BASE = "/api/ingestion"
_COMMON_ERRORS = (
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
"""The errors that every route under ``BASE`` may return, in addition to its own errors."""


def create_app(settings: Settings | None = None) -> FastAPI:
    """Return the application.

    Args:
        settings: the settings to use; None to read them from the environment.

    Raises:
        SettingError: a setting has an unusable value. The application also raises this error when
            it starts up, if a setting that it needs is missing.
    """
    configure_logs()
    settings = settings or get_settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        async with running_services(settings) as services:
            app.state.services = services
            gc.freeze()  # otherwise a full garbage collection would pause all requests for 0.1 s
            yield
        gc.unfreeze()

    app = FastAPI(
        title="Jobhunt Ingestion",
        version=__version__,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # a redirect would use the client's Host header
        generate_unique_id_function=operation_id,
    )
    problems.install(app)
    # SecurityHeaders and CORS are added after RequestLog, because the middleware that is added last
    # is the outermost. Therefore the responses of RequestLog itself get these headers, too.
    # GZipMiddleware does not compress event streams.
    app.add_middleware(GZipMiddleware, compresslevel=6)
    app.add_middleware(RequestLimits, base=BASE)
    app.add_middleware(RequestLog)
    if settings.cors_origins:
        allow_origins(app, settings.cors_origins)
    app.add_middleware(SecurityHeaders)
    app.include_router(health.router)
    # The routes of listings and imports must come before the routes of companies, because the
    # route of one company would take the word detect in /companies/detect as a slug.
    modules = (
        runs,
        changes,
        throughput,
        logs,
        progress,
        listings,
        imports,
        preview,
        companies,
        jobs,
        searches,
        visits,
    )
    for module in modules:
        app.include_router(module.router, prefix=BASE, responses=problems.declared(*_COMMON_ERRORS))
    page.add_page(app, settings)
    add_docs(app, "/docs")
    complete_openapi(app)
    return app
