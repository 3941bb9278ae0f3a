"""Tests of the times at which the scheduler of Airflow starts the daily runs."""

from datetime import UTC, datetime
from typing import Any

import pytest

pytestmark = [pytest.mark.dags, pytest.mark.xdist_group("dags")]


@pytest.mark.parametrize("hour", ["05:01", "07:00", "23:00"])
def test_new_installation_waits_for_the_hour(
    airflow_home: object, monkeypatch: pytest.MonkeyPatch, hour: str
) -> None:
    from airflow.sdk import timezone
    from airflow.serialization.encoders import coerce_to_core_timetable
    from airflow.timetables import trigger
    from airflow.timetables.base import TimeRestriction

    from dags.ingest_daily import ingest_daily

    now = datetime.fromisoformat(f"2026-03-01T{hour}:00+00:00")
    monkeypatch.setattr(trigger, "utcnow", lambda: timezone.coerce_datetime(now))
    timetable: Any = coerce_to_core_timetable(ingest_daily().timetable)
    first = timetable.next_dagrun_info(
        last_automated_data_interval=None,
        restriction=TimeRestriction(earliest=None, latest=None, catchup=False),
    )
    assert first.run_after == datetime(2026, 3, 2, 5, tzinfo=UTC)
