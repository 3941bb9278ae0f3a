"""Loads what most tasks import. Airflow imports this folder once when it starts, before it forks
its workers, so that a crawl finds half a second of imports already done.
"""

from include.pipeline import (  # noqa: F401 # loaded for the forks
    crawl_pages,
    extract_jobs,
    mark_expired,
    plan_batches,
    source_urls,
    upsert_jobs,
)
