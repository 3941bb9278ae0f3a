"""Tests that another user's id and a missing id get the same response.

They cover every route and method that the OpenAPI document names.
"""

import re
from dataclasses import replace
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, text

from include.core.models import Page
from include.settings import Settings
from tests.api.conftest import RunningApi, run_api
from tests.api.test_runs import problem
from tests.api.world import World

pytestmark = pytest.mark.integration

_MISSING = {
    **dict.fromkeys(("run_id", "job_id", "import_id", "search_id"), 10**9),
    "slug": "never-seen",
}
_COMPANY = {"source": "greenhouse", "config": {"board": "acme"}}
_BODIES = {"tracking": {"state": "saved"}, "{search_id}": {"name": "nurses"}}
"""The request bodies of some routes, by the last part of the path.

All other routes get ``_COMPANY``.
"""
_OWN_NAMES = {("put", "/api/ingestion/companies/{slug}")}
"""The routes that are exempt.

Each user chooses their own slugs, so they tell nothing about others.
"""


def parameters(path: str) -> list[str]:
    return re.findall(r"{(\w+)}", path)


async def test_another_users_id_and_a_missing_one_look_the_same(
    api: RunningApi, http: httpx.AsyncClient, world: World, engine: Engine
) -> None:
    ended = world.ingesting_run("ada", "1")
    world.flush(ended, {"1": "failed"})
    world.end(ended)
    run_id = world.ingesting_run("ada", "1")
    with engine.begin() as connection:
        connection.execute(text("UPDATE jobs SET raw_key = 'raw/1/1.html'"))
        connection.execute(text("UPDATE boards SET private = true"))
    (job,) = (await http.get("/jobs")).json()["items"]
    imported = await http.post("/companies/import", json={"entries": ["Nobody"]})
    search = await http.post("/searches", json={"name": "cooks", "query": "q=cook"})
    theirs = {
        "run_id": run_id,
        "job_id": job["job_id"],
        "slug": "acme",
        "import_id": imported.json()["import_id"],
        "search_id": search.json()["search_id"],
    }
    document = api.app.openapi()
    matrix = [
        (method, path)
        for path, methods in document["paths"].items()
        for method in methods
        if parameters(path) and (method, path) not in _OWN_NAMES
    ]
    assert len(matrix) >= 11
    assert {name for _, path in matrix for name in parameters(path)} == theirs.keys()

    async def ask(method: str, path: str, ids: dict[str, Any]) -> httpx.Response:
        body = _BODIES.get(path.rpartition("/")[2], _COMPANY)
        return await bob.request(method, api.url + path.format(**ids), json=body)

    async with api.client("bob") as bob:
        for method, path in matrix:
            other, missing = [await ask(method, path, ids) for ids in (theirs, _MISSING)]
            assert problem(other) == (404, "not_found"), (method, path)
            assert other.json() == missing.json(), (method, path)
            differ = {"date", "x-request-id"}
            headers = [
                {k: v for k, v in answer.headers.items() if k not in differ}
                for answer in (other, missing)
            ]
            assert headers[0] == headers[1]
        whole = await bob.get("/jobs", params={"scope": "all", "open": "any"})
        assert whole.json()["items"] == []
        for method, path in _OWN_NAMES:
            assert (await ask(method, path, theirs)).status_code == 200
        for listing in ("/history", "/jobs"):
            assert (await bob.get(listing)).json()["items"] == []
        assert (await bob.get("/jobs", params={"q": "title"})).json()["items"] == []
    assert (await http.get(f"/runs/{run_id}")).json()["status"] == "ingesting"
    (company,) = (await http.get("/companies")).json()["items"]
    assert company["slug"] == "acme"


async def test_no_route_takes_an_id_that_is_none(api: RunningApi, http: httpx.AsyncClient) -> None:
    for path in api.app.openapi()["paths"]:
        if not {"run_id", "job_id"} & set(parameters(path)):
            continue
        for odd in ("0", "-1", str(2**63), "1e3", "x", "%00", "..%2f1"):
            answer = await http.request("HEAD", api.url + re.sub("{.*?}", odd, path))
            assert answer.status_code in (404, 405, 422), (path, odd)


async def test_a_posting_is_there_for_those_alone_whom_a_run_has_shown_it(
    engine: Engine, settings: Settings, world: World
) -> None:
    only_followed = settings.model_copy(update={"catalogue": "followed"})
    async with run_api(only_followed) as api, api.client() as http:
        await _assert_shown_alone(api, http, world, engine)


async def _assert_shown_alone(
    api: RunningApi, http: httpx.AsyncClient, world: World, engine: Engine
) -> None:
    run_id = world.ingesting_run("ada", "1", "2")
    world.flush_all(run_id, "ready")
    world.end(run_id)
    with engine.begin() as connection:
        connection.execute(text("UPDATE jobs SET raw_key = 'raw/1/1.html'"))

    class Store:
        async def get(self, key: str, *, url: str) -> Page:
            return Page(url=url, body=b"stored")

    api.app.state.services = replace(api.app.state.services, raw_pages=Store())
    jobs = {job["external_id"]: job["job_id"] for job in (await http.get("/jobs")).json()["items"]}

    async def answers(who: httpx.AsyncClient, external_id: str) -> set[int]:
        path = f"/jobs/{jobs[external_id]}"
        return {(await who.get(each)).status_code for each in (path, f"{path}/page")}

    async with api.client("bob") as bob:
        world.follow("bob", "bolt")
        assert await answers(bob, "1") == {404}, "bob follows another board"
        await bob.put("/companies/acme", json=_COMPANY | {"exclude_titles": ["Title of 2"]})
        assert await answers(bob, "1") == {404}, "bob had no run since"
        assert (await bob.post("/start", json={"companies": ["acme"]})).status_code == 202
        assert await answers(bob, "1") == {200}
        assert await answers(bob, "2") == {404}, "bob's filters leave it out"
        assert [job["external_id"] for job in (await bob.get("/jobs")).json()["items"]] == ["1"]
        refused = await bob.get("/jobs", params={"scope": "all"})
        assert problem(refused) == (403, "catalogue_restricted")
    assert await answers(http, "2") == {200}


async def test_what_one_user_makes_of_a_shared_board_is_not_seen_by_another(
    api: RunningApi, http: httpx.AsyncClient, world: World
) -> None:
    """Check that each follower of a board has their own runs, slugs, filters and new postings."""
    run_id = world.ingesting_run("ada", "1")
    world.flush_all(run_id, "ready")
    world.end(run_id)
    async with api.client("bob") as bob:
        await bob.put("/companies/secret-plan", json=_COMPANY | {"exclude_titles": ["intern"]})
        his = (await bob.post("/start")).json()["run_id"]
        for path in ("", "/jobs", "/changes", "/logs", "/throughput", "/progress"):
            assert problem(await http.get(f"/runs/{his}{path}")) == (404, "not_found")
        for path in ("/history", "/companies", "/jobs", f"/runs/{run_id}", f"/runs/{run_id}/jobs"):
            hers = (await http.get(path)).text
            assert "secret-plan" not in hers, path
            assert "intern" not in hers, path
        assert [run["run_id"] for run in (await http.get("/history")).json()["items"]] == [run_id]
        assert [run["run_id"] for run in (await bob.get("/history")).json()["items"]] == [his]
