"""Run many clients of an event stream in one process.

The clients do not run in the process of the server. Otherwise the figures of the server would
include the cost of the clients. The clients only search for event ids. A full parser would delay
the clients, and its time would be measured as delay of the server.
"""

import asyncio
import socket
import time
from array import array
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import cast

import uvloop

_ID = b"\nid: "
_END_OF_EVENT_AND_CHUNK = b"\n\n\r\n"
"""The blank line that ends an event, and the line end after a chunk of the HTTP response."""
_MAX_ID_BYTES = 32
_MAX_CONCURRENT_CONNECTS = 64


@dataclass
class ReceivedEvents:
    """Which client received which version, and when.

    Each of the three arrays has one entry for each batch of events that a client received
    completely.
    """

    clients: "array[int]" = field(default_factory=lambda: array("l"))
    """The indexes of the clients."""
    versions: "array[int]" = field(default_factory=lambda: array("l"))
    """The ids of the last events in the batches."""
    times: "array[float]" = field(default_factory=lambda: array("d"))
    """The values of ``time.monotonic`` when the batches were complete."""
    bytes_received: int = 0
    cut: int = 0
    """The number of clients whose connection the server closed."""


class _Client(asyncio.Protocol):
    def __init__(self, index: int, request: bytes, received: ReceivedEvents):
        self._index = index
        self._request = request
        self._received = received
        self._tail = b""
        self._version = self._recorded_version = -1
        self.answered = asyncio.Event()
        """Set when the client has received an event or lost its connection."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        cast("asyncio.Transport", transport).write(self._request)

    def data_received(self, chunk: bytes) -> None:
        received = self._received
        received.bytes_received += len(chunk)
        text = self._tail + chunk if self._tail else chunk
        start = text.rfind(_ID) + len(_ID)  # below ``len(_ID)`` if there is no id
        if start >= len(_ID) and (end := text.find(b"\n", start)) > 0:
            self._version = int(text[start:end])
        self._tail = text[-_MAX_ID_BYTES:]
        if self._version > self._recorded_version and text.endswith(_END_OF_EVENT_AND_CHUNK):
            self._recorded_version = self._version
            received.clients.append(self._index)
            received.versions.append(self._version)
            received.times.append(time.monotonic())
            self.answered.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self._received.cut += 1
        self.answered.set()


def watch(port: int, path: str, token: str, count: int, parent: Connection) -> None:
    """Run ``count`` clients until the parent sends a message.

    When each client has received an event or lost its connection, ``None`` is sent to the parent.
    At the end, the events that the clients received are sent to the parent as
    ``ReceivedEvents``.
    """
    uvloop.run(_watch(port, path, token, count, parent))


async def _watch(port: int, path: str, token: str, count: int, parent: Connection) -> None:
    loop = asyncio.get_running_loop()
    received = ReceivedEvents()
    request = (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        f"Authorization: Bearer {token}\r\nAccept: text/event-stream\r\n\r\n"
    ).encode()
    connecting = asyncio.Semaphore(_MAX_CONCURRENT_CONNECTS)

    async def connect(index: int) -> asyncio.BaseTransport:
        async with connecting:
            transport, client = await loop.create_connection(
                lambda: _Client(index, request, received), "127.0.0.1", port, family=socket.AF_INET
            )
            await client.answered.wait()
            return transport

    transports = await asyncio.gather(*(connect(index) for index in range(count)))
    parent.send(None)
    await asyncio.to_thread(parent.recv)
    parent.send(received)
    for transport in transports:
        transport.close()
