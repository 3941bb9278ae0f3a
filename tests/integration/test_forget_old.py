"""Tests that old rows are deleted, except those that are still needed."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, text

from include.core.runs.run_state import RunStatus
from include.pipeline.forget_old import forget_old
from tests.ingestion import USER, Ingestion

pytestmark = pytest.mark.integration
MONTH = timedelta(days=30)


def rows(engine: Engine, query: str, **values: object) -> list[tuple[object, ...]]:
    with engine.begin() as connection:
        return [tuple(row) for row in connection.execute(text(query), values)]


def age(engine: Engine, run_id: int, days: int) -> None:
    """Set the age in days of a run, its checks and its sweep."""
    tables = {"ingestion_runs": "run_id", "checks": "sweep_id", "sweeps": "sweep_id"}
    with engine.begin() as connection:
        for table, key in tables.items():
            connection.execute(
                text(
                    f"UPDATE {table} SET finished_at = now() - make_interval(days => :days)"
                    f" WHERE {key} = :run_id"
                ),
                {"days": days, "run_id": run_id},
            )


def forget(engine: Engine) -> dict[str, int]:
    return forget_old(engine, keep_runs=MONTH, keep_versions=MONTH)


NOTHING = {"runs": 0, "checks": 0, "sweeps": 0, "versions": 0}


def test_old_runs_are_forgotten_with_their_checks_and_their_jobs_stay(
    ingestion: Ingestion,
) -> None:
    engine = ingestion.engine
    ingestion.follow(["quillfern"])
    first = ingestion.run()
    ingestion.sites.world.set_day(2)
    second = ingestion.run()
    latest = ingestion.run()
    age(engine, first, days=40)
    age(engine, second, days=29)
    jobs = "SELECT job_id, status, posting FROM jobs ORDER BY job_id"
    of_user = "SELECT job_id, seen_version, expired FROM user_jobs ORDER BY job_id"
    before = rows(engine, jobs), rows(engine, of_user)
    assert forget(engine) == {**NOTHING, "runs": 1, "checks": 1, "sweeps": 1}
    remaining_runs = rows(engine, "SELECT run_id FROM ingestion_runs ORDER BY 1")
    assert remaining_runs == [(second,), (latest,)]
    assert rows(engine, "SELECT sweep_id FROM sweeps ORDER BY 1") == remaining_runs
    assert rows(engine, "SELECT DISTINCT sweep_id FROM checks ORDER BY 1") == remaining_runs
    assert rows(engine, "SELECT count(*) FROM run_jobs WHERE run_id = :r", r=first) == [(0,)]
    assert (rows(engine, jobs), rows(engine, of_user)) == before
    assert forget(engine) == NOTHING


def test_a_users_latest_run_and_runs_at_work_stay_however_old(ingestion: Ingestion) -> None:
    engine = ingestion.engine
    ingestion.follow(["quillfern"])
    ended = ingestion.run()
    going_on = ingestion.open().sweep_id
    age(engine, ended, days=400)
    age(engine, going_on, days=400)
    forget(engine)
    remaining_runs = rows(engine, "SELECT run_id, status FROM ingestion_runs")
    assert remaining_runs == [(going_on, RunStatus.INGESTING)]
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE ingestion_runs SET status = 'finished' WHERE user_id = :u"), {"u": USER}
        )
    forget(engine)
    assert rows(engine, "SELECT run_id FROM ingestion_runs") == [(going_on,)]


def test_a_check_stays_while_a_run_of_any_user_rests_on_it(ingestion: Ingestion) -> None:
    """Keep the check, because it alone stores the unchanged jobs of the runs that rest on it."""
    engine = ingestion.engine
    ingestion.follow(["quillfern"])
    ingestion.follow(["quillfern"], user="bob")
    shared = ingestion.start()
    other = ingestion.start(user="bob")
    ingestion.carry_out_all()
    ingestion.run()
    age(engine, shared, days=40)
    shown = {status: ingestion.outcomes(other, status) for status in ("ready", "skipped")}
    assert shown["ready"]
    assert forget(engine) == {**NOTHING, "runs": 1}
    assert {status: ingestion.outcomes(other, status) for status in shown} == shown


def test_a_boards_latest_check_stays_though_nobody_follows_it_any_more(
    ingestion: Ingestion,
) -> None:
    engine = ingestion.engine
    ingestion.follow(["quillfern"])
    run_id = ingestion.run()
    age(engine, run_id, days=400)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM ingestion_runs"))
    assert forget(engine) == NOTHING
    assert rows(engine, "SELECT sweep_id FROM checks") == [(run_id,)]


def test_more_than_one_helping_of_versions_is_forgotten_to_the_last_old_one(
    ingestion: Ingestion,
) -> None:
    engine = ingestion.engine
    ingestion.follow(["quillfern"])
    ingestion.run()
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO job_versions (job_id, version, sweep_id, changed_at, changes)"
                " SELECT (SELECT min(job_id) FROM jobs), n, 1, now() - make_interval(days => n),"
                " '{}' FROM generate_series(1, 12000) n"
            )
        )
    done = forget_old(engine, keep_runs=MONTH, keep_versions=timedelta(days=100))
    assert done["versions"] == 11_901
    assert rows(engine, "SELECT min(version), max(version) FROM job_versions") == [(1, 99)]
