"""Tests of the limits on a request's size and duration that apply before authentication."""

import asyncio
import json
import re
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import psutil
import pytest
import pytest_asyncio
from fastapi import Response
from sqlalchemy import Engine, text

from api.request_limits import MAX_BODY_BYTES, MAX_HEAD_BYTES
from tests.api.conftest import RunningApi, make_token
from tests.api.processes import ApiProcess, api_process
from tests.api.test_runs import problem
from tests.api.world import World

pytestmark = pytest.mark.integration
_GET = b"GET /live HTTP/1.1\r\nHost: x\r\n"
_POST = b"POST /api/ingestion/start HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
_CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"
_MIB = 1 << 20
_WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")


@pytest_asyncio.fixture
async def process(engine: Engine, postgres_url: str, tmp_path: Path) -> AsyncIterator[ApiProcess]:
    """Run the API in a process of its own, on the same empty database as ``engine``."""
    async with api_process(postgres_url, tmp_path / "api.log") as process:
        yield process


def port_of(api: RunningApi) -> int:
    return httpx.URL(api.url).port or 0


def known() -> bytes:
    """Return the beginning of a request that has a valid token."""
    return _POST + f"Authorization: Bearer {make_token()}\r\n".encode()


async def exchange(port: int, *pieces: bytes) -> bytes:
    """Send the pieces. Return all that the server sends until it closes the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    async def send() -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()

    sending = asyncio.create_task(send())
    received = b""
    try:
        async with asyncio.timeout(30):
            while piece := await reader.read(65536):
                received += piece
    except ConnectionError:
        pass
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        writer.transport.abort()
    return received


def problems(responses: bytes) -> list[tuple[int, str]]:
    """Return a pair for each response: its HTTP status and the code of its problem."""
    statuses = re.findall(rb"HTTP/1\.1 (\d+)", responses)
    codes = re.findall(rb"urn:jobhunt:problem:(\w+)", responses)
    return [(int(status), code.decode()) for status, code in zip(statuses, codes, strict=True)]


async def test_a_head_over_the_limit_is_refused(process: ApiProcess) -> None:
    fits = "x" * (MAX_HEAD_BYTES - 1000)
    async with process.client() as http:
        assert (await http.get("/history", headers={"A": fits})).status_code == 200
        assert (await http.get("/history", params={"a": fits})).status_code == 200
        for headers in ({"A": fits + fits}, {f"a{n}": "" for n in range(8_000)}):
            refused = await http.get("/history", headers=headers)
            assert problem(refused) == (431, "headers_too_large")
        refused = await http.get("/history", params={"a": "x" * 60_000})
        assert problem(refused) == (431, "headers_too_large")


@pytest.mark.parametrize(
    ("beginning", "piece"),
    [(_GET + b"A: ", b"a" * 8192), (b"GET /live?", b"a" * 8192), (_GET, b"a: b\r\n" * 1365)],
    ids=["header", "url", "headers"],
)
async def test_a_head_without_end_is_refused(
    api: RunningApi, beginning: bytes, piece: bytes
) -> None:
    refused = await exchange(port_of(api), beginning, *[piece] * 5)
    assert problems(refused) == [(431, "headers_too_large")]


async def test_a_request_without_end_takes_no_memory(process: ApiProcess) -> None:
    megabyte = b" " * _MIB
    bodies = [
        (b"Content-Length: 419430400\r\n\r\n", megabyte),
        (_CHUNKED, b"100000\r\n" + megabyte + b"\r\n"),
        (_CHUNKED, b"1\r\n \r\n" * 100_000),
        (_CHUNKED + b"0\r\nA: ", megabyte),
    ]
    heads = [(_GET + b"A: ", megabyte), (b"GET /live?", b"a" * _MIB), (_GET, b"a: b\r\n" * 100_000)]
    endless = heads + [(begin + rest, more) for begin in (_POST, known()) for rest, more in bodies]
    api = psutil.Process(process.process.pid)
    before = api.memory_info().rss
    for beginning, piece in endless:
        sent = await exchange(process.port, beginning, *[piece] * 300)
        # Several statuses, or none, are right: if the server closes the connection before the whole
        # request is sent, the response can be lost.
        assert {status for status, _ in problems(sent)} <= {401, 413, 431}
        assert api.memory_info().rss - before < 30 * _MIB
    async with process.client() as http:
        assert (await http.get("/history")).status_code == 200


async def test_a_body_over_the_limit_is_refused(api: RunningApi, world: World) -> None:
    world.follow()
    padding = b" " * (MAX_BODY_BYTES - 2)

    async def chunks(body: bytes) -> AsyncIterator[bytes]:
        for start in range(0, len(body), 50_000):
            yield body[start : start + 50_000]

    json_body = {"Content-Type": "application/json"}
    async with api.client() as http:
        for over in (padding + b"{} ", chunks(padding + b"{} ")):
            refused = await http.post("/start", content=over, headers=json_body)
            assert problem(refused) == (413, "body_too_large")
        for fits in (padding + b"{}", chunks(padding + b"{}")):
            answer = await http.post("/start", content=fits, headers=json_body)
            assert answer.status_code in (202, 409), answer.text


async def test_a_body_is_not_read_before_its_sender_is_known(api: RunningApi) -> None:
    async with httpx.AsyncClient(base_url=api.url, trust_env=False) as stranger:
        answer = await stranger.post("/api/ingestion/start", content=b"no JSON")
        assert problem(answer) == (401, "unauthorized")
    unsent = await exchange(port_of(api), _POST + b"Content-Length: 9\r\nConnection: close\r\n\r\n")
    assert problems(unsent) == [(401, "unauthorized")]


async def test_a_body_that_does_not_arrive_is_given_up(
    api: RunningApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.request_limits._BODY_SECONDS", 0.2)
    begun = known() + b"Content-Length: 9\r\nConnection: close\r\n\r\n{"
    assert problems(await exchange(port_of(api), begun)) == [(408, "body_too_slow")]


@pytest.mark.parametrize(
    "sent",
    [b"", b"\r\n", b"GET /live HT", _GET, _GET + b"Content-Length: 9\r\n\r\n"],
    ids=["nothing", "an empty line", "a line", "a head", "a request without its body"],
)
async def test_a_request_that_does_not_arrive_loses_its_connection(
    api: RunningApi, monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    monkeypatch.setattr("api.http_protocol._RECEIVE_SECONDS", 0.2)
    answer = await exchange(port_of(api), sent)
    assert answer.count(b"HTTP/1.1") <= 1


async def test_requests_are_not_queued(api: RunningApi) -> None:
    async with api.client():
        answers = await exchange(port_of(api), (_GET + b"\r\n") * 100_000)
    assert answers.count(b"HTTP/1.1") <= 1


async def test_a_client_that_reads_nothing_loses_its_connection(
    api: RunningApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.http_protocol._SEND_SECONDS", 0.2)

    async def large() -> Response:
        return Response(b"x" * (20 * _MIB))

    api.app.add_api_route("/large", large)
    connections = api.server.server_state.connections
    loop = asyncio.get_running_loop()
    with socket.socket() as deaf:
        deaf.setblocking(False)
        await loop.sock_connect(deaf, ("127.0.0.1", port_of(api)))
        await loop.sock_sendall(deaf, b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
        async with asyncio.timeout(60):
            while not connections:  # noqa: ASYNC110 - uvicorn has no event to await
                await asyncio.sleep(0.01)
            while connections:  # noqa: ASYNC110 - uvicorn has no event to await
                await asyncio.sleep(0.01)


async def test_a_trailer_is_no_header(api: RunningApi, world: World) -> None:
    world.follow()
    body = _CHUNKED + b"2\r\n{}\r\n0\r\nIdempotency-Key: a b\r\nConnection: close\r\n\r\n"
    answer = await exchange(port_of(api), known() + b"Connection: close\r\n" + body)
    assert b"HTTP/1.1 202" in answer


async def test_one_user_s_requests_leave_the_database_to_others(
    api: RunningApi, engine: Engine
) -> None:
    async with api.client("mallory") as mallory, api.client() as ada:
        with engine.begin() as locking, engine.connect() as watching:
            watching.execution_options(isolation_level="AUTOCOMMIT")
            locking.execute(text("LOCK companies IN ACCESS EXCLUSIVE MODE"))
            waiting = [asyncio.create_task(mallory.get("/companies")) for _ in range(30)]
            async with asyncio.timeout(20):
                while watching.scalar(_WAITING) < 4:  # noqa: ASYNC110 - Postgres has no event to await
                    await asyncio.sleep(0.02)
                assert problem(await ada.get("/runs/1")) == (404, "not_found")
            assert not [each for each in waiting if each.done()]
            assert watching.scalar(_WAITING) == 4
        answers = await asyncio.gather(*waiting)
    assert {answer.status_code for answer in answers} == {200}


async def test_probes_share_their_queries(api: RunningApi, engine: Engine) -> None:
    async with httpx.AsyncClient(base_url=api.url, trust_env=False) as stranger:
        with engine.begin() as locking, engine.connect() as watching:
            watching.execution_options(isolation_level="AUTOCOMMIT")
            locking.execute(text("LOCK alembic_version IN ACCESS EXCLUSIVE MODE"))
            waiting = [asyncio.create_task(stranger.get("/ready")) for _ in range(20)]
            async with asyncio.timeout(20):
                while not watching.scalar(_WAITING):  # noqa: ASYNC110 - Postgres has no event to await
                    await asyncio.sleep(0.02)
            assert watching.scalar(_WAITING) == 1
            answers = await asyncio.gather(*waiting)
    assert {answer.status_code for answer in answers} == {503}


async def test_faults_of_a_body_are_told_in_part(http: httpx.AsyncClient) -> None:
    keys = [{f"k{number}": 0 for number in range(count)} for count in (80, 80_000)]
    for body, told in ((keys[0], 20), (keys[1], 1), ({"companies": ["!"] * 10_000}, 1)):
        refused = await http.post("/start", json=body)
        assert problem(refused) == (422, "invalid_request")
        assert len(refused.json()["errors"]) == told
    config = {"url": "https://acme.example/", "link_selector": "a" * 20_000}
    refused = await http.put("/companies/acme", json={"source": "html", "config": config})
    assert problem(refused) == (422, "invalid_request")
    assert refused.json()["errors"][0]["field"] == "body.config"


async def test_a_forged_host_is_believed_nowhere(api: RunningApi) -> None:
    async with httpx.AsyncClient(base_url=api.url, trust_env=False) as stranger:
        for path in ("/live/", "/docs/", "/jobs/", "/api/ingestion/jobs/", "/", "/openapi.json"):
            answer = await stranger.get(path, headers={"Host": "evil.example"})
            assert "evil" not in json.dumps(dict(answer.headers)) + answer.text, path
