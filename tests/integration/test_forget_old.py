"""What is old is forgotten, and nothing that anybody still goes by."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, text

from include.core.run_state import RunStatus
from include.pipeline.forget_old import forget_old
from tests.ingestion import USER, Ingestion

pytestmark = pytest.mark.integration
MONTH = timedelta(days=30)


def rows(engine: Engine, query: str, **values: object) -> list[tuple[object, ...]]:
    with engine.begin() as connection:
        return [tuple(row) for row in connection.execute(text(query), values)]


def age(engine: Engine, run_id: int, days: int) -> None:
    with engine.begin() as connection:
        connection.execute(
            text(
                "UPDATE ingestion_runs SET finished_at = now() - make_interval(days => :days)"
                " WHERE run_id = :run_id"
            ),
            {"days": days, "run_id": run_id},
        )


def test_old_runs_are_forgotten_and_their_jobs_stay(ingestion: Ingestion) -> None:
    engine = ingestion.engine
    ingestion.follow(["quillfern"])
    first = ingestion.run()
    ingestion.sites.world.turn_to(2)
    second = ingestion.run()
    latest = ingestion.run()
    age(engine, first, days=40)
    age(engine, second, days=29)
    jobs = rows(engine, "SELECT job_id, status, posting FROM jobs ORDER BY job_id")
    assert forget_old(engine, keep_runs=MONTH, keep_versions=MONTH) == {"runs": 1, "versions": 0}
    kept = rows(engine, "SELECT run_id FROM ingestion_runs ORDER BY 1")
    assert kept == [(second,), (latest,)]
    assert rows(engine, "SELECT DISTINCT run_id FROM run_jobs ORDER BY 1") == kept
    assert rows(engine, "SELECT job_id, status, posting FROM jobs ORDER BY job_id") == jobs
    assert forget_old(engine, keep_runs=MONTH, keep_versions=MONTH) == {"runs": 0, "versions": 0}


def test_a_users_latest_run_and_runs_at_work_stay_however_old(ingestion: Ingestion) -> None:
    engine = ingestion.engine
    ingestion.follow(["quillfern"])
    ended = ingestion.run()
    going_on = ingestion.open().run_id
    age(engine, ended, days=400)
    age(engine, going_on, days=400)
    forget_old(engine, keep_runs=MONTH, keep_versions=MONTH)
    kept = rows(engine, "SELECT run_id, status FROM ingestion_runs")
    assert kept == [(going_on, RunStatus.INGESTING)]
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE ingestion_runs SET status = 'finished' WHERE user_id = :u"), {"u": USER}
        )
    forget_old(engine, keep_runs=MONTH, keep_versions=MONTH)
    assert rows(engine, "SELECT run_id FROM ingestion_runs") == [(going_on,)]


def test_more_than_one_helping_of_versions_is_forgotten_to_the_last_old_one(
    ingestion: Ingestion,
) -> None:
    engine = ingestion.engine
    ingestion.follow(["quillfern"])
    ingestion.run()
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO job_versions (job_id, run_id, changed_at, changes)"
                " SELECT (SELECT min(job_id) FROM jobs), n, now() - make_interval(days => n), '{}'"
                " FROM generate_series(1, 12000) n"
            )
        )
    done = forget_old(engine, keep_runs=MONTH, keep_versions=timedelta(days=100))
    assert done["versions"] == 11_901
    assert rows(engine, "SELECT min(run_id), max(run_id) FROM job_versions") == [(1, 99)]
