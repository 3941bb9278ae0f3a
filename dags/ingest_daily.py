"""
### Starts the daily runs of all users who follow a company

It starts one run for each user who has an enabled company, unless the user's last run is still
active. Each board is checked once for all its followers. The boards are divided among sweeps of at
most `JOBHUNT_SWEEP_BOARDS` boards, and each sweep is one DAG run of `ingest_jobs`. The API's
dispatcher triggers a few of these DAG runs at a time. Runs that users start have priority. This DAG
runs at the times in `JOBHUNT_DAILY_AT`, a cron expression in UTC.
"""

from datetime import timedelta

from airflow.sdk import dag, task

from plugins import steps
from plugins.schedule import daily_timetable


@dag(
    schedule=daily_timetable(),
    catchup=False,
    max_active_runs=1,
    description="Starts the daily runs of all users who follow a company",
    doc_md=__doc__,
    is_paused_upon_creation=False,
    tags=["jobhunt"],
    default_args={
        "owner": "jobhunt",
        "retries": 3,
        "retry_delay": timedelta(seconds=30),
        "retry_exponential_backoff": True,
        "execution_timeout": timedelta(hours=1),
    },
)
def ingest_daily() -> None:
    task(steps.start_daily_runs)()


ingest_daily()
