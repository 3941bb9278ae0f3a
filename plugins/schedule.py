"""When the daily schedule runs, as ``JOBHUNT_DAILY_AT`` says."""

from datetime import timedelta

from airflow.sdk import CronTriggerTimetable

from include.settings import get_settings


def daily_timetable() -> CronTriggerTimetable:
    """Return the timetable of ``ingest_daily``.

    A new installation waits for the hour: without a start date, a cron expression makes up for an
    hour that is up to a tenth of a day past, and so does ``run_immediately=False``.
    """
    return CronTriggerTimetable(
        get_settings().daily_at, timezone="UTC", run_immediately=timedelta(0)
    )
