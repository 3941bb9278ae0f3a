"""A run's server-sent events, to its end, over as many connections as that takes.

The format and the meaning of ``id``, ``retry`` and ``Last-Event-ID`` are those of the HTML
standard, section 9.2. Unlike a browser's EventSource, this goes on after 429 and 5xx too, waits
longer after each failure, and knows which event is the last.
"""

import random
import time
from collections.abc import Iterator

import httpx
from httpx_sse import ServerSentEvent, connect_sse

from cli.client import refusal
from cli.errors import ConnectionLost
from include.core.run_state import ENDED_RUNS

_TIMEOUT = httpx.Timeout(10.0, read=45.0)
"""The server sends a comment every 15 s at least."""
_LONGEST_PAUSE = 10.0
_TRY_LATER = frozenset({408, 425, 429, 500, 502, 503, 504})


class _Unavailable(Exception):
    def __init__(self, status: int, retry_after: float):
        super().__init__(f"status {status}")
        self.retry_after = retry_after


def run_events(
    http: httpx.Client, run_id: int, *, patience: float = 60.0, first_pause: float = 1.0
) -> Iterator[ServerSentEvent]:
    """Each event once; the last is the run's terminal ``status``.

    Args:
        patience: seconds of trying again without an event after which the connection is lost.
        first_pause: seconds before a first new try, until the server says otherwise.

    Raises:
        ApiRefused: the run can't be watched (unknown, or not with this token).
        ConnectionLost: it was lost, or never made.
    """
    last_id = ""
    pause = first_pause
    heard_at = time.monotonic()
    while True:
        trouble, heard = "the stream ended early", False
        try:
            for event in _connection(http, run_id, last_id):
                heard, last_id = True, event.id or last_id
                if event.retry is not None:
                    first_pause = event.retry / 1000
                if event.data:
                    yield event
                if event.event == "status" and event.data in ENDED_RUNS:
                    return
        except _Unavailable as unavailable:
            trouble, pause = str(unavailable), max(pause, unavailable.retry_after)
        except httpx.TransportError as error:
            trouble = str(error) or type(error).__name__
        now = time.monotonic()
        if heard:
            heard_at, pause = now, first_pause
        elif now - heard_at + pause > patience:
            raise ConnectionLost(
                f"lost the connection to {http.base_url.host} ({trouble});"
                f" the run goes on: jobhunt watch {run_id}"
            )
        time.sleep(pause * random.uniform(0.8, 1.2))
        pause = min(pause * 2, _LONGEST_PAUSE)


def _connection(http: httpx.Client, run_id: int, last_id: str) -> Iterator[ServerSentEvent]:
    headers = {"Last-Event-ID": last_id} if last_id else {}
    with connect_sse(
        http, "GET", f"/progress/{run_id}", headers=headers, timeout=_TIMEOUT
    ) as source:
        response = source.response
        if response.status_code in _TRY_LATER:
            raise _Unavailable(response.status_code, _seconds(response.headers.get("Retry-After")))
        if response.is_error:
            response.read()
            raise refusal(response)
        yield from source.iter_sse()


def _seconds(retry_after: str | None) -> float:
    """Only the form that our API sends; a date counts as none."""
    return float(retry_after) if retry_after and retry_after.isdigit() else 0.0
