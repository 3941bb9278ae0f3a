"""Queue events between the reader and the response of one stream. The queue is bounded."""

import asyncio
import time
from collections import deque
from collections.abc import Callable

from api.metrics import DELIVERY_SECONDS, STREAM_RESYNCS

MAX_QUEUE_LENGTH = 64
"""Maximum number of chunks in the queue of a stream.

If more are pushed, all queued chunks are dropped, and the stream gets the full state instead.
"""


class Subscription:
    """The queue of one stream."""

    def __init__(self, last_id: int | None, full_state: Callable[[], bytes]):
        """Create an empty queue.

        All streams share the pushed bytes. ``take`` copies the bytes only if several pushes wait.

        Args:
            last_id: the id of the last event that the client received; None if it names none.
            full_state: a function that returns the events that hold the full state.
        """
        self.last_id = last_id
        self._full_state = full_state
        self._queue: deque[bytes] = deque()
        self._is_behind = False
        self._ended = False
        self._notified_at: float | None = None
        self._ready = asyncio.Event()

    def push(self, events: bytes, notified_at: float | None = None) -> None:
        """Queue events. ``take`` returns them after ``wake`` is called.

        Args:
            notified_at: the time at which this process was notified of the change, on the
                monotonic clock in seconds; None if it was not notified.
        """
        if not events:
            return
        if not self._is_behind:
            self._queue.append(events)
            if len(self._queue) > MAX_QUEUE_LENGTH:
                self._is_behind = True
                STREAM_RESYNCS.inc()
        if self._is_behind:
            self._queue.clear()
        if self._notified_at is None:
            self._notified_at = notified_at

    def wake(self) -> None:
        """Let ``take`` return the queued events."""
        if self._queue or self._is_behind:
            self._ready.set()

    def end(self, last_bytes: bytes = b"") -> None:
        """End the stream. ``take`` still returns the queued events and ``last_bytes``."""
        if not self._ended:
            self._queue.append(last_bytes)
            self._ended = True
            self._ready.set()

    async def take(self) -> bytes | None:
        """Wait for events, and return all events that were queued since the last call.

        Return None when the stream has ended and no event is left.
        """
        await self._ready.wait()
        full_state = (self._full_state(),) if self._is_behind else ()
        queued = b"".join((*full_state, *self._queue))
        self._is_behind = False
        self._queue.clear()
        if self._notified_at is not None:
            DELIVERY_SECONDS.observe(time.monotonic() - self._notified_at)
            self._notified_at = None
        if not self._ended:
            self._ready.clear()
            return queued
        return queued or None
