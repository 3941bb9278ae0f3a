"""Tests of the alert for slow runs. Airflow reads and evaluates it on SQLite."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

pytestmark = [pytest.mark.dags, pytest.mark.xdist_group("dags")]
QUEUED_AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
ADA: dict[str, Any] = {"user_id": "ada", "companies": None, "force": False, "run_id": 1}
SCHEDULED: dict[str, Any] = {"run_id": 2}
"""The conf that ``start_daily_runs`` uses.

It names no user, because the sweep works for all followers.
"""


@pytest.fixture
def session(airflow_home: object) -> Iterator["Session"]:
    """Yield a session, and roll it back afterwards."""
    from airflow.settings import Session as new_session

    assert new_session is not None
    with new_session() as session:
        yield session
        session.rollback()


class Past:
    def __init__(self, session: "Session") -> None:
        self.session = session
        self._numbers = count(1)

    def add(self, conf: dict[str, Any], state: str, seconds: float | None = None) -> str:
        from airflow.models import DagRun
        from airflow.utils.types import DagRunTriggeredByType, DagRunType

        run_id = f"ingest__{next(self._numbers)}__1"
        dag_run = DagRun(
            dag_id="ingest_jobs",
            run_id=run_id,
            run_type=DagRunType.MANUAL,
            triggered_by=DagRunTriggeredByType.TEST,
            run_after=QUEUED_AT,
            queued_at=QUEUED_AT,
            conf=conf,
            state=state,
        )
        if seconds is not None:
            dag_run.end_date = QUEUED_AT + timedelta(seconds=seconds)
        self.session.add(dag_run)
        self.session.flush()
        return run_id

    def due(self, conf: dict[str, Any]) -> float | None:
        """Return the seconds after its queueing at which a new run is due by the usual runtime.

        If the usual runtime is not known, return None. The five minutes that Airflow adds are
        subtracted.
        """
        from airflow.serialization.decoders import decode_deadline_reference
        from airflow.serialization.encoders import encode_deadline_reference

        from plugins.usual_runtime import UsualRuntime

        reference = decode_deadline_reference(encode_deadline_reference(UsualRuntime()))
        due = reference.evaluate_with(
            session=self.session,
            interval=timedelta(minutes=5),
            dag_id="ingest_jobs",
            run_id=self.add(conf, "queued"),
        )
        return None if due is None else (due - QUEUED_AT).total_seconds() - 300


@pytest.fixture
def past(session: "Session") -> Past:
    return Past(session)


def test_run_is_due_when_the_last_ones_of_its_kind_were_done(past: Past) -> None:
    for seconds in (10, 12, 400):
        past.add(ADA, "success", seconds)
    assert past.due({**ADA, "run_id": 2}) == 12


def test_two_runs_are_too_few_for_a_usual_runtime(past: Past) -> None:
    past.add(ADA, "success", 10)
    past.add(ADA, "success", 10)
    assert past.due(ADA) is None


@pytest.mark.parametrize(
    ("conf", "state"),
    [
        ({**ADA, "user_id": "bob"}, "success"),
        ({**ADA, "companies": ["acme"]}, "success"),
        ({**ADA, "force": True}, "success"),
        ({**ADA, "reextract": True}, "success"),
        ({**ADA, "recovers": "ingest__1__1"}, "success"),
        ({}, "success"),
        (SCHEDULED, "success"),
        (ADA, "failed"),
    ],
)
def test_runs_of_another_kind_and_failed_runs_do_not_count_for_the_usual_runtime(
    past: Past, conf: dict[str, Any], state: str
) -> None:
    for _ in range(3):
        past.add(conf, state, 10)
    assert past.due(ADA) is None


def test_companies_are_the_same_in_whatever_order(past: Past) -> None:
    for _ in range(3):
        past.add({**ADA, "companies": ["b", "a"]}, "success", 7)
    assert past.due({**ADA, "companies": ["a", "b"]}) == 7


def test_scheduled_sweeps_are_compared_with_one_another(past: Past) -> None:
    for seconds in (100, 120, 4000):
        past.add(SCHEDULED, "success", seconds)
    for _ in range(5):
        past.add(ADA, "success", 7)
        past.add({**SCHEDULED, "recovers": "ingest__1__1"}, "success", 5)
    assert past.due({"run_id": 3}) == 120


def test_sweeps_of_users_do_not_count_for_scheduled_ones(past: Past) -> None:
    for user in ("ada", "bob", "eve"):
        past.add({**ADA, "user_id": user}, "success", 7)
    assert past.due(SCHEDULED) is None
