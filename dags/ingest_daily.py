"""
### The day's run of everyone who follows a company

Starts one `ingest_jobs` run a user, as pressing start does: each is a row and an intent in our
database, and the API's dispatcher triggers them at a pace Airflow can take. A user whose last run
still goes on is left to it.
"""

from datetime import timedelta

from airflow.sdk import CronTriggerTimetable, dag, task

from plugins import steps


@dag(
    # A new installation waits for the hour. Without a start date a cron expression, and also
    # run_immediately=False, makes up for one that is up to a tenth of a day past.
    schedule=CronTriggerTimetable("0 5 * * *", timezone="UTC", run_immediately=timedelta(0)),
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
