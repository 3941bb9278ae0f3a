"""
### Deletes old rows

It deletes

- runs that ended more than `JOBHUNT_KEEP_RUNS` ago, and the outcomes of their jobs;
- checks that ended more than `JOBHUNT_KEEP_RUNS` ago and that no run rests on;
- sweeps that ended more than `JOBHUNT_KEEP_RUNS` ago and have no check left, and their missed
  deadlines;
- changes of postings that are older than `JOBHUNT_KEEP_VERSIONS`.

The latest run of each user, the latest check of each board, and all jobs stay. A lifecycle rule of
the bucket deletes raw pages.
"""

from datetime import timedelta

from airflow.sdk import dag, task

from plugins import steps


@dag(
    schedule="0 3 * * *",
    catchup=False,
    max_active_runs=1,
    description="Deletes old rows",
    doc_md=__doc__,
    is_paused_upon_creation=False,
    tags=["jobhunt"],
    default_args={
        "owner": "jobhunt",
        "retries": 3,
        "retry_delay": timedelta(minutes=1),
        "retry_exponential_backoff": True,
        "execution_timeout": timedelta(hours=1),
    },
)
def forget_old() -> None:
    task(steps.forget_old)()


forget_old()
