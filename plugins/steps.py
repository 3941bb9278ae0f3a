"""The steps of the pipeline as Airflow calls them: given its context, our connections and
settings, and with our errors turned into its own.

Each logs its end as one line, named as itself. That line, and any other of the task, says which
request, sweep and attempt it belongs to: ``run_id`` is the sweep's id, which is that of the run
that asked for it; Airflow's is ``dag_run_id``. The line of a batch also says what became of its
jobs: ``outcomes``, as ``include.core.outcomes.class_of`` has it.

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

from include.errors import JobhuntError, NothingToCheck, SweepSuperseded

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from sqlalchemy import Engine

    from include.db.sweeps import Sweep

P = ParamSpec("P")
R = TypeVar("R")

_log = structlog.get_logger(__name__)


def step(function: Callable[P, R]) -> Callable[P, R]:
    """Skip the tasks of a superseded sweep; fail at once what no retry can mend."""

    @functools.wraps(function)
    def stepped(*args: P.args, **kwargs: P.kwargs) -> R:
        _log_whose_it_is()
        began = time.monotonic()
        try:
            result = function(*args, **kwargs)
        except (SweepSuperseded, NothingToCheck) as error:
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
    """Skip the tasks that come next where ``function`` has left nothing to do.

    A short circuit does not reach them within a mapped task group (Airflow 3.3).
    """

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
    """Bind the ids to the log context and leave them bound, so that Airflow's later lines carry
    them."""
    context = get_current_context()
    conf = context["dag_run"].conf or {}
    known = {name: conf.get(name) for name in ("request_id", "run_id")}
    bind_contextvars(dag_run_id=context["run_id"], **known)


@step
def open_run() -> list[list[int]]:
    """Return the checks to list, in groups, each one task's worth."""
    from include.pipeline.open_run import AskedRun, open_run
    from include.settings import get_settings
    from plugins.connections import database

    params = get_current_context()["params"]
    asked = None
    if params["user_id"]:
        names = ("user_id", "companies", "force", "reextract")
        asked = AskedRun(**{name: params[name] for name in names})
    with database() as engine:
        groups = open_run(
            engine,
            dag_run_id=_dag_run_id(),
            sweep_id=params["run_id"],
            asked=asked,
            fresh_for=get_settings().fresh_for,
        )
        _log_sweep(engine)
    return groups


@step
def source_urls(checks: list[int]) -> None:
    """List the boards of a group of checks."""
    from include.db.checks import get_checks
    from include.fetch.listings import ListingClient
    from include.pipeline.source_urls import source_urls
    from include.settings import get_settings
    from plugins.crawling import fetch_options, manners, new_browser

    bind_contextvars(checks=checks)
    options = fetch_options()
    with _current_sweep() as (engine, sweep):
        with engine.connect() as connection:
            first, *others = get_checks(connection, checks)
        _label(f"{first.name} and {len(others)} more" if others else first.name)
        client = functools.partial(ListingClient, **options)
        source_urls(
            engine,
            sweep,
            checks,
            client=client,
            manners=manners(),
            deadline=get_settings().listing_deadline,
            browser=new_browser,
        )


@step
def upsert_jobs() -> None:
    """Take on the jobs that the listings named."""
    from include.pipeline.upsert_jobs import upsert_jobs
    from include.settings import get_settings

    with _current_sweep() as (engine, sweep):
        upsert_jobs(engine, sweep, reread_after=get_settings().reread_after)


@step
def mark_expired() -> dict[int, int]:
    """Expire the jobs that left their listing; how many are held, by check."""
    from include.pipeline.mark_expired import mark_expired
    from include.settings import get_settings

    settings = get_settings()
    with _current_sweep() as (engine, sweep):
        return mark_expired(
            engine,
            sweep,
            hold_ratio=settings.expiry_hold_ratio,
            hold_min=settings.expiry_hold_min,
            confirm_after=settings.confirm_after,
        )


@step
def plan_batches() -> list[int]:
    """Return the numbers of the batches to read."""
    from include.pipeline.plan_batches import plan_batches
    from include.settings import get_settings

    with _current_sweep() as (engine, sweep):
        return plan_batches(engine, sweep, batch_size=get_settings().batch_size)


@skips_next
@step
def crawl_pages(batch: int) -> int:
    """Crawl a batch; how many pages are left for ``extract_jobs``."""
    from include.pipeline.crawl_pages import crawl_pages
    from include.pipeline.extract_jobs import left_to_extract
    from plugins.crawling import crawl_tools

    _label(f"batch {batch + 1}")
    with _current_sweep() as (engine, sweep):
        came_to = crawl_pages(engine, sweep, batch, crawl_tools(), last_try=_is_last_try())
        bind_contextvars(outcomes=came_to)
        return left_to_extract(engine, sweep, batch)


@step
def extract_jobs(batch: int) -> None:
    from include.pipeline.extract_jobs import extract_jobs
    from plugins.connections import raw_pages

    _label(f"batch {batch + 1}")
    with _current_sweep() as (engine, sweep):
        came_to = extract_jobs(engine, sweep, batch, raw_pages(), last_try=_is_last_try())
        bind_contextvars(outcomes=came_to)


@step
def finish_run() -> str:
    """Close the sweep; fail when a check failed, so that Airflow shows the DAG run as failed,
    too."""
    from include.core.run_state import SweepStatus
    from include.pipeline.finish_run import finish_run
    from plugins.connections import database

    with database() as engine:
        status = finish_run(engine, _dag_run_id())
        _log_sweep(engine)
    if status in (None, SweepStatus.FAILED):
        raise AirflowFailException(f"the sweep ended: {status or 'it never began'}")
    return str(status)


@step
def start_daily_runs() -> dict[str, int]:
    """Open the day's runs and sweeps; how many."""
    from include.pipeline.start_daily_runs import start_daily_runs
    from include.settings import get_settings
    from plugins.connections import database

    settings = get_settings()
    with database() as engine:
        return start_daily_runs(
            engine, fresh_for=settings.fresh_for, sweep_boards=settings.sweep_boards
        )


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

    _label(f"sweep {stale['sweep_id']}")
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
def _current_sweep() -> Generator[tuple[Engine, Sweep]]:
    """Yield our database, and the sweep that this DAG run works for."""
    from include.pipeline.open_run import sweep_of
    from plugins.connections import database

    with database() as engine:
        sweep = sweep_of(engine, _dag_run_id())
        bind_contextvars(run_id=sweep.sweep_id, attempt=sweep.attempt)
        yield engine, sweep


def _log_sweep(engine: Engine) -> None:
    """Bind the ids of the sweep to the log context; it may have ended."""
    from include.db.sweeps import find_sweep

    with engine.connect() as connection:
        sweep = find_sweep(connection, _dag_run_id())
    if sweep is not None:
        bind_contextvars(run_id=sweep.sweep_id, attempt=sweep.attempt)


def _dag_run_id() -> str:
    return get_current_context()["run_id"]


def _is_last_try() -> bool:
    task = get_current_context()["ti"]
    return task.try_number > task.max_tries


def _label(text: str) -> None:
    """Name this mapped task in the grid, by its ``map_index_template``."""
    context: dict[str, Any] = get_current_context()  # type: ignore[assignment] # our own key
    context["label"] = text
