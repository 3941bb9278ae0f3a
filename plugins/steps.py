"""The steps of the pipeline as Airflow calls them: given its context, our connections and
settings, and with our errors turned into its own.

Imports are inside the functions: Airflow parses a DAG file anew for every task, and the parser
needs none of them.
"""

import functools
import logging
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from airflow.sdk import get_current_context
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from include.errors import JobhuntError, RunSuperseded

log = logging.getLogger(__name__)
P = ParamSpec("P")
R = TypeVar("R")


def step(function: Callable[P, R]) -> Callable[P, R]:
    """A superseded run skips its tasks; an error that no retry can mend fails them at once."""

    @functools.wraps(function)
    def stepped(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except RunSuperseded as error:
            raise AirflowSkipException(str(error)) from error
        except JobhuntError as error:
            if error.retryable:
                raise
            raise AirflowFailException(f"{error.code}: {error}") from error

    return stepped


@step
def open_run() -> list[list[str]]:
    from include.pipeline.open_run import open_run
    from plugins.connections import database

    context = get_current_context()
    params = context["params"]
    return open_run(
        database(),
        dag_run_id=_dag_run_id(),
        user_id=params["user_id"],
        companies=params["companies"],
        force=params["force"],
        run_id=params["run_id"],
    )


@step
def source_urls(companies: list[str]) -> None:
    from include.fetch.listings import ListingClient
    from include.pipeline.open_run import run_of
    from include.pipeline.source_urls import source_urls
    from plugins.connections import database
    from plugins.crawling import fetch_options, manners

    first, *others = companies
    _label(f"{first} and {len(others)} more" if others else first)
    engine = database()
    source_urls(
        engine,
        run_of(engine, _dag_run_id()),
        companies,
        client=lambda: ListingClient(**fetch_options()),
        manners=manners(),
    )


@step
def upsert_jobs() -> int:
    from include.pipeline.open_run import run_of
    from include.pipeline.upsert_jobs import upsert_jobs
    from plugins.connections import database

    engine = database()
    return upsert_jobs(engine, run_of(engine, _dag_run_id()))


@step
def mark_expired() -> dict[str, int]:
    from include.pipeline.mark_expired import mark_expired
    from include.pipeline.open_run import run_of
    from include.settings import get_settings
    from plugins.connections import database

    engine = database()
    settings = get_settings()
    return mark_expired(
        engine,
        run_of(engine, _dag_run_id()),
        hold_ratio=settings.expiry_hold_ratio,
        hold_min=settings.expiry_hold_min,
    )


@step
def plan_batches() -> list[int]:
    from include.pipeline.open_run import run_of
    from include.pipeline.plan_batches import plan_batches
    from include.settings import get_settings
    from plugins.connections import database

    engine = database()
    run = run_of(engine, _dag_run_id())
    return plan_batches(engine, run, batch_size=get_settings().batch_size)


@step
def crawl_pages(batch: int) -> None:
    from include.fetch.pages import PageFetcher
    from include.pipeline.crawl_pages import CrawlTools, crawl_pages
    from include.pipeline.open_run import run_of
    from include.settings import get_settings
    from plugins.connections import database, raw_pages
    from plugins.crawling import fetch_options, manners

    _label(f"batch {batch + 1}")
    engine = database()
    tools = CrawlTools(
        fetcher=PageFetcher(**fetch_options()),
        raw_pages=raw_pages(),
        manners=manners(),
        simhash_threshold=get_settings().simhash_threshold,
    )
    crawl_pages(engine, run_of(engine, _dag_run_id()), batch, tools)


@step
def extract_jobs(batch: int) -> None:
    from include.pipeline.extract_jobs import extract_jobs
    from include.pipeline.open_run import run_of
    from plugins.connections import database, raw_pages

    _label(f"batch {batch + 1}")
    engine = database()
    extract_jobs(engine, run_of(engine, _dag_run_id()), batch, raw_pages())


@step
def finish_run() -> str | None:
    """Fails when the run ended in error, so that Airflow shows the DAG run as failed, too."""
    from include.core.run_state import RunStatus
    from include.pipeline.finish_run import finish_run
    from plugins.connections import database

    status = finish_run(database(), _dag_run_id())
    if status in (None, RunStatus.ERROR):
        raise AirflowFailException(f"the ingestion run ended: {status or 'it never began'}")
    return status


@step
def start_daily_runs() -> int:
    from include.pipeline.start_daily_runs import start_daily_runs
    from plugins.connections import database

    return start_daily_runs(database())


def _dag_run_id() -> str:
    return get_current_context()["run_id"]


def _label(text: str) -> None:
    """What the grid calls this mapped task, by its ``map_index_template``."""
    context: dict[str, Any] = get_current_context()  # type: ignore[assignment]
    context["label"] = text
