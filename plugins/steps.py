"""The steps of the pipeline as Airflow calls them: given its context, our connections and
settings, and with our errors turned into its own.

Each logs its end as one line, named as itself. That line, and any other of the task, says which
request, run and attempt it belongs to; ``run_id`` is ours, Airflow's is ``dag_run_id``. That of a
batch also says what became of its jobs: ``outcomes``, as ``include.core.outcomes.class_of`` has it.

Imports are inside the functions: Airflow parses a DAG file anew for every task, and the parser
needs none of them.
"""

from __future__ import annotations

import functools
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import structlog
from airflow.sdk import get_current_context
from airflow.sdk.exceptions import (
    AirflowFailException,
    AirflowSkipException,
    DownstreamTasksSkipped,
)
from structlog.contextvars import bind_contextvars

from include.errors import JobhuntError, RunSuperseded

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from sqlalchemy import Engine

    from include.db.runs import Run

P = ParamSpec("P")
R = TypeVar("R")

_log = structlog.get_logger(__name__)


def step(function: Callable[P, R]) -> Callable[P, R]:
    """A superseded run skips its tasks; an error that no retry can mend fails them at once."""

    @functools.wraps(function)
    def stepped(*args: P.args, **kwargs: P.kwargs) -> R:
        _log_whose_it_is()
        began = time.monotonic()
        try:
            result = function(*args, **kwargs)
        except RunSuperseded as error:
            raise AirflowSkipException(str(error)) from error
        except JobhuntError as error:
            if error.retryable:
                raise
            raise AirflowFailException(f"{error.code}: {error}") from error
        seconds = round(time.monotonic() - began, 3)
        _log.info(function.__name__, seconds=seconds, result=result)
        return result

    return stepped


def skips_next(function: Callable[P, int]) -> Callable[P, int]:
    """Where it has left nothing to do, the tasks that come next are skipped. A short circuit does
    not reach them within a mapped task group (Airflow 3.3)."""

    @functools.wraps(function)
    def skipping(*args: P.args, **kwargs: P.kwargs) -> int:
        left = function(*args, **kwargs)
        if not left:
            context = get_current_context()
            index = context["ti"].map_index
            next_ones = context["task"].downstream_task_ids
            raise DownstreamTasksSkipped(tasks=[(task_id, index) for task_id in next_ones])
        return left

    return skipping


def _log_whose_it_is() -> None:
    """For good: what Airflow logs of this task after us is to say it, too."""
    context = get_current_context()
    conf = context["dag_run"].conf or {}
    known = {name: conf.get(name) for name in ("request_id", "run_id")}
    bind_contextvars(dag_run_id=context["run_id"], **known)


@step
def open_run() -> list[list[str]]:
    from include.pipeline.open_run import open_run
    from plugins.connections import database

    params = get_current_context()["params"]
    with database() as engine:
        groups = open_run(
            engine,
            dag_run_id=_dag_run_id(),
            user_id=params["user_id"],
            companies=params["companies"],
            force=params["force"],
            reextract=params["reextract"],
            run_id=params["run_id"],
        )
        _log_run(engine)
    return groups


@step
def source_urls(companies: list[str]) -> None:
    from include.fetch.listings import ListingClient
    from include.pipeline.source_urls import source_urls
    from plugins.crawling import fetch_options, manners, new_browser

    first, *others = companies
    _label(f"{first} and {len(others)} more" if others else first)
    bind_contextvars(companies=companies)
    options = fetch_options()
    with _current_run() as (engine, run):
        client = functools.partial(ListingClient, **options)
        source_urls(engine, run, companies, client=client, manners=manners(), browser=new_browser)


@step
def upsert_jobs() -> int:
    from include.pipeline.upsert_jobs import upsert_jobs

    with _current_run() as (engine, run):
        return upsert_jobs(engine, run)


