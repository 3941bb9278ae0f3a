"""One small JSON request to a server of ours on 127.0.0.1: no proxy, no pool, no wait."""

import http.client
import json
from typing import Any


def ask(port: int, path: str, *, body: Any = None, token: str | None = None) -> Any:
    """The JSON of a 2xx answer (None if it isn't JSON); with a ``body``, by POST.

    Raises:
        OSError: the server can't be reached, or does not answer with a 2xx within two seconds.
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
        raise ConnectionError(f"no HTTP answer from port {port}: {error!r}") from error
    finally:
        connection.close()
    if not 200 <= response.status < 300:
        raise ConnectionError(f"port {port} answered {path} with {response.status}")
    try:
        return json.loads(text)
    except ValueError:
        return None


def answers(port: int, path: str) -> bool:
    try:
        ask(port, path)
    except OSError:
        return False
    return True
