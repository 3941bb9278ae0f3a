"""One stream as an HTTP response.

sse-starlette (3.7) watches for the client's disconnection and the server's shutdown. Its ping is
off: the same wait here serves pings, the token's expiry and the longest lifetime. Its shutdown
watcher finds uvicorn by the handler of SIGTERM, so a server run in another thread than the main
one closes its streams only with ``timeout_graceful_shutdown``.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from sse_starlette import EventSourceResponse
from sse_starlette.sse import SendTimeoutError
from starlette.types import Receive, Scope, Send

from api.auth import Caller
from api.problems import ApiError, problem_response
from api.stream import events
from api.stream.hub import ProgressHub, TooManyStreams

_log = logging.getLogger(__name__)
_RETRY_AFTER = 5
_GOODBYE_WITHIN = 2.0
_STALLED_AFTER = 60.0
"""Seconds without the client reading a byte, after which it is dropped."""


@dataclass(frozen=True, kw_only=True)
class StreamTiming:
    lifetime: timedelta
    ping_every: float = 10.0


class ProgressResponse(EventSourceResponse):
    def __init__(
        self,
        hub: ProgressHub,
        run_id: int,
        caller: Caller,
        *,
        last_id: int | None,
        timing: StreamTiming,
    ):
        self._hub = hub
        self._run_id = run_id
        self._caller = caller
        self._last_id = last_id
        self._timing = timing
        super().__init__(  # pyright: ignore[reportUnknownMemberType] - its dict is untyped
            self._events(),
            headers={"Cache-Control": "no-store"},
            ping=0,
            shutdown_event=hub.closing,
            shutdown_grace_period=_GOODBYE_WITHIN,
            send_timeout=_STALLED_AFTER,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            with self._hub.admitted(self._caller.user_id):
                await super().__call__(scope, receive, send)
        except TooManyStreams as error:
            await problem_response(_refusal(error))(scope, receive, send)
        except SendTimeoutError:
            _log.info("stream_stalled", extra={"run_id": self._run_id})

    async def _events(self) -> AsyncIterator[bytes]:
        yield events.retry()
        token_left = self._caller.expires_at - datetime.now(UTC)
        until = time.monotonic() + min(token_left, self._timing.lifetime).total_seconds()
        next_ping = time.monotonic() + self._timing.ping_every
        with self._hub.subscribed(self._run_id, self._last_id) as (reader, stream):
            while (now := time.monotonic()) < until:
                if now >= next_ping:
                    if reader.owner not in (None, self._caller.user_id):
                        break
                    next_ping = now + self._timing.ping_every
                    yield events.PING
                try:
                    async with asyncio.timeout(min(until, next_ping) - time.monotonic()):
                        came = await stream.take()
                except TimeoutError:
                    continue
                if came is None:
                    return
                yield came
        yield events.GOODBYE


def _refusal(error: TooManyStreams) -> ApiError:
    headers = {"Retry-After": str(_RETRY_AFTER)}
    if error.of_user:
        detail = "you have as many progress streams open as one user may"
        return ApiError(HTTPStatus.TOO_MANY_REQUESTS, "too_many_streams", detail, headers=headers)
    detail = "this server has no room for another progress stream"
    return ApiError(HTTPStatus.SERVICE_UNAVAILABLE, "no_stream_left", detail, headers=headers)
