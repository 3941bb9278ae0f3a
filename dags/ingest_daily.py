"""
### The day's run of everyone who follows a company

Opens a run of every such user, and checks every board that they follow once, whoever follows it:
the boards are dealt out to sweeps of up to `JOBHUNT_SWEEP_BOARDS`, each of which is one DAG run of
`ingest_jobs`. The API's dispatcher triggers them a few at a time, behind what people start
themselves. A user whose last run still goes on is left to it. `JOBHUNT_DAILY_AT` says when: a cron
expression, in UTC.
"""

from datetime import timedelta

from airflow.sdk import dag, task

from plugins import steps
from plugins.schedule import daily_timetable


@dag(
    schedule=daily_timetable(),
    catchup=False,
    max_active_runs=1,
    doc_md=__doc__,
    is_paused_upon_creation=False,
    tags=["jobhunt"],
    default_args={
        "retries": 3,
        "retry_delay": timedelta(seconds=30),
        "retry_exponential_backoff": True,
        "execution_timeout": timedelta(hours=1),
    },
)
def ingest_daily() -> None:
    task(steps.start_daily_runs)()


ingest_daily()
