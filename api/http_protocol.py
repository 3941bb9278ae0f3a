"""Limit the size and the duration of what a client may send, in uvicorn's HTTP protocol.

httptools does not limit the size of a request's head, and uvicorn does not limit the time in which
a request must arrive. An application cannot enforce these limits, because it gets a request only
after the head has arrived. The application enforces the other limits (``api.request_limits``).

uvicorn uses this protocol if it is started with ``--http api.http_protocol:LimitedProtocol``. A
connection that exceeds a limit is closed.
"""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from api.problems import ApiError, problem_response
from api.request_limits import MAX_BODY_BYTES, MAX_HEAD_BYTES, head_too_large

_MAX_REQUEST_BYTES = MAX_HEAD_BYTES + 2 * MAX_BODY_BYTES
"""The maximum size in bytes of a request as it is sent.

This includes the framing of its chunks and its trailers. After a 413 response, the rest of the
request is read and discarded. The same limit holds for it.
"""
_RECEIVE_SECONDS = 20.0
"""The maximum time in seconds in which a request must arrive.

It is counted from the beginning of the connection, or from the first byte of a later request, to
the last byte of the request.
"""
_SEND_SECONDS = 60.0
"""The time in seconds in which a client must read the rest of a response.

The time begins when the application has sent the whole response.
"""
_LINGER_SECONDS = 1.0
"""The time in seconds for which a connection stays open after a 431 response.

During this time the client can read the response.
"""


class LimitedProtocol(HttpToolsProtocol):
    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self._in_head = True
        self._is_refused = False
        self._received = 0
        """The number of bytes of the request that is being received.

        If a chunk ends one request and begins the next, its bytes of the next request are not
        counted. These are at most 256 KiB, because a chunk is not larger.
        """
        self._receive_timer: asyncio.TimerHandle | None = None

    # The type of the parameter is narrowed here, because uvicorn narrows it, too.
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._start_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._is_refused or self.transport.is_closing():
            return
        if self._receive_timer is None:
            self._start_timer()
        self._received += len(data)
        super().data_received(data)
        if self._in_head and self._received > MAX_HEAD_BYTES:
            self._refuse(head_too_large())
        elif self._received > _MAX_REQUEST_BYTES:
            self.transport.abort()

    def on_message_begin(self) -> None:
        self._in_head = True
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        # A header after the head is a trailer, which must not become a header of the request.
        if self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._in_head = False
        if self._is_answering():
            # A request that arrives before the response to the previous one is complete ends the
            # connection. uvicorn would queue any number of such requests, and would notify only the
            # last one of the client's disconnection. No browser and no proxy sends them. The
            # exception ends the parsing of the bytes that were received.
            self.transport.abort()
            raise ConnectionAbortedError
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._received = 0
        self._stop_timer()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.transport.get_write_buffer_size():
            self.loop.call_later(_SEND_SECONDS, self._abort_if_unread)

    def send_400_response(self, msg: str) -> None:
        if not self.transport.is_closing():
            super().send_400_response(msg)

    def _is_answering(self) -> bool:
        return bool(self.cycle and not self.cycle.response_complete)

    def _abort_if_unread(self) -> None:
        if self.transport.get_write_buffer_size():
            self.transport.abort()

    def _refuse(self, problem: ApiError) -> None:
        """Send the problem, and close the connection ``_LINGER_SECONDS`` later."""
        if self._is_answering():
            self.transport.abort()
            return
        self._is_refused = True
        self.transport.pause_reading()
        response = problem_response(problem)
        lines = [f"HTTP/1.1 {problem.status.value} {problem.status.phrase}".encode()]
        lines += [name + b": " + value for name, value in response.raw_headers]
        self.transport.write(b"\r\n".join([*lines, b"connection: close", b"", response.body]))
        self.loop.call_later(_LINGER_SECONDS, self.transport.abort)

    def _start_timer(self) -> None:
        self._receive_timer = self.loop.call_later(_RECEIVE_SECONDS, self.transport.abort)

    def _stop_timer(self) -> None:
        if self._receive_timer is not None:
            self._receive_timer.cancel()
            self._receive_timer = None
