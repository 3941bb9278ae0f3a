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


_RECHECK_SECONDS = 0.05
"""The interval in seconds between two checks of a stream that has exceeded its lifetime but has not
sent an event yet."""


class StreamClock:
    """The timer of one stream."""

    __slots__ = (
        *("_caller", "_has_sent", "_lifetime_ends_at", "_loop", "_run", "_sending_since"),
        *("_stream", "_timeout", "_timer", "_timing", "_token_expires_at"),
    )

    def __init__(self, run: RunStreams, stream: Subscription, caller: Caller, timing: StreamTiming):
        self._run = run
        self._stream = stream
        self._caller = caller
        self._timing = timing
        self._loop = asyncio.get_running_loop()
        now = self._loop.time()
        self._token_expires_at = now + (caller.expires_at - datetime.now(UTC)).total_seconds()
        self._lifetime_ends_at = now + timing.lifetime.total_seconds()
        self._sending_since: float | None = None
        self._has_sent = False

    def start(self, timeout: asyncio.Timeout) -> None:
        """Start the timer. ``timeout`` is the timeout of the task that sends."""
        self._timeout = timeout
        self._schedule_check(self._loop.time())

    def stop(self) -> None:
        """Stop the timer."""
        self._timer.cancel()

    def begin_send(self) -> None:
        """Record that a send begins. The timer ends the stream if the send takes too long."""
        self._sending_since = self._loop.time()

    def end_send(self) -> None:
        """Record that the send has ended."""
        self._sending_since = None
        self._has_sent = True

    def _check(self) -> None:
        """Send a ping, or end the stream if its time is over. Then schedule the next check."""
        now = self._loop.time()
        if self._sending_since is not None and (
            now - self._sending_since >= self._timing.stalled_after
        ):
            self._timeout.reschedule(now)  # This cancels the send.
            return
        if self._is_over(now) or self._run.owner not in (None, self._caller.user_id):
            self._stream.end(events.CLOSING_COMMENT)
        elif self._sending_since is None and now < self._lifetime_ends_at:
            self._stream.push(events.PING)
            self._stream.wake()
        self._schedule_check(now)

    def _is_over(self, now: float) -> bool:
        return now >= self._token_expires_at or (self._has_sent and now >= self._lifetime_ends_at)

    def _schedule_check(self, now: float) -> None:
        times = [now + self._timing.ping_every, self._token_expires_at, self._lifetime_ends_at]
        if now >= self._lifetime_ends_at and not self._has_sent:
            times.append(now + _RECHECK_SECONDS)
        next_check = min(time for time in times if time > now)
        self._timer = self._loop.call_at(next_check, self._check)
