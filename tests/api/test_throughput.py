"""Tests of the throughput of a run, read over HTTP."""

from datetime import timedelta

import httpx
import pytest
from sqlalchemy import Engine, text

from include.core.checking.outcomes import Failed
from include.core.runs.run_state import RunStatus
from include.db.catalogue.job_outcomes import write
from tests.api.test_runs import problem
from tests.api.world import World

pytestmark = pytest.mark.integration


def begin_ago(engine: Engine, seconds: float, done: dict[str, float | None]) -> None:
    """Let all runs and checks begin ``seconds`` ago.

    ``done`` holds, by external id, the seconds after the start at which a job was settled. If the
    value is None, the job has not been settled.
    """
    with engine.begin() as connection:
        for table in ("checks", "ingestion_runs"):
            connection.execute(
                text(f"UPDATE {table} SET started_at = now() - make_interval(secs => :s)"),
                {"s": seconds},
            )
        for external_id, after in done.items():
            connection.execute(
                text(
                    "UPDATE jobs SET settled_at = now() - make_interval(secs => :s)"
                    " WHERE external_id = :id"
                ),
                {"s": None if after is None else seconds - after, "id": external_id},
            )


async def steps(http: httpx.AsyncClient, run_id: int) -> list[int]:
    answer = (await http.get(f"/runs/{run_id}/throughput")).json()
    assert answer["step_seconds"] == 1
    return answer["steps"]


async def test_jobs_are_counted_in_the_step_in_which_they_were_done(
    http: httpx.AsyncClient, world: World, engine: Engine
) -> None:
    run_id = world.ingesting_run("ada", "1", "2", "3", "4")
    world.flush(run_id, {"1": "ready", "2": "skipped", "3": "failed", "4": "ready"})
    begin_ago(engine, 4.5, {"1": 0.2, "2": 3.1, "3": 3.9, "4": None})
    world.end(run_id)
    answer = (await http.get(f"/runs/{run_id}/throughput")).json()
    assert answer == {"step_seconds": 1, "steps": [1, 0, 0, 2, 0]}


async def test_pace_of_a_run_is_that_of_all_its_checks_and_stays_when_later_ones_follow(
    http: httpx.AsyncClient, world: World, engine: Engine
) -> None:
    run_id = world.run("ada", "acme", "beta")
    world.initialize(run_id)
    world.list_jobs(run_id, "1", "2", company="acme")
    world.list_jobs(run_id, "3", company="beta")
    world.ingest(run_id)
    world.flush_all(run_id, "ready")
    begin_ago(engine, 2.5, {"1": 0.5, "2": 1.5, "3": 1.9})
    world.end(run_id)
    assert await steps(http, run_id) == [1, 2, 0]
    later = world.run("ada")
    world.initialize(later)
    world.list_jobs(later, "1", "2", company="acme")
    world.ingest(later)
    assert await steps(http, run_id) == [1, 2, 0]


async def test_what_was_done_before_the_run_began_does_not_count(
    http: httpx.AsyncClient, world: World, engine: Engine
) -> None:
    first = world.ingesting_run("bob", "1", "2", "3")
    world.flush_all(first, "ready")
    begin_ago(engine, 5.5, {"1": 0.5, "2": 2.5, "3": 4.5})
    world.end(first)
    adopting = world.run("ada", max_age=timedelta(minutes=10))
    assert await steps(http, adopting) == [0]


async def test_what_a_worker_wrote_counts_and_what_an_abort_gave_up_does_not(
    http: httpx.AsyncClient, world: World, engine: Engine
) -> None:
    run_id = world.ingesting_run("ada", "1", "2", "3")
    with engine.begin() as connection:
        check_of = {
            row.job_id: row.check_id
            for row in connection.execute(
                text("SELECT job_id, check_id FROM jobs WHERE external_id <> '3'")
            )
        }
        failed = [Failed(job_id=job, code="timeout", message="late") for job in check_of]
        write(connection, run_id, check_of, failed)
    world.end(run_id, RunStatus.ABORTED)
    assert sum(await steps(http, run_id)) == 2


async def test_jobs_that_left_the_listing_do_not_count_as_done(
    http: httpx.AsyncClient, world: World, engine: Engine
) -> None:
    run_id = world.ingesting_run("ada", "1", "2")
    world.flush_all(run_id, "ready")
    with engine.begin() as connection:
        expired = "UPDATE jobs SET status = 'expired', expire_reason = :why WHERE external_id = :id"
        connection.execute(text(expired), {"why": "unlisted", "id": "1"})
        connection.execute(text(expired), {"why": "gone", "id": "2"})
    world.end(run_id)
    assert sum(await steps(http, run_id)) == 1


async def test_a_run_that_goes_on_has_no_steps_yet(http: httpx.AsyncClient, world: World) -> None:
    run_id = world.ingesting_run("ada", "1")
    assert (await http.get(f"/runs/{run_id}/throughput")).json()["steps"] == []


async def test_the_throughput_of_a_missing_run_is_404(http: httpx.AsyncClient) -> None:
    assert problem(await http.get("/runs/4711/throughput")) == (404, "not_found")
