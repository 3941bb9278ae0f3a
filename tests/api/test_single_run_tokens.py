"""Tests that a token with ``only_run`` can read its run and do nothing else.

Every route that the OpenAPI document names is tried.
"""

import httpx
import pytest

from tests.api.conftest import RunningApi
from tests.api.test_runs import problem
from tests.api.world import World

pytestmark = pytest.mark.integration

_SHOWING = {
    ("get", "/api/ingestion/runs/{run_id}"),
    ("get", "/api/ingestion/runs/{run_id}/progress"),
    ("get", "/api/ingestion/runs/{run_id}/jobs"),
    ("get", "/api/ingestion/runs/{run_id}/logs"),
    ("get", "/api/ingestion/runs/{run_id}/changes"),
    ("get", "/api/ingestion/runs/{run_id}/throughput"),
    ("post", "/api/ingestion/runs/{run_id}/ticket"),
    ("get", "/api/ingestion/progress/{run_id}"),
}
_OPEN = {("get", "/live"), ("get", "/ready"), ("get", "/metrics")}
_COMPANY = {"source": "greenhouse", "config": {"board": "acme"}, "slug": "other"}


def routes(api: RunningApi) -> set[tuple[str, str]]:
    document = api.app.openapi()
    return {(method, path) for path, methods in document["paths"].items() for method in methods}


async def ask(
    http: httpx.AsyncClient, api: RunningApi, method: str, path: str, run_id: int
) -> httpx.Response:
    address = api.url + path.format(run_id=run_id, job_id=1, slug="acme", import_id=1, search_id=1)
    return await http.request(method, address, json=_COMPANY)


async def test_it_opens_no_route_but_those_that_show_its_run(api: RunningApi, world: World) -> None:
    run_id = world.ingesting_run("ada", "1")
    async with api.client(only_run=run_id) as http:
        others = routes(api) - _SHOWING - _OPEN
        assert len(others) >= 14
        for method, path in others:
            answer = await ask(http, api, method, path, run_id)
            assert problem(answer) == (403, "out_of_scope"), (method, path)
    assert world.states(run_id) == {"acme": {"1": "pending"}}


async def test_it_shows_its_run_to_its_end(api: RunningApi, world: World) -> None:
    run_id = world.ingesting_run("ada", "1")
    world.flush(run_id, {"1": "ready"})
    world.end(run_id)
    async with api.client(only_run=run_id) as http:
        for method, path in _SHOWING:
            answer = await ask(http, api, method, path, run_id)
            airflow_is_missing = path.endswith("/logs")
            assert answer.status_code == (503 if airflow_is_missing else 200), path
        ticket = (await http.post(f"/runs/{run_id}/ticket")).json()["ticket"]
    async with httpx.AsyncClient(trust_env=False) as nobody:
        stream = f"{api.url}/api/ingestion/progress/{run_id}"
        assert "status" in (await nobody.get(stream, params={"token": ticket})).text


async def test_it_shows_no_other_run_of_its_user_or_of_another(
    api: RunningApi, world: World
) -> None:
    hers = world.ingesting_run("ada", "1")
    world.flush(hers, {"1": "ready"})
    world.end(hers)
    other = world.ingesting_run("ada", "1")
    his = world.ingesting_run("bob", "1")
    async with api.client(only_run=hers) as http:
        for method, path in _SHOWING:
            for run_id in (other, his, 10**9):
                answer = await ask(http, api, method, path, run_id)
                assert problem(answer) == (403, "out_of_scope"), (method, path, run_id)
    async with api.client(only_run=his) as http:
        assert problem(await http.get(f"/runs/{his}")) == (404, "not_found")


@pytest.mark.parametrize("odd", ["7", 7.0, True, [7], {}])
async def test_a_token_with_an_invalid_only_run_is_refused(api: RunningApi, odd: object) -> None:
    async with api.client(only_run=odd) as http:
        assert problem(await http.get("/history")) == (401, "unauthorized")
