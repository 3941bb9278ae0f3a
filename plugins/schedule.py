"""Compute the times of the daily schedule (``JOBHUNT_DAILY_AT``)."""

from datetime import timedelta

from airflow.sdk import CronTriggerTimetable

from include.settings import get_settings


def daily_timetable() -> CronTriggerTimetable:
    """Return the timetable of ``ingest_daily``.

    A new installation waits for the next scheduled time. Without ``run_immediately=timedelta(0)``,
    Airflow would also run a DAG without a start date for a scheduled time that is up to a tenth of
    a day ago.
    """
    return CronTriggerTimetable(
        get_settings().daily_at, timezone="UTC", run_immediately=timedelta(0)
    )
