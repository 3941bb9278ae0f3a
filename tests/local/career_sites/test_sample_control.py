import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from aiohttp.test_utils import TestClient, TestServer

from local.career_sites import truth
from local.career_sites.server import create_app
from local.career_sites.world import World

SEED = 7


async def test_turning_the_day_changes_what_is_served(client: TestClient):
    async with client.put("/day", json={"day": 4}) as response:
        assert await response.json() == {"day": 4}
    async with client.get("/v1/boards/heronworks/jobs") as response:
        found = [str(job["id"]) for job in (await response.json())["jobs"]]
    assert found == list(truth(SEED, 4)["heronworks"])


async def test_a_restart_resumes_the_day(tmp_path: Path):
    state = tmp_path / "day.json"
    first = World(seed=SEED, day=1, state=state)
    async with TestClient(TestServer(create_app(first))) as client:
        await client.put("/day", json={"day": 3})
    again = World(seed=SEED, day=1, state=state)
    async with (
        TestClient(TestServer(create_app(again))) as client,
        client.get("/day") as response,
    ):
        assert await response.json() == {"day": 3}


@pytest.mark.parametrize("content", ["", "[]", '{"day": "two"}', '{"day": 0}'])
def test_a_spoiled_state_file_is_named(tmp_path: Path, content: str):
    state = tmp_path / "day.json"
    state.write_text(content)
    with pytest.raises(ValueError, match=r"day\.json"):
        World(seed=SEED, day=1, state=state)


@pytest.mark.parametrize("body", ['{"day": 0}', '{"day": "2"}', '{"day": true}', "[]", "nonsense"])
async def test_an_impossible_day_is_refused(client: TestClient, body: str):
    async with client.put("/day", data=body) as response:
        assert response.status == 400
    async with client.get("/day") as response:
        assert await response.json() == {"day": 1}


@pytest.mark.parametrize(
    ("slug", "listing"),
    [
        ("heronworks", "/v1/boards/heronworks/jobs"),
        ("quillfern", "/v0/postings/quillfern"),
        ("pebbleworks", "/posting-api/job-board/pebbleworks"),
        ("fernhollow", "/fernhollow/sitemap.xml"),
        ("fernhollow", "/fernhollow/sitemap-2.xml.gz"),
        ("bracken-house", "/bracken-house/sitemap.xml"),
    ],
)
async def test_a_listing_fails_until_cleared_and_no_other_does(
    client: TestClient, slug: str, listing: str
):
    async with client.put("/faults", json={"listings": {slug: 503}}) as response:
        assert response.status == 200
    for _ in range(2):
        async with client.get(listing) as response:
            assert response.status == 503
            assert response.headers["Retry-After"] == "1"
    async with client.get("/v1/boards/tallowbridge/jobs") as response:
        assert response.status == 200
    await client.put("/faults", json={})
    async with client.get(listing) as response:
        assert response.status == 200


@pytest.mark.parametrize(
    "faults", [{"listings": {"nobody": 500}}, {"listings": {"quillfern": 200}}, {"listings": []}]
)
async def test_impossible_faults_are_refused(client: TestClient, faults: dict):
    async with client.put("/faults", json=faults) as response:
        assert response.status == 400


async def test_requests_are_counted_by_path_without_control_requests(client: TestClient):
    for path in ("/health", "/robots.txt", "/v0/postings/quillfern?skip=1", "/robots.txt"):
        await client.get(path)
    async with client.get("/requests") as response:
        assert await response.json() == {
            "total": 3,
            "paths": {"/robots.txt": 2, "/v0/postings/quillfern": 1},
        }
    await client.delete("/requests")
    async with client.get("/requests") as response:
        assert await response.json() == {"total": 0, "paths": {}}


def test_the_process_serves_quietly_and_stops_cleanly_on_sigterm():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "local.career_sites", "--port", str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        deadline = time.monotonic() + 30
        while not answers(port):
            assert time.monotonic() < deadline
            assert server.poll() is None
            time.sleep(0.05)
        os.kill(server.pid, signal.SIGTERM)
        output, _ = server.communicate(timeout=60)
    finally:
        server.kill()
        server.wait()
    assert server.returncode == 0
    assert output == b""


def answers(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/health", timeout=1) as response:
            return response.status == 200
    except (URLError, ConnectionError):
        return False
