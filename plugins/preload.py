"""Loads what the DAG files and most tasks import, and what they load with the first page they read.
Airflow imports this folder once when it starts, before it forks its workers, so that a crawl finds
most of a second of work already done.
"""

from airflow.sdk import dag, task, task_group  # noqa: F401 # its decorators load when asked for

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

warm_up()
get_settings()  # kept: the environment of the forks is this one's
