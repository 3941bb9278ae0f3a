"""Define the steps of the pipeline in the form in which Airflow calls them.

Each step gets Airflow's context, our connections and our settings, and raises Airflow's exceptions
instead of our errors. At its end it logs one line with the step's name. All log lines of a task
state the attempt, and the ids of the request, the sweep and the DAG run. ``run_id`` is the sweep's
id, which is also the id of the run that asked for the sweep. ``dag_run_id`` is Airflow's id. The
last line of a batch also has ``outcomes``, the numbers of jobs by outcome.
``include.core.checking.outcomes.count_name`` defines the names of the outcomes.

Each function imports the modules that it needs in its body, because Airflow parses a DAG file again
for every task, and parsing does not need these modules.
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

from include.errors import JobhuntError, NothingToCheck, SweepNeverBegan, SweepSuperseded

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from sqlalchemy import Engine

    from include.db.work.sweeps import Sweep

P = ParamSpec("P")
R = TypeVar("R")

_log = structlog.get_logger(__name__)


def step(function: Callable[P, R]) -> Callable[P, R]:
    """Return a function that calls the step, logs its end, and turns our errors into Airflow's.

    The task is skipped if its sweep was superseded or never began, or if there is nothing to check.
    It fails without a retry if our error says that a retry cannot help.
    """

    @functools.wraps(function)
    def call_step(*args: P.args, **kwargs: P.kwargs) -> R:
        _bind_ids()
        began = time.monotonic()
        try:
            result = function(*args, **kwargs)
        except (SweepSuperseded, SweepNeverBegan, NothingToCheck) as error:
            raise AirflowSkipException(str(error)) from error
        except JobhuntError as error:
            if error.retryable:
                raise
            raise AirflowFailException(f"{error.code}: {error}") from error
        seconds = round(time.monotonic() - began, 3)
        _log.info(function.__name__, seconds=seconds, result=result)
        return result

    return call_step


def skips_next(function: Callable[P, int]) -> Callable[P, int]:
    """Return a function that calls the step, and skips its downstream tasks if its result is 0.

    The step must return the amount of work that it leaves for these tasks. Airflow's own short
    circuit is not used, because it does not work within a mapped task group (Airflow 3.3).
    """

    @functools.wraps(function)
    def call_and_skip(*args: P.args, **kwargs: P.kwargs) -> int:
        remaining_work = function(*args, **kwargs)
        if remaining_work == 0:
            context = get_current_context()
            index = context["ti"].map_index
            task_ids = context["task"].downstream_task_ids
            raise DownstreamTasksSkipped(tasks=[(task_id, index) for task_id in task_ids])
        return remaining_work

    return call_and_skip


def _bind_ids() -> None:
    """Bind the ids of the DAG run, the request and the sweep to the log context.

    The ids stay bound, so that the lines that Airflow logs after the step have them, too.
    """
    context = get_current_context()
    conf = context["dag_run"].conf or {}
    conf_ids = {name: conf.get(name) for name in ("request_id", "run_id")}
    bind_contextvars(dag_run_id=context["run_id"], **conf_ids)


@step
def open_run() -> list[list[int]]:
    """Begin the sweep, and return the ids of the checks to list, one group for each task."""
    from include.pipeline.open_run import RunForm, open_run
    from include.settings import get_settings
    from plugins.connections import database

    params = get_current_context()["params"]
    form = None
    if params["user_id"]:
        names = ("user_id", "companies", "force", "reextract")
        form = RunForm(**{name: params[name] for name in names})
    with database() as engine:
        groups = open_run(
            engine,
            dag_run_id=_dag_run_id(),
            sweep_id=params["run_id"],
            form=form,
            fresh_for=get_settings().fresh_for,
        )
        _bind_sweep_ids(engine)
    return groups


@step
def source_urls(checks: list[int]) -> None:
    """List the boards of one group of checks."""
    from include.db.work.checks import get_checks
    from include.pipeline.source_urls import source_urls
    from include.settings import get_settings
    from plugins.crawling import clients

    bind_contextvars(checks=checks)
    with _current_sweep() as (engine, sweep):
        with engine.connect() as connection:
            first, *others = get_checks(connection, checks)
        _set_label(f"{first.name} and {len(others)} more" if others else first.name)
        source_urls(
            engine,
            sweep,
            checks,
            clients=clients(),
            deadline=get_settings().listing_deadline,
            private_hosts=get_settings().allowed_private_hosts,
        )


@step
def upsert_jobs() -> None:
    """Make every listed posting a job of its check."""
    from include.pipeline.upsert_jobs import upsert_jobs
    from include.settings import get_settings

    with _current_sweep() as (engine, sweep):
        upsert_jobs(engine, sweep, reread_after=get_settings().reread_after)


@step
def mark_expired() -> dict[int, int]:
    """Expire the jobs that left their listing, and return the number of held jobs by check id."""
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
    """Divide the pending jobs among batches, and return the numbers of the batches."""
    from include.pipeline.plan_batches import plan_batches
    from include.settings import get_settings
    from plugins.task_slots import tasks_at_once

    with _current_sweep() as (engine, sweep):
        return plan_batches(
            engine,
            sweep,
            batch_size=get_settings().batch_size,
            workers=tasks_at_once(),
        )


@skips_next
@step
def crawl_pages(batch: int) -> int:
    """Crawl a batch, and return the number of pages that are left for ``extract_jobs``."""
    from include.pipeline.crawl_pages import crawl_pages
    from include.pipeline.extract_jobs import left_to_extract
    from plugins.crawling import crawl_tools

    _set_label(f"batch {batch + 1}")
    with _current_sweep() as (engine, sweep):
        outcomes = crawl_pages(engine, sweep, batch, crawl_tools(), last_try=_is_last_try())
        bind_contextvars(outcomes=outcomes)
        return left_to_extract(engine, sweep, batch)


@step
def extract_jobs(batch: int) -> None:
    """Read the stored pages of a batch that the crawl has not read."""
    from include.pipeline.extract_jobs import extract_jobs
    from plugins.connections import raw_pages

    _set_label(f"batch {batch + 1}")
    with _current_sweep() as (engine, sweep):
        outcomes = extract_jobs(engine, sweep, batch, raw_pages(), last_try=_is_last_try())
        bind_contextvars(outcomes=outcomes)


@step
def finish_run() -> str:
    """Close the sweep, and return its status.

    If the sweep failed, fail the task, so that Airflow shows the DAG run as failed, too.
    """
    from include.core.runs.run_state import SweepStatus
    from include.pipeline.finish_run import finish_run
    from plugins.connections import database

    with database() as engine:
        status = finish_run(engine, _dag_run_id())
        _bind_sweep_ids(engine)
    if status in (None, SweepStatus.FAILED):
        reason = f"the sweep {status}" if status else "open_run began no sweep; see its log"
        raise AirflowFailException(reason)
    return str(status)


@step
def start_daily_runs() -> dict[str, int]:
    """Start the daily runs and their sweeps.

    Return the number of runs and the number of sweeps.
    """
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
    """Delete old rows, and return the number of deleted rows of each kind."""
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
    """Recover a stale sweep, and return the remedy that was applied; None if it is not stale."""
    from include.pipeline.recover_run import recover_run
    from include.settings import get_settings
    from plugins.connections import database

    _set_label(f"sweep {stale['sweep_id']}")
    settings = get_settings()
    with database() as engine:
        remedy = recover_run(
            engine,
            **stale,
            stale_after=settings.stale_after,
            max_recoveries=settings.max_recoveries,
        )
    return None if remedy is None else str(remedy)


@contextmanager
def _current_sweep() -> Generator[tuple[Engine, Sweep]]:
    """Yield an engine for our database, and the sweep that this DAG run works for."""
    from include.pipeline.open_run import sweep_of
    from plugins.connections import database

    with database() as engine:
        sweep = sweep_of(engine, _dag_run_id())
        bind_contextvars(run_id=sweep.sweep_id, attempt=sweep.attempt)
        yield engine, sweep


def _bind_sweep_ids(engine: Engine) -> None:
    """Bind the ids of the DAG run's sweep, which may have ended, to the log context.

    The key ``run_id`` of a log line is documented to hold the sweep's id.
    """
    from include.db.work.sweeps import find_sweep

    with engine.connect() as connection:
        sweep = find_sweep(connection, _dag_run_id())
    if sweep is not None:
        bind_contextvars(run_id=sweep.sweep_id, attempt=sweep.attempt)


def _dag_run_id() -> str:
    return get_current_context()["run_id"]


def _is_last_try() -> bool:
    task = get_current_context()["ti"]
    return task.try_number > task.max_tries


def _set_label(text: str) -> None:
    """Set the name that the grid shows for this mapped task (its ``map_index_template``)."""
    # The annotation is needed because Airflow's type Context does not declare the key ``label``.
    context: dict[str, Any] = get_current_context()  # type: ignore[assignment]
    context["label"] = text
