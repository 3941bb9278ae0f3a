"""Loading what tasks need into the process that workers are forked from."""

from threading import Lock

from airflow.sdk import dag, task, task_group  # noqa: F401 # its decorators load when asked for
from airflow.sdk.listener import get_listener_manager

from include.pipeline import (  # noqa: F401 # what tasks call
    crawl_pages,
    extract_jobs,
    mark_expired,
    plan_batches,
    source_urls,
    upsert_jobs,
)
from include.pipeline.warm_up import warm_up
from include.settings import get_settings
from plugins import crawling, deadlines, steps  # noqa: F401 # what DAG files import

_first = Lock()


def prepare() -> None:
    """Load settings, listeners and what the first page needs, once in this process.

    Airflow runs the files of this folder twice in one process: as plugins of its own, and when it
    looks for the listeners of tasks.
    """
    if _first.acquire(blocking=False):
        warm_up()
        get_settings()  # cached: the forks have the environment of this process
        get_listener_manager()  # otherwise each task would run these files again
