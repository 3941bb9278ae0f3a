"""A run's pace, over HTTP."""

from datetime import timedelta

import httpx
import pytest
from sqlalchemy import Engine, select, update

from include.core.outcomes import Failed
from include.core.run_state import RunStatus
from include.db.job_outcomes import write
from include.db.runs import touch
from include.db.tables import ingestion_runs, jobs, run_jobs
from tests.api.test_runs import problem
from tests.api.world import World

pytestmark = pytest.mark.integration


def settle(engine: Engine, run_id: int, took: float, seconds: dict[str, float | None]) -> None:
    """Has a run take ``took`` seconds, and its jobs be done so long after its start."""
    with engine.begin() as connection:
        this = ingestion_runs.c.run_id == run_id
        end = connection.scalars(select(ingestion_runs.c.finished_at).where(this)).one()
        start = end - timedelta(seconds=took)
        connection.execute(update(ingestion_runs).where(this).values(started_at=start))
        for external_id, after in seconds.items():
            settled = None if after is None else start + timedelta(seconds=after)
            connection.execute(
                update(run_jobs)
                .where(run_jobs.c.run_id == run_id, run_jobs.c.external_id == external_id)
                .values(settled_at=settled)
            )


async def test_jobs_are_counted_in_the_step_in_which_they_were_done(
    http: httpx.AsyncClient, world: World, engine: Engine
) -> None:
    run_id = world.ingesting_run("ada", "1", "2", "3", "4")
    world.flush(run_id, {"1": "ready", "2": "ready", "3": "ready", "4": "ready"})
    world.end(run_id)
    settle(engine, run_id, 4.5, {"1": 0.2, "2": 3.1, "3": 3.9, "4": None})
    answer = (await http.get(f"/runs/{run_id}/throughput")).json()
    assert answer == {"step_seconds": 1, "steps": [1, 0, 0, 2, 0]}


async def test_what_a_worker_wrote_counts_and_what_an_abort_gave_up_does_not(
    http: httpx.AsyncClient, world: World, engine: Engine
) -> None:
    run_id = world.ingesting_run("ada", "1", "2", "3")
    with engine.begin() as connection:
        version = touch(connection, run_id, 1, during=[RunStatus.INGESTING])
        done = connection.scalars(select(jobs.c.job_id).where(jobs.c.external_id != "3"))
        failed = [Failed(job_id=job, attempts=1, code="timeout", message="late") for job in done]
        write(connection, run_id, version, failed)
    world.end(run_id, RunStatus.ABORTED)
    answer = (await http.get(f"/runs/{run_id}/throughput")).json()
    assert sum(answer["steps"]) == 2


async def test_a_run_that_goes_on_has_no_steps_yet(http: httpx.AsyncClient, world: World) -> None:
    run_id = world.ingesting_run("ada", "1")
    assert (await http.get(f"/runs/{run_id}/throughput")).json()["steps"] == []


async def test_the_pace_of_no_run_is_not_there(http: httpx.AsyncClient) -> None:
    assert problem(await http.get("/runs/4711/throughput")) == (404, "not_found")
