"""Loads what most tasks import, and what they load with the first page they read. Airflow imports
this folder once when it starts, before it forks its workers, so that a crawl finds most of a second
of work already done.
"""

from include.pipeline import (  # noqa: F401 # loaded for the forks
    crawl_pages,
    extract_jobs,
    mark_expired,
    plan_batches,
    source_urls,
    upsert_jobs,
)
from include.pipeline.warm_up import warm_up

warm_up()
