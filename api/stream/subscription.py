"""One stream's share of a run's events: a bounded queue that its response drains."""

import asyncio
import time
from collections import deque
from collections.abc import Callable

from api.metrics import DELIVERY_SECONDS, STREAM_RESYNCS

LONGEST_QUEUE = 64
"""Maximum number of chunks that wait for a stream. One that falls further behind gets the whole
state instead."""


class Subscription:
    def __init__(self, last_id: int | None, state: Callable[[], bytes]):
        """
        Args:
            last_id: the watermark as of which the client knows the jobs, if it says so.
            state: returns the events that tell all there is to know.

        The bytes that are pushed are shared by all streams, and copied for none that keeps up.
        """
        self.last_id = last_id
        self._state = state
        self._queue: deque[bytes] = deque()
        self._behind = False
        self._ended = False
        self._published_at: float | None = None
        self._ready = asyncio.Event()

    def push(self, events: bytes, published_at: float | None = None) -> None:
        """Queue events; ``wake`` has them taken.

        Args:
            published_at: when this process was notified of the change, on the monotonic clock; None
                where nobody notified it.
        """
        if not events:
            return
        if not self._behind:
            self._queue.append(events)
            if len(self._queue) > LONGEST_QUEUE:
                self._behind = True
                STREAM_RESYNCS.inc()
        if self._behind:
            self._queue.clear()
        if self._published_at is None:
            self._published_at = published_at

    def wake(self) -> None:
        if self._queue or self._behind:
            self._ready.set()

    def end(self, farewell: bytes = b"") -> None:
        """Let nothing come after what is queued."""
        if not self._ended:
            self._queue.append(farewell)
            self._ended = True
            self._ready.set()

    async def take(self) -> bytes | None:
        """Wait for events, and return all that have come since the last call; None at the end."""
        await self._ready.wait()
        state = (self._state(),) if self._behind else ()
        waiting = b"".join((*state, *self._queue))
        self._behind = False
        self._queue.clear()
        if self._published_at is not None:
            DELIVERY_SECONDS.observe(time.monotonic() - self._published_at)
            self._published_at = None
        if not self._ended:
            self._ready.clear()
            return waiting
        return waiting or None
