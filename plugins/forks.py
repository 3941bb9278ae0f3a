"""Load the modules and data that tasks need, in the process from which workers are forked."""

from threading import Lock

from airflow.sdk import dag, task, task_group  # noqa: F401 # loaded before the fork for all tasks
from airflow.sdk.listener import get_listener_manager

from include.pipeline import (  # noqa: F401 # tasks call these
    crawl_pages,
    extract_jobs,
    mark_expired,
    plan_batches,
    source_urls,
    upsert_jobs,
)
from include.pipeline.pages.warm_up import warm_up
from include.settings import get_settings
from plugins import crawling, deadlines, steps  # noqa: F401 # DAG files and steps import these

# The lock is never released, so only the first call of ``prepare`` can acquire it.
_first_call = Lock()


def prepare() -> None:
    """Load the settings, the listeners and the data that reading a page needs.

    A second call in the same process does nothing. There is a second call because Airflow runs the
    files of this folder twice in one process: when it loads plugins, and when it searches for
    listeners of tasks.
    """
    if _first_call.acquire(blocking=False):
        warm_up()
        get_settings()  # The result is cached for the forks, which have the same environment.
        get_listener_manager()  # Otherwise each task would load the plugins again.