@step
def mark_expired() -> dict[str, int]:
    from include.pipeline.mark_expired import mark_expired
    from include.settings import get_settings

    settings = get_settings()
    with _current_run() as (engine, run):
        return mark_expired(
            engine,
            run,
            hold_ratio=settings.expiry_hold_ratio,
            hold_min=settings.expiry_hold_min,
        )


@step
def plan_batches() -> list[int]:
    from include.pipeline.plan_batches import plan_batches
    from include.settings import get_settings

    with _current_run() as (engine, run):
        return plan_batches(engine, run, batch_size=get_settings().batch_size)


@skips_next
@step
def crawl_pages(batch: int) -> int:
    """How many pages it has left for ``extract_jobs``."""
    from include.pipeline.crawl_pages import crawl_pages
    from include.pipeline.extract_jobs import left_to_extract
    from plugins.crawling import crawl_tools

    _label(f"batch {batch + 1}")
    with _current_run() as (engine, run):
        came_to = crawl_pages(engine, run, batch, crawl_tools(), last_try=_is_last_try())
        bind_contextvars(outcomes=came_to)
        return left_to_extract(engine, run, batch)


@step
def extract_jobs(batch: int) -> None:
    from include.pipeline.extract_jobs import extract_jobs
    from plugins.connections import raw_pages

    _label(f"batch {batch + 1}")
    with _current_run() as (engine, run):
        came_to = extract_jobs(engine, run, batch, raw_pages(), last_try=_is_last_try())
        bind_contextvars(outcomes=came_to)


@step
def finish_run() -> str:
    """Fails when the run ended in error, so that Airflow shows the DAG run as failed, too."""
    from include.core.run_state import RunStatus
    from include.pipeline.finish_run import finish_run
    from plugins.connections import database

    with database() as engine:
        status = finish_run(engine, _dag_run_id())
        _log_run(engine)
    if status in (None, RunStatus.ERROR):
        raise AirflowFailException(f"the ingestion run ended: {status or 'it never began'}")
    return str(status)


@step
def start_daily_runs() -> int:
    from include.pipeline.start_daily_runs import start_daily_runs
    from plugins.connections import database

    with database() as engine:
        return start_daily_runs(engine)


@step
def forget_old() -> dict[str, int]:
    from include.pipeline.forget_old import forget_old
    from include.settings import get_settings
    from plugins.connections import database

    settings = get_settings()
    with database() as engine:
        return forget_old(
            engine, keep_runs=settings.keep_runs, keep_versions=settings.keep_versions
        )


@step
def recover_run(stale: dict[str, int]) -> str | None:
    from include.pipeline.recover_run import recover_run
    from include.settings import get_settings
    from plugins.connections import database

    _label(f"run {stale['run_id']}")
    settings = get_settings()
    with database() as engine:
        done = recover_run(
            engine,
            **stale,
            stale_after=settings.stale_after,
            max_recoveries=settings.max_recoveries,
        )
    return done and str(done)


@contextmanager
def _current_run() -> Generator[tuple[Engine, Run]]:
    """Our database, and the run that this DAG run works for."""
    from include.pipeline.open_run import run_of
    from plugins.connections import database

    with database() as engine:
        run = run_of(engine, _dag_run_id())
        bind_contextvars(run_id=run.run_id, attempt=run.attempt)
        yield engine, run


def _log_run(engine: Engine) -> None:
    """As ``_current_run`` does; the run may have ended."""
    from include.db.runs import find_run

    with engine.connect() as connection:
        run = find_run(connection, _dag_run_id())
    if run is not None:
        bind_contextvars(run_id=run.run_id, attempt=run.attempt)


def _dag_run_id() -> str:
    return get_current_context()["run_id"]


def _is_last_try() -> bool:
    task = get_current_context()["ti"]
    return task.try_number > task.max_tries


def _label(text: str) -> None:
    """What the grid calls this mapped task, by its ``map_index_template``."""
    context: dict[str, Any] = get_current_context()  # type: ignore[assignment] # our own key
    context["label"] = text
