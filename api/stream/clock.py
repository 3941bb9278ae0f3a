"""Time one stream: send pings, and end the stream.

A stream ends when the token expires, when its maximum lifetime is over, or when the client has
stopped reading. Sending an event does not reset the timer.
"""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from api.auth import Caller
from api.stream import events
from api.stream.reader import RunStreams
from api.stream.subscription import Subscription


@dataclass(frozen=True, kw_only=True)
class StreamTiming:
    """The time limits of a stream. ``ping_every`` and ``stalled_after`` are in seconds."""

    lifetime: timedelta
    """Maximum lifetime of a stream.

    A stream is not ended before it has sent an event, even if this time is over. Otherwise, with a
    slow database and a short lifetime, a client would never receive an event.
    """
    ping_every: float = 10.0
    stalled_after: float = 60.0
    """Maximum time that one send may wait for the client to read. After it, the stream is ended."""


_LOOK_AGAIN = 0.05
"""The interval in seconds between two checks of a stream that has exceeded its lifetime but has not
sent an event yet."""


class StreamClock:
    """The timer of one stream."""

    __slots__ = (
        *("_caller", "_has_sent", "_life_ends", "_loop", "_run", "_sending_since", "_stream"),
        *("_timeout", "_timer", "_timing", "_token_ends"),
    )

    def __init__(self, run: RunStreams, stream: Subscription, caller: Caller, timing: StreamTiming):
        self._run = run
        self._stream = stream
        self._caller = caller
        self._timing = timing
        self._loop = asyncio.get_running_loop()
        now = self._loop.time()
        self._token_ends = now + (caller.expires_at - datetime.now(UTC)).total_seconds()
        self._life_ends = now + timing.lifetime.total_seconds()
        self._sending_since: float | None = None
        self._has_sent = False

    def start(self, timeout: asyncio.Timeout) -> None:
        """Start the timer. ``timeout`` is the timeout of the task that sends."""
        self._timeout = timeout
        self._look_next(self._loop.time())

    def stop(self) -> None:
        """Stop the timer."""
        self._timer.cancel()

    def begin_send(self) -> None:
        """Record that a send begins now."""
        self._sending_since = self._loop.time()

    def end_send(self) -> None:
        """Record that the send has ended."""
        self._sending_since = None
        self._has_sent = True

    def _look(self) -> None:
        now = self._loop.time()
        if self._sending_since is not None and (
            now - self._sending_since >= self._timing.stalled_after
        ):
            self._timeout.reschedule(now)
            return
        if self._is_over(now) or self._run.owner not in (None, self._caller.user_id):
            self._stream.end(events.CLOSING_COMMENT)
        elif self._sending_since is None and now < self._life_ends:
            self._stream.push(events.PING)
            self._stream.wake()
        self._look_next(now)

    def _is_over(self, now: float) -> bool:
        return now >= self._token_ends or (self._has_sent and now >= self._life_ends)

    def _look_next(self, now: float) -> None:
        times = [now + self._timing.ping_every, self._token_ends, self._life_ends]
        if now >= self._life_ends and not self._has_sent:
            times.append(now + _LOOK_AGAIN)
        next_look = min(time for time in times if time > now)
        self._timer = self._loop.call_at(next_look, self._look)
