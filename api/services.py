"""Create the services that the routes use, and run the background tasks.

Each API process does this once.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import httpx
from pydantic import HttpUrl

from api.airflow import AirflowClient
from api.auth import Authenticator, make_authenticator
from api.database import Database
from api.dispatcher import Dispatcher
from api.import_worker import ImportWorker
from api.listener import Listener
from api.listing_service import ListingService
from api.rate_limits import RateLimits
from api.stream.clock import StreamTiming
from api.stream.hub import ProgressHub, StreamCaps
from include.db.engine import (
    make_async_engine,
    make_engine,
    make_unpooled_async_engine,
    psycopg_url,
)
from include.db.run.runs import PROGRESS_CHANNEL
from include.db.work.outbox import OUTBOX_CHANNEL
from include.errors import SettingError
from include.raw_pages import RawPages, S3Location
from include.settings import Settings
from include.tls import tls_context

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Services:
    database: Database
    authenticator: Authenticator
    airflow: AirflowClient | None
    """The client of Airflow.

    None if JOBHUNT_AIRFLOW_URL is not set; then sweeps wait in the outbox.
    """
    airflow_public_url: HttpUrl | None
    """The URL at which browsers reach Airflow; None if it is not set."""
    hub: ProgressHub
    timing: StreamTiming
    limits: RateLimits
    fresh_for: timedelta
    """The maximum age of a check that a run may use instead of a new check.

    The age is counted from the check's end. A request to start a run can state another maximum.
    """
    daily_at: str
    """The time of the daily schedule, as a cron expression in UTC."""
    all_public: bool
    """True if users may search and read the postings of boards that they do not follow."""
    listings: ListingService
    imports: ImportWorker
    raw_pages: RawPages


@asynccontextmanager
async def running_services(settings: Settings) -> AsyncGenerator[Services]:
    """Start the services and the background tasks, and end them after the block.

    Raises:
        SettingError: a setting that the API needs is missing.
    """
    if not settings.database_url:
        raise SettingError("JOBHUNT_DATABASE_URL", "must be set")
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(httpx.AsyncClient(timeout=5.0, verify=tls_context()))
        authenticator = make_authenticator(settings, http)
        engine = make_async_engine(settings.database_url)
        stack.push_async_callback(engine.dispose)
        airflow = _airflow(settings)
        if airflow is not None:
            stack.push_async_callback(airflow.aclose)
        listings = ListingService(make_engine(settings.database_url), settings)
        stack.push_async_callback(asyncio.to_thread, listings.close)
        database = Database(engine)
        imports = ImportWorker(database, listings, all_public=settings.catalogue == "all")
        hub = ProgressHub(
            engine,
            StreamCaps(per_user=settings.sse_max_streams_per_user, total=settings.sse_max_streams),
        )
        stack.push_async_callback(hub.aclose)
        tasks = await stack.enter_async_context(asyncio.TaskGroup())
        background = [
            tasks.create_task(_run_and_restart(function), name=function.__qualname__)
            for function in _background_functions(settings, airflow, hub, listings, imports)
        ]
        yield Services(
            database=database,
            authenticator=authenticator,
            airflow=airflow,
            airflow_public_url=settings.airflow_public_url,
            hub=hub,
            timing=StreamTiming(lifetime=settings.sse_max_lifetime),
            limits=RateLimits.of(settings),
            fresh_for=settings.fresh_for,
            daily_at=settings.daily_at,
            all_public=settings.catalogue == "all",
            listings=listings,
            imports=imports,
            raw_pages=_raw_pages(settings),
        )
        for task in background:
            task.cancel()


def _background_functions(
    settings: Settings,
    airflow: AirflowClient | None,
    hub: ProgressHub,
    listings: ListingService,
    imports: ImportWorker,
) -> list[Callable[[], Awaitable[None]]]:
    channels: dict[str, Callable[[str], None]] = {PROGRESS_CHANNEL: hub.wake}
    dispatcher = None
    if airflow is not None:
        dispatcher = Dispatcher(make_unpooled_async_engine(settings.database_url), airflow)
        channels[OUTBOX_CHANNEL] = dispatcher.wake

    def connected() -> None:
        hub.wake()
        if dispatcher is not None:
            dispatcher.wake()

    conninfo = psycopg_url(settings.database_url).set(drivername="postgresql")
    listener = Listener(
        conninfo.render_as_string(hide_password=False), channels, connected=connected
    )
    return [
        listener.run,
        hub.run,
        listings.stop_with_server,
        imports.run,
        *([dispatcher.run] if dispatcher else []),
    ]


def _airflow(settings: Settings) -> AirflowClient | None:
    if not settings.airflow_url:
        _log.warning("airflow_not_set", extra={"setting": "JOBHUNT_AIRFLOW_URL"})
        return None
    password = settings.airflow_password.get_secret_value()
    return AirflowClient(settings.airflow_url, settings.airflow_user, password)


def _raw_pages(settings: Settings) -> RawPages:
    return RawPages(
        S3Location(
            bucket=settings.s3_bucket,
            endpoint=settings.s3_endpoint or None,
            region=settings.s3_region,
            access_key=settings.s3_access_key or None,
            secret_key=settings.s3_secret_key.get_secret_value() or None,
        )
    )


async def _run_and_restart(function: Callable[[], Awaitable[None]]) -> None:
    """Run ``function``, and start it again one second after an unexpected error.

    The error is logged, and does not end the API.
    """
    while True:
        try:
            await function()
        except Exception:  # The API must not end because of a bug in one task.
            _log.exception("background_failed")
            await asyncio.sleep(1)
        else:
            return
