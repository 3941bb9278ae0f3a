"""Run a web server whose responses tests set, down to single bytes on the wire.

The server runs in a thread of its own, so that it serves both blocking and asynchronous clients.
"""

import asyncio
import socket
import ssl
import struct
import threading
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]
"""A function that writes the response to one request."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request that the server received."""

    method: str
    path: str
    headers: Mapping[str, str]
    """The headers of the request, by their names in lower case."""
    body: bytes
    connection: int
    """The number of the connection over which the request came, counted from 1."""
    at: float
    """The time of the request by the monotonic clock."""


class FaultServer:
    """A context manager that runs the server.

    ``asked`` lists the requests that the server received. ``most_at_once`` is the largest number of
    requests that it answered at the same time.

    Args:
        greeting: writes to each new connection before the first request is read. If None, nothing
            is written.
    """

    def __init__(
        self, tls: ssl.SSLContext | None = None, *, greeting: Answer | None = None
    ) -> None:
        self._tls = tls
        self._greeting = greeting
        self.asked: list[Asked] = []
        self.most_at_once = 0
        self._active_count = 0
        self._answers: dict[tuple[str | None, str], list[Answer]] = {}
        self._connections = 0
        self._serving: set[asyncio.Task[Any] | None] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)

    def __enter__(self) -> Self:
        self._thread.start()
        start = asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls)
        self._server = asyncio.run_coroutine_threadsafe(start, self._loop).result()
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def at(self, path: str, *answers: Answer, method: str | None = None) -> str:
        """Set the responses at ``path``, the last of which is repeated, and return the URL.

        Args:
            method: the method to which these responses belong. If None, they belong to every method
                that has no responses of its own.
        """
        self._answers[method, path] = list(answers)
        return f"{'https' if self._tls else 'http'}://{self.host}{path}"

    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]

    async def _stop(self) -> None:
        self._server.close()
        own = asyncio.current_task()
        if accepting := asyncio.all_tasks() - self._serving - {own}:
            # Accepting a connection is quick. Only a TLS handshake that never ends takes longer
            # than this.
            await asyncio.wait(accepting, timeout=1)
        tasks = asyncio.all_tasks() - {own}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._serving.add(asyncio.current_task())
        self._connections += 1
        connection = self._connections
        try:
            if self._greeting:
                await self._greeting(writer)
            while not writer.is_closing():
                request = await _read_request(reader, connection)
                self.asked.append(request)
                await self._answer(request, writer)
        # These errors mean that the client has left, or that the server stops during a response.
        # They are suppressed, because asyncio would log them.
        except (asyncio.IncompleteReadError, OSError, asyncio.CancelledError):
            pass
        finally:
            writer.close()
            self._serving.discard(asyncio.current_task())

    async def _answer(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        not_found = [reply(b"", status=404)]
        answers = self._answers.get(
            (asked.method, asked.path), self._answers.get((None, asked.path), not_found)
        )
        # The last answer is never removed, so that it is repeated.
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        self._active_count += 1
        self.most_at_once = max(self.most_at_once, self._active_count)
        try:
            await answer(writer)
            await writer.drain()
        finally:
            self._active_count -= 1


async def _read_request(reader: asyncio.StreamReader, connection: int) -> Asked:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    line, *lines = head.strip().split("\r\n")
    method, path, _ = line.split(" ")
    pairs = (header.partition(":") for header in lines)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Asked(
        method=method,
        path=path,
        headers=headers,
        body=body,
        connection=connection,
        at=time.monotonic(),
    )


def reply(body: bytes = b"", *, status: int = 200, **headers: str | None) -> Answer:
    """Return an answer that sends a complete response.

    Args:
        headers: the headers, such as ``content_type="text/html"``. If the value is None, the header
            is left out.
    """
    stated = {"content_length": str(len(body)), **headers}
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in stated.items() if value]
    head = "\r\n".join([f"HTTP/1.1 {status} As Told", *lines, "", ""])

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(head.encode("latin-1") + body)

    return answer


def redirect(location: str, *, status: int = 302) -> Answer:
    return reply(status=status, location=location)


def then_close(sent: bytes) -> Answer:
    """Return an answer that sends these bytes and then closes the connection."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(sent)
        writer.close()

    return answer


def then_reset(sent: bytes) -> Answer:
    """Return an answer that sends these bytes and then resets the connection."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        if sent:
            writer.write(sent)
            await writer.drain()
        bare: socket.socket = writer.get_extra_info("socket")
        # If the socket lingers for 0 s (the second number), closing it resets the connection.
        bare.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    return answer


def then_silence(sent: bytes) -> Answer:
    """Return an answer that sends these bytes and then nothing as long as the server runs."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(sent)
        await asyncio.get_running_loop().create_future()

    return answer


def drip(sent: bytes, *, then: bytes, every: float) -> Answer:
    """Return an answer that sends ``sent`` at once, and then the bytes of ``then`` one by one.

    The bytes of ``then`` are repeated endlessly.
    """

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(sent)
        while True:
            for byte in then:
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(every)

    return answer


def endless(sent: bytes, pieces: Iterable[bytes]) -> Answer:
    """Return an answer that sends ``sent``, and then ``pieces`` as fast as they are read."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(sent)
        for piece in pieces:
            writer.write(piece)
            await writer.drain()

    return answer
