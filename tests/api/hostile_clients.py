"""Run clients that try to keep the API from serving others.

Each client runs until it is cancelled.
"""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import cycle

import httpx

from api.app import BASE
from api.request_limits import MAX_BODY_BYTES
from tests.api.conftest import make_token

HostileClient = Callable[[int], Awaitable[None]]
_START = f"POST {BASE}/start HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
_CHUNKED = "Transfer-Encoding: chunked\r\n\r\n"


def bearer(user: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {make_token(user)}"}


async def slow_bodies(port: int) -> None:
    """Send bodies byte by byte over 100 connections, as a user who has a valid token."""
    begin = _START + f"Authorization: {bearer('mallory')['Authorization']}\r\n"
    await _many(100, port, begin + "Content-Length: 1000\r\n\r\n", " ", pause=0.2)


async def slow_heads(port: int) -> None:
    await _many(100, port, "GET /live HTTP/1.1\r\nA: ", "a", pause=0.2)


async def giant_heads(port: int) -> None:
    await _many(4, port, "GET /live HTTP/1.1\r\nA: ", "a" * 65536)


async def endless_bodies(port: int) -> None:
    await _many(4, port, _START + _CHUNKED, "10000\r\n" + " " * 65536 + "\r\n")


async def pipelines(port: int) -> None:
    await _many(4, port, "", "GET /live HTTP/1.1\r\nHost: x\r\n\r\n" * 1000)


async def large_json_of_strangers(port: int) -> None:
    body = b"[" + b"{}," * (MAX_BODY_BYTES // 3 - 2) + b"{}]"
    await _requests(4, port, "POST", f"{BASE}/start", content=body)


async def large_json(port: int) -> None:
    body = {"companies": ["!" * 90] * 10_000}
    await _requests(4, port, "POST", f"{BASE}/start", json=body, headers=bearer("mallory"))


async def many_keys(port: int) -> None:
    body = {f"k{number}": 0 for number in range(80_000)}
    await _requests(4, port, "POST", f"{BASE}/start", json=body, headers=bearer("mallory"))


async def heavy_companies(port: int) -> None:
    """Follow a company whose filters and config take long to check."""
    odd = {f"field{n}": "x" * 100 for n in range(100)}
    company = {
        "source": "json",
        "config": {"url": "http://a.example/", "jobs": "a" + ".b[*]" * 90, "fields": odd},
        "include_titles": [f"/(({n}a|b){{90}}){{9}}/" for n in range(100)],
        "exclude_titles": [f"/(({n}c|d){{90}}){{9}}/" for n in range(100)],
    }
    path = f"{BASE}/companies/x"
    await _requests(4, port, "PUT", path, json=company, headers=bearer("mallory"))


async def deep_pages(port: int) -> None:
    parameters = {"limit": 1000, "q": "title or of or nurse or a -b", "filtered": True}
    path = f"{BASE}/jobs"
    await _requests(16, port, "GET", path, params=parameters, headers=bearer("mallory"))


async def probes(port: int) -> None:
    await _requests(16, port, "GET", "/metrics", "/ready", "/openapi.json")


HOSTILE_CLIENTS: tuple[HostileClient, ...] = (
    *(slow_bodies, slow_heads, giant_heads, endless_bodies, pipelines),
    *(large_json_of_strangers, large_json, many_keys, heavy_companies, deep_pages, probes),
)


async def _requests(at_once: int, port: int, method: str, *paths: str, **options: object) -> None:
    """Send requests for the paths in turn. ``at_once`` requests are active at the same time."""

    async def send(http: httpx.AsyncClient) -> None:
        for path in cycle(paths):
            try:
                await http.request(method, path, **options)  # type: ignore[arg-type] # the options of httpx can have any type
            except httpx.TransportError:
                await asyncio.sleep(0.01)

    url = f"http://127.0.0.1:{port}"
    async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=60) as http:
        await asyncio.gather(*(send(http) for _ in range(at_once)))


async def _many(at_once: int, port: int, begin: str, then: str, *, pause: float = 0) -> None:
    """Keep ``at_once`` connections open, and replace each one that is closed.

    On each connection ``begin`` is sent once. Then ``then`` is sent again and again.
    """

    async def abuse() -> None:
        while True:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
                continue
            reading = asyncio.create_task(reader.read())
            try:
                writer.write(begin.encode())
                while not reading.done():
                    writer.write(then.encode())
                    await writer.drain()
                    await asyncio.sleep(pause)
            except OSError:
                pass
            finally:
                # Abort before the first await, because this task may be cancelled during an await.
                writer.transport.abort()
                reading.cancel()
                await asyncio.gather(reading, return_exceptions=True)

    await asyncio.gather(*(abuse() for _ in range(at_once)))
