"""Tests of the changes of a run, over HTTP."""

import httpx
import pytest
from sqlalchemy import Engine, insert, select

from include.db.tables import job_versions, jobs
from tests.api.conftest import RunningApi
from tests.api.test_runs import problem
from tests.api.world import World

pytestmark = pytest.mark.integration


def changed(engine: Engine, sweep_id: int, external_id: str, **fields: list[str]) -> None:
    """Record as the pipeline does that a new reading of the job changed ``fields``."""
    query = select(jobs.c.job_id, jobs.c.content_version).where(jobs.c.external_id == external_id)
    with engine.begin() as connection:
        job_id, version = connection.execute(query).one()
        row = {"job_id": job_id, "version": version, "sweep_id": sweep_id, "changes": fields}
        connection.execute(insert(job_versions).values(row))


def read(world: World, user: str, *external_ids: str, **changes: dict[str, list[str]]) -> int:
    """Carry out a run that reads these jobs, and finds those in ``changes`` changed.

    The names in ``changes`` are external ids. An external id that begins with a digit has an
    underscore before it, as in ``_1``.
    """
    run_id = world.ingesting_run(user, *external_ids)
    found = {name.removeprefix("_"): fields for name, fields in changes.items()}
    world.flush(run_id, dict.fromkeys(external_ids, "skipped") | dict.fromkeys(found, "ready"))
    for external_id, fields in found.items():
        changed(world.engine, run_id, external_id, **fields)
    world.end(run_id)
    return run_id


def first_reading(world: World, user: str, *external_ids: str) -> int:
    run_id = world.ingesting_run(user, *external_ids)
    world.flush_all(run_id, "ready")
    world.end(run_id)
    return run_id


async def test_a_run_s_changes_are_told_field_by_field_and_page_by_page(
    http: httpx.AsyncClient, world: World
) -> None:
    first_reading(world, "ada", "1", "2", "3")
    run_id = read(
        world,
        "ada",
        *("1", "2", "3"),
        _1={"title": ["Cook", "Chef"]},
        _3={"company": ["Acme", "Acme Ltd"]},
    )
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


async def test_each_run_has_only_its_own_changes(http: httpx.AsyncClient, world: World) -> None:
    first = first_reading(world, "ada", "1")
    earlier = read(world, "ada", "1", _1={"title": ["Cook", "Chef"]})
    later = read(world, "ada", "1")
    for run_id, total in ((first, 0), (earlier, 1), (later, 0)):
        answer = (await http.get(f"/runs/{run_id}/changes")).json()
        assert (len(answer["items"]), answer["total"]) == (total, total)


async def test_a_user_who_was_away_sees_the_first_and_the_last_value(
    api: RunningApi, world: World
) -> None:
    first_reading(world, "bob", "1", "2")
    first_reading(world, "ada", "1", "2")
    for number, (before, after) in enumerate([("Cook", "Chef"), ("Chef", "Head chef")]):
        there_and_back = [["Bern", "Bonn"], ["Bonn", "Bern"]][number]
        read(
            world,
            "ada",
            *("1", "2"),
            _1={"title": [before, after], "location": there_and_back},
            _2={"location": there_and_back},
        )
    read(world, "ada", "1", "2", _1={"team": ["Red", "Blue"]})
    async with api.client("bob") as bob:
        run_id = (await bob.post("/start")).json()["run_id"]
        changes = (await bob.get(f"/runs/{run_id}/changes")).json()
        again = (await bob.post("/start")).json()["run_id"]
        untold = (await bob.get(f"/runs/{again}/changes")).json()
    assert [(job["external_id"], job["changes"]) for job in changes["items"]] == [
        ("1", {"title": ["Cook", "Head chef"], "team": ["Red", "Blue"]})
    ]
    assert (changes["total"], changes["fields"]) == (1, {"team": 1, "title": 1})
    assert (untold["items"], untold["total"]) == ([], 0)


async def test_a_posting_that_is_new_to_a_user_has_not_changed_for_them(
    api: RunningApi, world: World
) -> None:
    first_reading(world, "ada", "1")
    read(world, "ada", "1", _1={"title": ["Cook", "Chef"]})
    world.follow("bob")
    async with api.client("bob") as bob:
        run_id = (await bob.post("/start")).json()["run_id"]
        assert (await bob.get(f"/runs/{run_id}")).json()["counts"]["added"] == 1
        assert (await bob.get(f"/runs/{run_id}/changes")).json()["items"] == []


async def test_the_changes_of_a_missing_run_are_404(http: httpx.AsyncClient) -> None:
    assert problem(await http.get("/runs/4711/changes")) == (404, "not_found")
