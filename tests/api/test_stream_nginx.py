"""Tests of the stream behind nginx, both with its default buffering and with gzip for streams.

If gzip is on, nginx holds bytes back unless it is told to flush them.
"""

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from include.core.runs.run_state import RunStatus
from local.ports import free_port
from tests.api.conftest import RunningApi
from tests.api.sse import watching
from tests.api.world import World
from tests.programs import need_program

pytestmark = pytest.mark.integration

_CONFIGURATION = """
daemon off;
{user}
pid {here}/pid;
error_log {here}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {here}/body;
    proxy_temp_path {here}/proxy;
    fastcgi_temp_path {here}/fastcgi;
    uwsgi_temp_path {here}/uwsgi;
    scgi_temp_path {here}/scgi;
    gzip on;
    gzip_types text/event-stream;
    gzip_proxied any;
    gzip_http_version 1.0;
    server {{
        listen 127.0.0.1:{port};
        location / {{ proxy_pass {api}; }}
    }}
}}
"""


@pytest_asyncio.fixture
async def behind_nginx(api: RunningApi, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    port = free_port()
    user = "user root;" if os.geteuid() == 0 else ""
    configuration = tmp_path / "nginx.conf"
    configuration.write_text(
        _CONFIGURATION.format(here=tmp_path, port=port, api=api.url, user=user)
    )
    nginx = await asyncio.create_subprocess_exec(
        need_program("nginx"), "-e", "stderr", "-c", configuration
    )
    try:
        async with api.client() as http:
            http.base_url = httpx.URL(
                str(http.base_url).replace(api.url, f"http://127.0.0.1:{port}")
            )
            await answering(http)
            yield http
    finally:
        nginx.terminate()
        await nginx.wait()


async def answering(http: httpx.AsyncClient) -> None:
    async with asyncio.timeout(60):
        while True:
            try:
                await http.get("/history")
            except httpx.ConnectError:
                await asyncio.sleep(0.02)
            else:
                return


async def test_nginx_holds_no_event_back(behind_nginx: httpx.AsyncClient, world: World) -> None:
    run_id = world.ingesting_run("ada", "1")
    began = time.monotonic()
    async with watching(behind_nginx, run_id) as watcher:
        assert (await watcher.next()).event == "all_jobs"
        assert time.monotonic() - began < 1
        await watcher.until(lambda run: run.status is RunStatus.INGESTING)
        began = time.monotonic()
        world.flush(run_id, {"1": "crawling"})
        update = await watcher.next()
        assert json.loads(update.data) == {"acme": {"1": "crawling"}}
        assert time.monotonic() - began < 1
    assert watcher.response.headers["content-encoding"] == "gzip"
