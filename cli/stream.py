"""Read the server-sent events of a run until it ends, and reconnect whenever a connection breaks.

The format and the meaning of ``id``, ``retry`` and ``Last-Event-ID`` are as in the HTML standard,
section 9.2. Unlike a browser's EventSource, this client also reconnects after 429 and 5xx, doubles
the pause after each failure, and stops after the last event.
"""

import random
import time
from collections.abc import Iterator

import httpx
from httpx_sse import ServerSentEvent, connect_sse

from cli.client import refusal
from cli.errors import ConnectionLost
from include.core.runs.run_state import ENDED_RUNS

_TIMEOUT = httpx.Timeout(10.0, read=45.0)
"""Timeouts in seconds.

The server sends a comment about every 10 s, so a connection that is silent for 45 s is broken.
"""
_MAX_PAUSE_SECONDS = 10.0
_RETRYABLE_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504})


class _Unavailable(Exception):
    """The server answered with a status (such as 503) that may be temporary."""

    def __init__(self, status: int, retry_after: float):
        super().__init__(f"status {status}")
        self.retry_after = retry_after


def run_events(
    http: httpx.Client, run_id: int, *, timeout: float = 60.0, first_pause: float = 1.0
) -> Iterator[ServerSentEvent]:
    """Yield the events of a run.

    The last event is the ``status`` event that says how the run ended.

    Args:
        timeout: the maximum time in seconds without an event. After it, reconnecting stops.
        first_pause: the pause in seconds before the first reconnect. An event's ``retry`` field
            replaces it.

    Raises:
        ApiRefused: the run is unknown, or this token does not permit watching it.
        ConnectionLost: there was no event for ``timeout`` seconds, despite reconnecting.
    """
    last_id = ""
    pause = first_pause
    last_event_at = time.monotonic()
    while True:
        cause, has_received = "the stream ended early", False
        try:
            for event in _events_of_connection(http, run_id, last_id):
                has_received, last_id = True, event.id or last_id
                if event.retry is not None:
                    first_pause = event.retry / 1000
                if event.data:
                    yield event
                if event.event == "status" and event.data in ENDED_RUNS:
                    return
        except _Unavailable as unavailable:
            cause, pause = str(unavailable), max(pause, unavailable.retry_after)
        except httpx.TransportError as error:
            cause = str(error) or type(error).__name__
        now = time.monotonic()
        if has_received:
            last_event_at, pause = now, first_pause
        elif now - last_event_at + pause > timeout:
            raise ConnectionLost(
                f"lost the connection to {http.base_url.host} ({cause});"
                f" the run continues: jobhunt watch {run_id}"
            )
        time.sleep(pause * random.uniform(0.8, 1.2))
        pause = min(pause * 2, _MAX_PAUSE_SECONDS)


def _events_of_connection(
    http: httpx.Client, run_id: int, last_id: str
) -> Iterator[ServerSentEvent]:
    headers = {"Last-Event-ID": last_id} if last_id else {}
    with connect_sse(
        http, "GET", f"/progress/{run_id}", headers=headers, timeout=_TIMEOUT
    ) as source:
        response = source.response
        if response.status_code in _RETRYABLE_STATUSES:
            raise _Unavailable(
                response.status_code, _retry_after_seconds(response.headers.get("Retry-After"))
            )
        if response.is_error:
            response.read()
            raise refusal(response)
        yield from source.iter_sse()


def _retry_after_seconds(retry_after: str | None) -> float:
    """Return the seconds that a ``Retry-After`` header states. Return 0 if there is no header.

    A header that states a date counts as no header, because our API sends only seconds.
    """
    return float(retry_after) if retry_after and retry_after.isdigit() else 0.0
