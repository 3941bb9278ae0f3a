"""Tests that run the examples in docs/consume.md exactly as they are written there."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from api.app import BASE
from tests.api.conftest import RunningApi, make_token
from tests.api.world import World
from tests.documented import example

pytestmark = pytest.mark.integration


@asynccontextmanager
async def running(api: RunningApi, *command: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run an example, and kill its process if it still runs when the block ends."""
    process = await asyncio.create_subprocess_exec(
        *command,
        env={"PATH": os.environ["PATH"], "API": api.url + BASE, "TOKEN": make_token()},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def output(process: asyncio.subprocess.Process) -> str:
    out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    return out.decode()


async def test_curl_finds_postings(api: RunningApi, world: World) -> None:
    run_id = world.ingesting_run("ada", "cook", "nurse")
    world.flush_all(run_id, "ready")
    world.end(run_id)
    async with running(api, "sh", "-c", example("sh")) as process:
        found = json.loads(await output(process))
    assert [job["external_id"] for job in found["items"]] == ["cook"]


async def test_curl_saves_a_search(api: RunningApi, world: World) -> None:
    run_id = world.ingesting_run("ada", "cook", "nurse")
    world.flush_all(run_id, "ready")
    world.end(run_id)
    async with running(api, "sh", "-c", example("sh", 1)) as process:
        saved = json.loads(await output(process))
    assert saved["counts"] == {"new": 1, "count": 1, "exact": True}


async def test_python_follows_a_run_across_a_lost_connection(api: RunningApi, world: World) -> None:
    run_id = world.ingesting_run("ada", "cook", "nurse")
    reader = api.app.state.services.hub._reader

    async def printed_title(process: asyncio.subprocess.Process) -> str:
        assert process.stdout is not None
        return json.loads(await process.stdout.readline())["title"]

    async def watched() -> None:
        while not any(run.streams for run in reader._runs.values()):  # noqa: ASYNC110 - the reader has no event to await
            await asyncio.sleep(0.02)

    command = (sys.executable, "-c", example("python"), str(run_id))
    async with asyncio.timeout(60), running(api, *command) as process:
        await watched()
        world.flush(run_id, {"cook": "ready"}, titles={"cook": "Head cook"})
        assert await printed_title(process) == "Head cook"
        reader.end_streams()
        await watched()
        world.flush(run_id, {"nurse": "ready"})
        assert await printed_title(process) == "Title of nurse"
        world.end(run_id)
        assert await output(process) == ""
