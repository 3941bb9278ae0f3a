"""Another user's id and a missing one look the same: a matrix of every route and method that the
OpenAPI document names."""

import re
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, text

from tests.api.conftest import RunningApi
from tests.api.test_runs import problem
from tests.api.world import World

pytestmark = pytest.mark.integration

_MISSING = {"run_id": 10**9, "job_id": 10**9, "slug": "never-seen"}
_COMPANY = {"source": "greenhouse", "config": {"board": "acme"}}
_OWN_NAMES = {("put", "/api/ingestion/companies/{slug}")}
"""Slugs are each user's own names: following one says nothing of who else does."""


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
    (job,) = (await http.get("/jobs")).json()["items"]
    theirs = {"run_id": run_id, "job_id": job["job_id"], "slug": "acme"}
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
        return await bob.request(method, api.url + path.format(**ids), json=_COMPANY)

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
