"""Deadlines: what is recorded when Airflow says that one has passed."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from include.core.run_state import RunStatus
from include.db.progress import SlaMiss, read_run
from include.db.runs import Run, end_run
from include.db.sla_misses import record_miss
from tests.made_up_runs import MadeUpRuns

pytestmark = pytest.mark.integration


@pytest.fixture
def runs(engine: Engine) -> MadeUpRuns:
    return MadeUpRuns(engine=engine)


def miss(
    runs: MadeUpRuns, dag_run_id: str | None, *, ago: timedelta = timedelta(seconds=2)
) -> Run | None:
    with runs.engine.begin() as connection:
        return record_miss(connection, dag_run_id or "", "deadline", datetime.now(UTC) - ago)


def shown(runs: MadeUpRuns, run_id: int) -> tuple[SlaMiss, ...]:
    with runs.engine.connect() as connection:
        report = read_run(connection, run_id)
    assert report is not None
    return report.sla_misses


def test_run_past_its_deadline_shows_a_miss_once(runs: MadeUpRuns) -> None:
    run = runs.ingesting()
    noted = miss(runs, run.dag_run_id)
    assert noted is not None
    assert noted.run_id == run.run_id
    assert miss(runs, run.dag_run_id) is None
    (seen,) = shown(runs, run.run_id)
    assert (seen.deadline, seen.attempt, seen.run_status) == ("deadline", 1, RunStatus.INGESTING)


@pytest.mark.parametrize("status", [RunStatus.ABORTED, RunStatus.ERROR])
def test_run_that_ended_in_time_misses_nothing_though_its_dag_run_failed(
    runs: MadeUpRuns, status: RunStatus
) -> None:
    run = runs.ingesting()
    with runs.engine.begin() as connection:
        end_run(connection, run.run_id, status)
    assert miss(runs, run.dag_run_id, ago=-timedelta(seconds=2)) is None
    assert shown(runs, run.run_id) == ()


def test_run_that_ended_just_after_its_deadline_missed_it(runs: MadeUpRuns) -> None:
    run = runs.ingesting()
    with runs.engine.begin() as connection:
        end_run(connection, run.run_id, RunStatus.ABORTED)
    assert miss(runs, run.dag_run_id, ago=timedelta(minutes=1)) is not None


def test_deadline_of_a_lost_attempt_is_noted_with_that_attempt(runs: MadeUpRuns) -> None:
    run = runs.ingesting()
    runs.silence(run.run_id)
    runs.recover(run.run_id)
    assert miss(runs, run.dag_run_id) is not None
    assert [seen.attempt for seen in shown(runs, run.run_id)] == [1]


def test_dag_run_that_opened_no_run_is_no_ones_miss(runs: MadeUpRuns) -> None:
    assert miss(runs, "manual__nobody") is None
