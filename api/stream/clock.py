"""What time does to a stream: pings, the token's expiry, the longest lifetime and the end of a
client that stopped reading, all by one timer that no event touches.
"""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from api.auth import Caller
from api.stream import events
from api.stream.reader import RunReader
from api.stream.subscription import Subscription


@dataclass(frozen=True, kw_only=True)
class StreamTiming:
    """Seconds, but for ``lifetime``."""

    lifetime: timedelta
    ping_every: float = 10.0
    stalled_after: float = 60.0
    """Without the client making room for what waits to be sent, after which it is dropped."""


class StreamClock:
    __slots__ = (
        *("_caller", "_loop", "_patience", "_reader", "_sending_since", "_stream", "_timer"),
        *("_timing", "_until"),
    )

    def __init__(
        self, reader: RunReader, stream: Subscription, caller: Caller, timing: StreamTiming
    ):
        self._reader = reader
        self._stream = stream
        self._caller = caller
        self._timing = timing
        self._loop = asyncio.get_running_loop()
        token_left = caller.expires_at - datetime.now(UTC)
        self._until = self._loop.time() + min(token_left, timing.lifetime).total_seconds()
        self._sending_since: float | None = None

    def start(self, patience: asyncio.Timeout) -> None:
        """``patience`` is that of the task that sends."""
        self._patience = patience
        first = min(self._until, self._loop.time() + self._timing.ping_every)
        self._timer = self._loop.call_at(first, self._look)

    def stop(self) -> None:
        self._timer.cancel()

    def sending(self) -> None:
        self._sending_since = self._loop.time()

    def sent(self) -> None:
        self._sending_since = None

    def _look(self) -> None:
        now = self._loop.time()
        if self._sending_since is not None and (
            now - self._sending_since >= self._timing.stalled_after
        ):
            self._patience.reschedule(now)
            return
        next_look = now + self._timing.ping_every
        if now >= self._until or self._reader.owner not in (None, self._caller.user_id):
            self._stream.end(events.GOODBYE)
        else:
            if self._sending_since is None:
                self._stream.push(events.PING)
                self._stream.wake()
            next_look = min(next_look, self._until)
        self._timer = self._loop.call_at(next_look, self._look)
