"""What a run changed, over HTTP."""

import httpx
import pytest
from sqlalchemy import Engine, insert, select

from include.db.tables import job_versions, jobs
from tests.api.test_runs import problem
from tests.api.world import World

pytestmark = pytest.mark.integration


def change(engine: Engine, run_id: int, external_id: str, **fields: list[str]) -> None:
    """As the pipeline notes what a new extraction found different."""
    with engine.begin() as connection:
        job_id = connection.scalar(select(jobs.c.job_id).where(jobs.c.external_id == external_id))
        connection.execute(
            insert(job_versions).values(job_id=job_id, run_id=run_id, changes=fields)
        )


async def test_a_run_s_changes_are_told_field_by_field_and_page_by_page(
    http: httpx.AsyncClient, world: World, engine: Engine
) -> None:
    run_id = world.ingesting_run("ada", "1", "2", "3")
    change(engine, run_id, "1", title=["Cook", "Chef"])
    change(engine, run_id, "3", company=["Acme", "Acme Ltd"])
    world.flush(run_id, {"1": "ready", "2": "skipped", "3": "ready"})
    world.end(run_id)
    first = (await http.get(f"/runs/{run_id}/changes", params={"limit": 1})).json()
    assert (first["total"], first["fields"]) == (2, {"employer": 1, "title": 1})
    assert [(job["external_id"], job["changes"]) for job in first["items"]] == [
        ("1", {"title": ["Cook", "Chef"]})
    ]
    cursor = {"limit": 1, "cursor": first["next_cursor"]}
    second = (await http.get(f"/runs/{run_id}/changes", params=cursor)).json()
    assert [(job["external_id"], job["changes"]) for job in second["items"]] == [
        ("3", {"employer": ["Acme", "Acme Ltd"]})
    ]
    assert (second["next_cursor"], second["total"]) == (None, 2)


async def test_changes_of_other_runs_are_theirs(
    http: httpx.AsyncClient, world: World, engine: Engine
) -> None:
    earlier = world.ingesting_run("ada", "1")
    change(engine, earlier, "1", title=["Cook", "Chef"])
    world.flush(earlier, {"1": "ready"})
    world.end(earlier)
    later = world.ingesting_run("ada", "1")
    world.flush(later, {"1": "skipped"})
    world.end(later)
    answer = (await http.get(f"/runs/{later}/changes")).json()
    assert (answer["items"], answer["total"]) == ([], 0)


async def test_changes_of_no_run_are_not_there(http: httpx.AsyncClient) -> None:
    assert problem(await http.get("/runs/4711/changes")) == (404, "not_found")
