"""### Carries out one sweep: lists, crawls and reads boards, once for all their followers

The API and `ingest_daily` write sweeps into the database, and the API's dispatcher triggers this
DAG with the id of each sweep (`run_id`). To start a run in Airflow, choose **Trigger** and name the
user. Leave *companies* empty for every enabled company. *Force* also crawls and reads unchanged
pages. *Re-extract* reads the stored pages again with the current extractors, and lists and fetches
nothing. Boards that were checked within `JOBHUNT_FRESH_FOR`, or are being checked, are not checked
again.

| task | what it does | when it fails |
|---|---|---|
| `open_run` | begins the sweep | the user has an active run, or no company |
| `source_urls` | lists boards, grouped by host | a board's error is stored with its check |
| `upsert_jobs` | stores listed postings as jobs: pending if there is a reason to read | retried |
| `mark_expired` | expires jobs that left their listing; holds doubtful listings | retried |
| `plan_batches` | divides the pending jobs among batches, packed by host | retried |
| `crawl_pages` | fetches, skips unchanged pages, stores and reads the others | a retry continues |
| `extract_jobs` | reads stored pages that were not read; mostly skipped | a retry continues |
| `finish_run` | closes the sweep; most checks have ended before | a check was not finished |

A sweep that is not done within `JOBHUNT_DEADLINE`, or that takes much longer than is usual for its
kind, has missed a deadline. The miss is recorded with the sweep, and the notifier in
`JOBHUNT_NOTIFIER` is called. `detect_stale_runs` recovers a sweep whose workers send no heartbeats,
in a new DAG run.

`extract_jobs` is skipped if the crawl has read all pages of its batch. Any other skipped task means
that there was nothing to do, or that the sweep has been cancelled or recovered. It is safe to clear
a failed task at any time. Postgres and S3 are the Connections `jobhunt_db` and `jobhunt_s3`. Each
sweep that ends updates the asset `jobhunt_postings`, on which other DAGs can be scheduled.
"""

from datetime import timedelta

from airflow.sdk import Asset, Param, dag, task, task_group

from plugins import steps
from plugins.deadlines import ingest_deadlines
from plugins.task_slots import tasks_at_once

_POSTINGS = Asset("jobhunt_postings")
_PARAMS = {
    "user_id": Param(
        None,
        type=["null", "string"],
        minLength=1,
        maxLength=128,
        title="User",
        description="The user whose companies to ingest; `demo` on a local stack.",
    ),
    "companies": Param(
        None,
        type=["null", "array"],
        items={"type": "string"},
        title="Companies",
        description="The companies' slugs, one on each line; empty for every enabled company.",
    ),
    "force": Param(
        False, type="boolean", title="Force", description="Crawl and read unchanged pages, too."
    ),
    "reextract": Param(
        False,
        type="boolean",
        title="Re-extract",
        description="Read the pages in the store again; list and fetch nothing.",
    ),
    "run_id": Param(
        None,
        type=["null", "integer"],
        title="Sweep",
        description="Set by the dispatcher for a sweep that waits in the database. Leave empty.",
    ),
}


@dag(
    schedule=None,
    description="Carries out one sweep: lists, crawls and reads boards for all followers",
    doc_md=__doc__,
    params=_PARAMS,
    is_paused_upon_creation=False,
    tags=["jobhunt"],
    deadline=ingest_deadlines(),
    max_active_tasks=tasks_at_once(),
    default_args={
        "owner": "jobhunt",
        "retries": 2,
        "retry_delay": timedelta(seconds=5),
        "retry_exponential_backoff": True,
        "execution_timeout": timedelta(hours=1),
    },
)
def ingest_jobs() -> None:
    groups = task(steps.open_run)()
    # Airflow takes the documentation from the function by itself only if the task is not mapped.
    sourced = task(
        steps.source_urls, map_index_template="{{ label }}", doc_md=steps.source_urls.__doc__
    ).expand(checks=groups)
    # all_done: if the task of one group fails, the boards of the other groups are still read.
    upserted = task(steps.upsert_jobs, trigger_rule="all_done")()
    expired = task(steps.mark_expired)()
    batches = task(steps.plan_batches)()

    @task_group
    def ingest_batch(batch: int) -> None:
        crawled = task(
            steps.crawl_pages,
            map_index_template="{{ label }}",
            # There is no timeout, because a slow host may take hours. A worker that stops working
            # is found by its missing heartbeat.
            execution_timeout=None,
        )(batch)
        extracted = task(
            # all_done: pages that were stored before a crawl failed are still read.
            steps.extract_jobs,
            map_index_template="{{ label }}",
            trigger_rule="all_done",
        )(batch)
        crawled >> extracted

    ingested = ingest_batch.expand(batch=batches)
    finished = task(steps.finish_run, trigger_rule="all_done", outlets=[_POSTINGS])()
    sourced >> upserted >> expired >> batches
    ingested >> finished


ingest_jobs()
