"""Tests of recording a deadline that Airflow reports as missed."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from include.core.runs.run_state import RunStatus
from include.db.run.progress import SlaMiss, read_run
from include.db.work.sla_misses import record_miss
from include.db.work.sweeps import Sweep
from include.pipeline.finish_run import finish_run
from include.pipeline.runs.abort_run import abort_run, close_idle_sweeps
from tests.made_up_runs import MadeUpRuns

pytestmark = pytest.mark.integration


@pytest.fixture
def runs(engine: Engine) -> MadeUpRuns:
    return MadeUpRuns(engine=engine)


def miss(
    runs: MadeUpRuns, dag_run_id: str | None, *, ago: timedelta = timedelta(seconds=2)
) -> Sweep | None:
    with runs.engine.begin() as connection:
        return record_miss(connection, dag_run_id or "", "deadline", datetime.now(UTC) - ago)


def shown(runs: MadeUpRuns, run_id: int) -> tuple[SlaMiss, ...]:
    with runs.engine.connect() as connection:
        report = read_run(connection, run_id)
    assert report is not None
    return report.sla_misses


def test_a_run_past_its_deadline_shows_a_miss_once(runs: MadeUpRuns) -> None:
    sweep = runs.ingesting()
    noted = miss(runs, sweep.dag_run_id)
    assert noted is not None
    assert noted.sweep_id == sweep.sweep_id
    assert miss(runs, sweep.dag_run_id) is None
    (seen,) = shown(runs, sweep.sweep_id)
    assert (seen.deadline, seen.attempt, seen.run_status) == ("deadline", 1, RunStatus.INGESTING)


def end(runs: MadeUpRuns, sweep: Sweep, *, aborted: bool) -> None:
    if not aborted:
        finish_run(runs.engine, sweep.dag_run_id)
        return
    with runs.engine.begin() as connection:
        cancelled = abort_run(connection, sweep.sweep_id)
    with runs.engine.begin() as connection:
        close_idle_sweeps(connection, cancelled or [])


@pytest.mark.parametrize("aborted", [True, False])
def test_a_sweep_that_ended_in_time_misses_nothing_though_its_dag_run_failed(
    runs: MadeUpRuns, aborted: bool
) -> None:
    sweep = runs.ingesting()
    end(runs, sweep, aborted=aborted)
    assert miss(runs, sweep.dag_run_id, ago=-timedelta(seconds=2)) is None
    assert shown(runs, sweep.sweep_id) == ()


def test_a_sweep_that_ended_just_after_its_deadline_missed_it(runs: MadeUpRuns) -> None:
    sweep = runs.ingesting()
    end(runs, sweep, aborted=True)
    assert miss(runs, sweep.dag_run_id, ago=timedelta(minutes=1)) is not None


def test_every_run_that_rests_on_a_late_sweep_shows_its_miss(runs: MadeUpRuns) -> None:
    sweep = runs.ingesting()
    runs.follow("acme", user_id="bob")
    other = runs.start("bob")
    runs.follow("bolt", user_id="eve")
    unconcerned = runs.start("eve")
    assert miss(runs, sweep.dag_run_id, ago=timedelta(0)) is not None
    assert len(shown(runs, sweep.sweep_id)) == len(shown(runs, other)) == 1
    assert shown(runs, unconcerned) == ()


def test_the_deadline_of_a_lost_attempt_is_noted_with_that_attempt(runs: MadeUpRuns) -> None:
    sweep = runs.ingesting()
    runs.silence(sweep.sweep_id)
    runs.recover(sweep.sweep_id)
    assert miss(runs, sweep.dag_run_id) is not None
    assert [seen.attempt for seen in shown(runs, sweep.sweep_id)] == [1]


def test_a_dag_run_that_opened_nothing_is_no_ones_miss(runs: MadeUpRuns) -> None:
    assert miss(runs, "manual__nobody") is None
