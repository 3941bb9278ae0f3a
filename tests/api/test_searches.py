"""Tests of saving searches, and of the numbers of postings that are listed with them."""

import asyncio
from dataclasses import replace
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, text

from include.db.user.saved_searches import save_search
from tests.api.conftest import RunningApi
from tests.api.test_job_search import listed, listed_again
from tests.api.test_postings import ended_run, extract
from tests.api.test_runs import problem
from tests.api.world import World

pytestmark = pytest.mark.integration


async def save(http: httpx.AsyncClient, name: str, query: str = "") -> dict[str, Any]:
    answer = await http.post("/searches", json={"name": name, "query": query})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def saved(http: httpx.AsyncClient) -> list[dict[str, Any]]:
    page = (await http.get("/searches")).json()
    assert page["next_cursor"] is None
    return page["items"]


async def test_a_saved_search_counts_what_its_links_list(
    http: httpx.AsyncClient, world: World, engine: Engine
) -> None:
    run_id = world.ingesting_run("ada", "1", "2", "3")
    for external_id, workplace in (("1", "remote"), ("2", "hybrid"), ("3", "remote")):
        extract(engine, external_id, title=f"Cook {external_id}", workplace=workplace)
    world.end(run_id)
    queries = {
        "everything": "",
        "far or near": "workplace=remote&workplace=hybrid",
        "remote": "?q=cook&workplace=remote&sort=pay",
        "this week": "posted_since=7d&unknown=posted_at",
        "whole catalogue": "scope=all&q=cook",
    }
    for name, query in queries.items():
        await save(http, name, query)
    await http.post("/visits")
    listed_again(world, "1", "2", "3", "4", "5")
    for external_id in ("4", "5"):
        extract(engine, external_id, title="Head cook", workplace="remote")

    numbers: dict[str, tuple[int, int]] = {}
    for search in await saved(http):
        counts = search["counts"]
        assert counts["exact"] is True
        numbers[search["name"]] = (counts["new"], counts["count"])
        answers = [
            (await http.get(f"/jobs?{search['query']}{new}")).json() for new in ("&new=true", "")
        ]
        assert numbers[search["name"]] == (answers[0]["count"], answers[1]["count"])
    assert numbers == {
        "everything": (2, 5),
        "far or near": (2, 5),
        "remote": (2, 4),
        "this week": (2, 5),
        "whole catalogue": (2, 5),
    }
    await http.post("/visits")
    assert {search["counts"]["new"] for search in await saved(http)} == {0}


async def test_a_hidden_and_a_closed_posting_are_not_counted(
    http: httpx.AsyncClient, world: World
) -> None:
    ended_run(world, "1", "2")
    await save(http, "all")
    job = (await listed(http))["items"][0]
    await http.put(f"/jobs/{job['job_id']}/tracking", json={"hidden": True})
    assert (await saved(http))[0]["counts"] == {"new": 1, "count": 1, "exact": True}
    listed_again(world, "1", "2", expired=True)
    assert (await saved(http))[0]["counts"] == {"new": 0, "count": 0, "exact": True}


async def test_a_search_is_renamed_and_deleted(http: httpx.AsyncClient) -> None:
    cook, nurse = await save(http, " Cooks ", "q=cook"), await save(http, "Nurses", "q=nurse")
    assert cook["name"] == "Cooks"
    path = f"/searches/{cook['search_id']}"
    assert problem(await http.patch(path, json={"name": "Nurses"})) == (409, "search_exists")
    assert (await http.patch(path, json={"name": "Cooks"})).json() == cook
    renamed = await http.patch(path, json={"name": "Zesty"})
    assert renamed.json() == cook | {"name": "Zesty"}
    assert [search["name"] for search in await saved(http)] == ["Nurses", "Zesty"]
    assert (await http.delete(path)).status_code == 204
    assert problem(await http.delete(path)) == (404, "not_found")
    assert await saved(http) == [nurse]


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("colour=red", "colour"),
        ("q=cook&new=true", "new"),
        ("limit=5", "limit"),
        ("cursor=x", "cursor"),
        ("pay_min=much", "pay_min"),
        ("country=DE&country=Germany", "country.1"),
        ("posted_since=yesterday", "posted_since"),
        ("q=a%00b", "q"),
        ("q=", "q"),
        ("workplace", "workplace.0"),
    ],
)
async def test_what_a_search_of_jobs_refuses_is_not_saved(
    http: httpx.AsyncClient, query: str, named: str
) -> None:
    answer = await http.post("/searches", json={"name": "x", "query": query})
    assert problem(answer) == (422, "invalid_request")
    (error,) = answer.json()["errors"]
    assert error["field"] == f"body.query.{named}"
    if named not in ("new", "limit", "cursor"):
        refusal = (await http.get(f"/jobs?{query}")).json()
        assert refusal["errors"] == [{**error, "field": f"query.{named}"}]
    assert await saved(http) == []


@pytest.mark.parametrize("body", [{"name": "  "}, {"name": "a\0b"}, {"name": "x" * 101}, {}])
async def test_a_search_needs_a_name(http: httpx.AsyncClient, body: dict[str, str]) -> None:
    assert problem(await http.post("/searches", json={"query": "", **body})) == (
        *(422, "invalid_request"),
    )


async def test_a_name_is_given_once_and_fifty_searches_are_saved_at_most(
    http: httpx.AsyncClient, engine: Engine
) -> None:
    await save(http, "0")
    again = await http.post("/searches", json={"name": "0", "query": "q=cook"})
    assert problem(again) == (409, "search_exists")
    with engine.begin() as connection:
        for number in range(1, 48):
            save_search(connection, "ada", str(number), "")
    answers = await asyncio.gather(
        *(http.post("/searches", json={"name": name, "query": ""}) for name in "abcd")
    )
    assert sorted(answer.status_code for answer in answers) == [201, 201, 409, 409]
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert problem(refused) == (409, "too_many_searches")
    assert len(await saved(http)) == 50


async def test_a_search_that_is_refused_by_now_is_shown_without_numbers(
    api: RunningApi, http: httpx.AsyncClient, world: World, engine: Engine
) -> None:
    ended_run(world, "1")
    await save(http, "catalogue", "scope=all")
    await save(http, "mine")
    old = await save(http, "old")
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE saved_searches SET query = 'flavour=sweet' WHERE search_id = :id"),
            {"id": old["search_id"]},
        )
    api.app.state.services = replace(api.app.state.services, all_public=False)
    counts = {search["name"]: search["counts"] for search in await saved(http)}
    assert counts == {
        "catalogue": None,
        "mine": {"new": 1, "count": 1, "exact": True},
        "old": None,
    }
    refused = await http.post("/searches", json={"name": "more", "query": "scope=all"})
    assert problem(refused) == (403, "catalogue_restricted")


async def test_searches_are_their_user_s_alone(api: RunningApi, http: httpx.AsyncClient) -> None:
    search = await save(http, "secret plan")
    async with api.client("bob") as bob:
        assert await saved(bob) == []
        path = f"/searches/{search['search_id']}"
        assert problem(await bob.patch(path, json={"name": "x"})) == (404, "not_found")
        assert problem(await bob.delete(path)) == (404, "not_found")
        assert (await save(bob, "secret plan"))["search_id"] != search["search_id"]
    assert await saved(http) == [search]
