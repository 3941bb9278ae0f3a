"""Tests of the preview of a run that has not been started yet."""

from dataclasses import replace

import httpx
import pytest
from sqlalchemy import Engine

from include.core.models import Company
from include.pipeline.companies.follow_company import follow_company
from tests.api.conftest import RunningApi
from tests.api.listings import FakeListings
from tests.api.test_listings import rows
from tests.api.test_runs import problem
from tests.api.world import World

pytestmark = pytest.mark.integration


def list_at_acme(api: RunningApi, *titles: str) -> None:
    """Let the board of acme list postings with these titles.

    Their external ids are ``0``, ``1``, …
    """
    listings = FakeListings({"acme": titles})
    api.app.state.services = replace(api.app.state.services, listings=listings)


async def test_a_preview_tells_new_retitled_and_gone_postings_and_writes_nothing(
    api: RunningApi, http: httpx.AsyncClient, world: World, engine: Engine
) -> None:
    run_id = world.ingesting_run("ada", "0", "1", "7")
    world.flush(run_id, {"0": "ready", "1": "ready", "7": "ready"})
    world.end(run_id)
    before = rows(engine)
    list_at_acme(api, "Title of 0", "Another title", "Never seen")
    answer = await http.post("/preview", json={"companies": ["acme"]})
    assert answer.status_code == 200, answer.text
    (found,) = answer.json()["companies"].values()
    assert [job["title"] for job in found["new"]] == ["Never seen"]
    assert [(job["before"], job["title"]) for job in found["changed"]] == [
        ("Title of 1", "Another title")
    ]
    assert [job["external_id"] for job in found["gone"]] == ["7"]
    assert (found["unchanged"], found["status"]) == (1, "complete")
    assert rows(engine) == before


async def test_jobs_that_no_longer_pass_the_filters_are_not_gone(
    api: RunningApi, http: httpx.AsyncClient, world: World, engine: Engine
) -> None:
    run_id = world.ingesting_run("ada", "7")
    world.flush(run_id, {"7": "ready"})
    world.end(run_id)
    with engine.begin() as connection:
        config = {"board": "acme"}
        company = Company(slug="acme", source="greenhouse", config=config, exclude_titles=("7",))
        follow_company(connection, "ada", company)
    list_at_acme(api)
    (found,) = (await http.post("/preview")).json()["companies"].values()
    assert found["gone"] == []


async def test_a_preview_of_a_company_that_is_not_followed_is_refused(
    http: httpx.AsyncClient, world: World
) -> None:
    world.follow("ada", "acme")
    assert problem(await http.post("/preview", json={"companies": ["nope"]})) == (
        422,
        "unknown_companies",
    )
