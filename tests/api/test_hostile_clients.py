"""Tests that the API serves an honest user while hostile clients attack it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from pydantic import HttpUrl

from include.settings import Settings
from tests.api.conftest import run_api
from tests.api.hostile_clients import HOSTILE_CLIENTS
from tests.api.processes import api_process
from tests.api.test_auth import KeyServer, running_key_server, signed
from tests.api.world import World

pytestmark = pytest.mark.integration
_WITHIN = 30.0
"""The maximum time in seconds that the API may take to answer.

It is long, because the hostile clients and the test share the machine with the API.
"""
_COMPANY = {"source": "greenhouse", "config": {"board": "acme"}, "include_titles": ["/nurse|cook/"]}


def stock(world: World) -> int:
    """Give ada a run of 50 postings and mallory one of 3000, and return the id of ada's run."""
    run_id = 0
    for user, slug, count in (("mallory", "evil", 3000), ("ada", "acme", 50)):
        run_id = world.run(user, slug)
        world.initialize(run_id)
        world.list_jobs(run_id, *map(str, range(count)), company=slug)
        world.ingest(run_id)
        world.flush_all(run_id, "ready")
        world.end(run_id)
    return run_id


@pytest_asyncio.fixture
async def key_server() -> AsyncIterator[KeyServer]:
    async with running_key_server() as keys:
        yield keys


async def test_made_up_keys_and_a_key_server_that_drips_hold_nobody(
    world: World, settings: Settings, key_server: KeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.follow()
    honest, stranger = (
        {"Authorization": f"Bearer {signed(key_server.rsa, 'RS256', key_id)}"}
        for key_id in ("r", "made up")
    )
    changed_settings = settings.model_copy(update={"jwt_jwks": HttpUrl(key_server.url)})
    async with run_api(changed_settings) as api, api.client() as http:
        http.timeout = httpx.Timeout(_WITHIN)
        assert (await http.get("/history", headers=honest)).status_code == 200
        key_server.drips = True
        monkeypatch.setattr("api.auth._JWKS_PAUSE", 0)
        strangers = [asyncio.create_task(http.get("/history", headers=stranger)) for _ in range(50)]
        for _ in range(20):
            assert (await http.get("/history", headers=honest)).status_code == 200
        assert not all(each.done() for each in strangers)
        key_server.drips = False
        refused = await asyncio.gather(*strangers)
    assert {answer.status_code for answer in refused} == {401}


async def test_an_honest_user_is_served_beside_all_abusers(
    world: World, postgres_url: str, tmp_path: Path
) -> None:
    run_id = stock(world)
    async with api_process(postgres_url, tmp_path / "api.log") as api, api.client() as http:
        http.timeout = httpx.Timeout(_WITHIN)
        abuse = [asyncio.create_task(client(api.port)) for client in HOSTILE_CLIENTS]
        try:
            for _ in range(5):
                answers = [
                    await http.get(f"http://127.0.0.1:{api.port}/live"),
                    await http.get("/history"),
                    await http.get(f"/runs/{run_id}"),
                    await http.get("/jobs", params={"q": "title", "limit": 20}),
                    await http.put("/companies/acme", json=_COMPANY),
                ]
                assert [answer.status_code for answer in answers] == [200] * 5
            assert not [task for task in abuse if task.done()]
        finally:
            for task in abuse:
                task.cancel()
            await asyncio.gather(*abuse, return_exceptions=True)
