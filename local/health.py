"""Send small requests to servers of the stack, without a proxy or a connection pool."""

import http.client
import json
import socket
from typing import Any


def request_json(port: int, path: str, *, body: Any = None, token: str | None = None) -> Any:
    """Return the JSON of a 2xx response, or None if its body is not JSON.

    The request is a POST if ``body`` is given, and otherwise a GET.

    Raises:
        OSError: the server can't be reached, its response is not 2xx, or an operation on its socket
            takes more than two seconds.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    try:
        connection.request(
            "GET" if body is None else "POST",
            path,
            body=None if body is None else json.dumps(body),
            headers=headers,
        )
        response = connection.getresponse()
        text = response.read()
    except http.client.HTTPException as error:
        raise ConnectionError(f"no HTTP response from port {port}: {error!r}") from error
    finally:
        connection.close()
    if not 200 <= response.status < 300:
        raise ConnectionError(f"port {port} returned {response.status} for {path}")
    try:
        return json.loads(text)
    except ValueError:
        return None


def answers(port: int, path: str) -> bool:
    """Return True if the server on ``port`` sends a 2xx response."""
    try:
        request_json(port, path)
    except OSError:
        return False
    return True


def listens(port: int) -> bool:
    """Return True if a server accepts connections on ``port``."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=2).close()
    except OSError:
        return False
    return True
