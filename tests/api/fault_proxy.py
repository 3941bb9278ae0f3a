"""Run a TCP proxy between a client and a fake Airflow.

The proxy makes requests that trigger a DAG run fail as they fail in a network, for example with a
reset connection or a lost response. It passes on all other requests, such as the login and the
request that reads a DAG run. The client sends the beginning of each request in a separate write.
Therefore the proxy recognises a trigger by the first bytes of a chunk.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

Fault = Literal[
    "reset before the request",
    "request swallowed",
    "answer lost",
    "answer swallowed",
    "answer dripping",
    "answer late",
]

_TRIGGER = b"POST /api/v2/dags/ingest_jobs/dagRuns "


class FaultProxy:
    def __init__(self, target: int, port: int):
        self.port = port
        self.faults: deque[Fault] = deque()
        """The faults of the next requests that trigger a DAG run, in order."""
        self._target = target
        self._server: asyncio.Server | None = None
        self._exchanges: set[asyncio.Task[None]] = set()

    async def up(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    async def down(self) -> None:
        """Cut all connections and refuse new ones, as if Airflow had stopped."""
        if self._server is not None:
            self._server.close()
        for exchange in self._exchanges:
            exchange.cancel()
        await asyncio.gather(*self._exchanges, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._exchanges.add(task)
        connection = _Connection(self.faults, reader, writer)
        try:
            await connection.relay(self._target)
        except (ConnectionError, asyncio.CancelledError):
            pass  # not an error: the client, the server or the test has closed the connection
        finally:
            writer.transport.abort()
            self._exchanges.discard(task)


class _Connection:
    def __init__(
        self,
        faults: deque[Fault],
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ):
        self._faults = faults
        self._fault: Fault | None = None
        self._reader = reader
        self._writer = writer

    async def relay(self, target: int) -> None:
        airflow, to_airflow = await asyncio.open_connection("127.0.0.1", target)
        answers = asyncio.create_task(self._relay_answers(airflow))
        try:
            while chunk := await self._reader.read(65536):
                if chunk.startswith(_TRIGGER):
                    self._fault = self._faults.popleft() if self._faults else None
                if self._fault == "reset before the request":
                    return
                if self._fault != "request swallowed":
                    to_airflow.write(chunk)
        finally:
            answers.cancel()
            to_airflow.transport.abort()

    async def _relay_answers(self, airflow: asyncio.StreamReader) -> None:
        while chunk := await airflow.read(65536):
            match self._fault:
                case "answer lost":
                    self._writer.transport.abort()
                    return
                case "answer swallowed":
                    continue
                case "answer dripping":
                    for byte in chunk:
                        self._writer.write(bytes([byte]))
                        await asyncio.sleep(0.05)
                case "answer late":
                    await asyncio.sleep(0.2)
                    self._writer.write(chunk)
                case _:
                    self._writer.write(chunk)


@asynccontextmanager
async def fault_proxy(target: int, port: int) -> AsyncIterator[FaultProxy]:
    """Run the proxy on ``port`` until the block ends. The server is on port ``target``."""
    proxy = FaultProxy(target, port)
    await proxy.up()
    try:
        yield proxy
    finally:
        await proxy.down()
