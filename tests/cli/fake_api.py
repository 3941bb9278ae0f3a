"""Run a fake of the HTTP API.

The fake is a real server on loopback, and tests set its responses. It records the requests, and
cuts a connection if the response asks for it. The fake also stands in for the sample career sites.
Their paths are outside the API's base path and need no token.
"""

import json
import threading
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "fake-token"
SECOND_TOKEN = "second-fake-token"
"""The token of a second user. Both users get the same responses."""
BASE = "/api/ingestion"


@dataclass(frozen=True, kw_only=True)
class Answer:
    body: Any = None
    """The body of the response, which is sent as JSON."""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Stream:
    text: str
    cut: bool = False
    """True to cut the connection in the middle of an HTTP chunk."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    method: str
    path: str
    """The path after the API's base path, including the query."""
    needs_token: bool
    headers: dict[str, str]
    body: Any


class FakeApi:
    def __init__(self, url: str):
        self.url = url
        self.asked: list[Asked] = []
        self._answers: dict[str, deque[Answer | Stream]] = defaultdict(deque)

    def answers(self, route: str, *answers: Answer | Stream) -> None:
        """Add responses for ``route``, such as ``"GET /history"``.

        Each response is sent once, except the last one. All later requests get the last response.
        """
        self._answers[route].extend(answers)

    def replace(self, route: str, *answers: Answer | Stream) -> None:
        self._answers[route].clear()
        self.answers(route, *answers)

    def next_answer(self, asked: Asked) -> Answer | Stream:
        tokens = {f"Bearer {token}" for token in (TOKEN, SECOND_TOKEN)}
        if asked.needs_token and asked.headers.get("Authorization") not in tokens:
            return problem(401, "Unauthorized", "the token is not valid")
        given = self._answers[f"{asked.method} {asked.path.partition('?')[0]}"]
        if not given:
            return problem(404, "Not found", f"{asked.method} {asked.path}")
        return given.popleft() if len(given) > 1 else given[0]

    def asked_for(self, path: str) -> list[Asked]:
        return [asked for asked in self.asked if asked.path.partition("?")[0] == path]


def problem(status: int, title: str, detail: str, **extra: Any) -> Answer:
    return Answer(
        status=status,
        body={"type": "about:blank", "title": title, "detail": detail, "status": status, **extra},
        headers={"Content-Type": "application/problem+json"},
    )


def event(kind: str, data: Any, *, number: int) -> str:
    text = data if isinstance(data, str) else json.dumps(data)
    return f"id: {number}\nevent: {kind}\ndata: {text}\n\n"


@contextmanager
def fake_api() -> Iterator[FakeApi]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        server.api = FakeApi(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.api
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        api: FakeApi = self.server.api
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        request = Asked(
            method=self.command,
            path=self.path.removeprefix(BASE),
            needs_token=self.path.startswith(BASE),
            headers=dict(self.headers),
            body=json.loads(body) if body else None,
        )
        api.asked.append(request)
        match api.next_answer(request):
            case Stream() as stream:
                self._send_stream(stream)
            case Answer() as answer:
                self._send(answer)

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET

    def _send(self, answer: Answer) -> None:
        content = b"" if answer.body is None else json.dumps(answer.body).encode()
        self.send_response(answer.status)
        headers = {"Content-Type": "application/json", **answer.headers}
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def _send_stream(self, stream: Stream) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        content = stream.text.encode()
        promised = len(content) + (1 if stream.cut else 0)
        self.wfile.write(f"{promised:x}\r\n".encode() + content)
        if not stream.cut:
            self.wfile.write(b"\r\n0\r\n\r\n")
        self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        """Print nothing, because ``FakeApi.asked`` records the requests."""
