"""Tests that nginx with the shipped configuration logs no token, whatever fails behind it."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from local.ports import free_port
from tests.deploy.test_compose_file import ROOT
from tests.programs import need_program

pytestmark = pytest.mark.integration
_TOKEN = "canary-eyJhbGciOiJIUzI1NiJ9"
_STREAM = f"/api/ingestion/progress/1?token={_TOKEN}"


@dataclass(frozen=True, kw_only=True)
class Nginx:
    port: int
    logs: tuple[Path, Path]

    @property
    def logged(self) -> str:
        """The text of both logs."""
        return "".join(log.read_text() for log in self.logs)


@asynccontextmanager
async def running_nginx(here: Path, upstream: int, level: str) -> AsyncIterator[Nginx]:
    """Run nginx with the shipped configuration.

    Only the paths, the addresses, the log level and the number of connections are changed.
    """
    port, errors, accesses = free_port(), here / "error.log", here / "access.log"
    configuration = (ROOT / "deploy/nginx/nginx.conf").read_text()
    for shipped, own in {
        # This text is replaced first, because the other replacements can contain it.
        " /tmp/": f" {here}/",
        "/dev/stderr warn": f"{errors} {level}",
        "/dev/stdout": str(accesses),
        "listen 8080": f"listen 127.0.0.1:{port}",
        "http://api:8000": f"http://127.0.0.1:{upstream}",
        "worker_connections 8192": "worker_connections 512",
    }.items():
        assert shipped in configuration
        configuration = configuration.replace(shipped, own)
    if os.geteuid() == 0:
        configuration = f"user root;\n{configuration}"
    file = here / "nginx.conf"
    file.write_text(configuration)
    nginx = await asyncio.create_subprocess_exec(
        need_program("nginx"), "-e", errors, "-c", file, "-g", "daemon off;"
    )
    try:
        async with asyncio.timeout(60), httpx.AsyncClient(trust_env=False) as http:
            while True:
                try:
                    await http.get(f"http://127.0.0.1:{port}/nginx-live")
                    break
                except httpx.ConnectError:
                    await asyncio.sleep(0.02)
        yield Nginx(port=port, logs=(errors, accesses))
    finally:
        nginx.terminate()
        await nginx.wait()


@asynccontextmanager
async def upstream(response: bytes) -> AsyncIterator[int]:
    """Yield the port of a server that answers every request with ``response`` and then closes."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(response)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def send(port: int, request: str) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request.encode())
    await reader.read()
    writer.close()


@pytest.mark.parametrize("level", ["warn", "debug"])
@pytest.mark.parametrize(
    "response",
    [
        b"",
        b"garbage\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\ncut",
        b"HTTP/1.1 200 OK\r\nA: " + b"x" * 100_000,
        None,
    ],
    ids=["no response", "garbage", "cut", "a large header", "refused"],
)
async def test_no_fault_of_the_api_puts_a_token_into_a_log(
    tmp_path: Path, level: str, response: bytes | None
) -> None:
    async with upstream(response or b"") as port:
        # No server listens at a free port, so the connection is refused.
        upstream_port = free_port() if response is None else port
        async with running_nginx(tmp_path, upstream_port, level) as nginx:
            await send(
                nginx.port,
                f"GET {_STREAM} HTTP/1.1\r\nHost: x\r\nReferer: http://x{_STREAM}\r\n"
                "Connection: close\r\n\r\n",
            )
    assert '"path":"/api/ingestion/progress/1"' in nginx.logged
    assert _TOKEN not in nginx.logged


@pytest.mark.parametrize(
    "request_text",
    [
        f"GET {_STREAM} HTTP/1.1\r\nbad header\r\n\r\n",
        f"GET {_STREAM} HTTP/9.9\r\n\r\n",
        f"GET {_STREAM} HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        f"GET {_STREAM}{'x' * 40_000} HTTP/1.1\r\nHost: x\r\n\r\n",
        f"POST {_STREAM} HTTP/1.1\r\nHost: x\r\nContent-Length: 9999999\r\n\r\n",
    ],
    ids=["header", "version", "two hosts", "long", "large"],
)
async def test_no_fault_of_a_client_puts_a_token_into_a_log(
    tmp_path: Path, request_text: str
) -> None:
    async with running_nginx(tmp_path, free_port(), "debug") as nginx:
        await send(nginx.port, request_text)
    assert _TOKEN not in nginx.logged
