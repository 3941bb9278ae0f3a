"""Run a web server for HTTP/2 over TLS, whose responses tests set."""

import asyncio
import ssl
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import RequestReceived, StreamReset, WindowUpdated

Answer = Callable[[H2Connection, int], None]
"""A function that writes a response to the stream with the given id."""


class Http2Server:
    """A context manager that runs the server.

    ``asked`` lists the requests: the number of the connection and the headers of each. ``resets``
    is the number of streams that the client has reset.
    """

    def __init__(self, tls: ssl.SSLContext) -> None:
        tls.set_alpn_protocols(["h2"])
        self._tls = tls
        self.asked: list[tuple[int, dict[str, str]]] = []
        self.resets = 0
        self._answers: dict[str, Answer] = {}
        self._connections = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)

    def __enter__(self) -> Self:
        self._thread.start()
        start = asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls)
        self._server = asyncio.run_coroutine_threadsafe(start, self._loop).result()
        self.host = f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
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

    def at(self, path: str, answer: Answer) -> str:
        self._answers[path] = answer
        return f"https://{self.host}{path}"

    async def _stop(self) -> None:
        self._server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections += 1
        number = self._connections
        connection = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
        connection.initiate_connection()
        answers: dict[int, Answer] = {}  # the answer on each stream that the client has not reset
        try:
            while True:
                writer.write(connection.data_to_send())
                await writer.drain()
                data = await reader.read(65_536)
                if not data:
                    return
                for event in connection.receive_data(data):
                    if isinstance(event, RequestReceived):
                        headers = dict(event.headers)
                        self.asked.append((number, headers))
                        answers[event.stream_id] = self._answers[headers[":path"]]
                        answers[event.stream_id](connection, event.stream_id)
                    elif isinstance(event, StreamReset):
                        self.resets += 1
                        answers.pop(event.stream_id, None)
                    elif isinstance(event, WindowUpdated):
                        # The id 0 means that all streams may send more.
                        for stream in [event.stream_id] if event.stream_id else list(answers):
                            if stream in answers and answers[stream].__name__ == "endless":
                                _fill(connection, stream)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            writer.close()


def reply(body: bytes, *, status: int = 200, **headers: str) -> Answer:
    """Return an answer that sends a complete response.

    Args:
        headers: the headers, such as ``content_type="text/html"``.
    """

    def whole(connection: H2Connection, stream: int) -> None:
        _send_head(connection, stream, status, headers)
        connection.send_data(stream, body, end_stream=True)

    return whole


def endless(**headers: str) -> Answer:
    """Return an answer that sends as many bytes as the client takes."""

    def endless(connection: H2Connection, stream: int) -> None:
        _send_head(connection, stream, 200, headers)
        _fill(connection, stream)

    return endless


def then_reset(connection: H2Connection, stream: int) -> None:
    _send_head(connection, stream, 200, {})
    connection.send_data(stream, b"<h1>")
    connection.reset_stream(stream, error_code=2)


def then_silence(connection: H2Connection, stream: int) -> None:
    _send_head(connection, stream, 200, {})


def _send_head(connection: H2Connection, stream: int, status: int, headers: dict[str, str]) -> None:
    named = [(name.replace("_", "-"), value) for name, value in headers.items()]
    connection.send_headers(stream, [(":status", str(status)), *named])


def _fill(connection: H2Connection, stream: int) -> None:
    """Send as many bytes as the client's flow control window permits."""
    while window := connection.local_flow_control_window(stream):
        connection.send_data(stream, bytes(min(window, connection.max_outbound_frame_size)))
