"""What a process loads that workers are forked from."""

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
    """Once, though the files of this folder run twice in one process: for Airflow itself, and for
    the part of it that tasks have, whose listeners are looked for here as well."""
    if _first.acquire(blocking=False):
        warm_up()
        get_settings()  # kept: the environment of the forks is this one's
        get_listener_manager()  # or each task would run these files anew
