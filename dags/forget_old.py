"""
### Forgets what is old

Runs that ended `JOBHUNT_KEEP_RUNS` ago, with what became of their jobs, and changes of postings
older than `JOBHUNT_KEEP_VERSIONS`. A user's latest run stays, and so do all jobs. Raw pages are
deleted by a rule of the bucket.
"""

from datetime import timedelta

from airflow.sdk import dag, task

from plugins import steps


@dag(
    schedule="0 3 * * *",
    catchup=False,
    max_active_runs=1,
    doc_md=__doc__,
    is_paused_upon_creation=False,
    tags=["jobhunt"],
    default_args={
        "retries": 3,
        "retry_delay": timedelta(minutes=1),
        "retry_exponential_backoff": True,
        "execution_timeout": timedelta(hours=1),
    },
)
def forget_old() -> None:
    task(steps.forget_old)()


forget_old()
