"""Read the database for all streams of this process.

A new stream gets the state that the next read finds. Therefore its first event is never older than
the request that opened it. From then on the stream gets each later change exactly once. No change
is lost in between, because no other code of the event loop runs between two ``await`` expressions.
"""

import asyncio
import logging
import time
from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from api.stream.subscription import Subscription
from api.stream.view import RunView, WatchedRuns
from include.db.run.watched import Changes, RunState, read_changes, read_waiting_for

_log = logging.getLogger(__name__)
_READ_EVERY_SECONDS = 3.0
_MIN_PAUSE_SECONDS = 0.2
"""The minimum number of seconds between two reads of changes, even if workers write more often.

It is also the minimum between two reads for streams that join.
"""
_REPORT_EVERY_SECONDS = 1.0
_MAX_WAIT_FOR_REPORT_SECONDS = 0.05
"""Maximum time in seconds that a change waits for the next report.

A change and a report that are sent together cost each stream one write instead of two.
"""
_MAX_WOKEN_AT_ONCE = 50
"""The number of streams that are woken without a pause.

During the pause after them, the event loop serves other requests, and the memory of sent events is
freed.
"""


class RunStreams:
    """The streams of this process that watch one run."""

    def __init__(self) -> None:
        self.view: RunView | None = None
        """The run as its streams show it; None until the run has been read."""
        self.joining: set[Subscription] = set()
        self.streams: set[Subscription] = set()

    @property
    def owner(self) -> str | None:
        """The run's user; None until the run has been read."""
        return self.view.run.user_id if self.view else None

    @property
    def is_watched(self) -> bool:
        """Return True if a stream watches the run or is joining it."""
        return bool(self.joining or self.streams)

    def state(self) -> bytes:
        """Return the events that hold the full state. Return no bytes until the run was read."""
        return b"".join(self.view.state()) if self.view else b""

    def end(self, last_bytes: bytes = b"") -> None:
        """End all streams of the run. They send ``last_bytes`` last."""
        for stream in self.joining | self.streams:
            stream.end(last_bytes)
        self.joining.clear()
        self.streams.clear()

    def publish(
        self, events: bytes, joining: set[Subscription], notified_at: float | None
    ) -> list[Subscription]:
        """Queue the events for the streams that watch the run.

        For a stream that joins, queue instead what has changed since its ``last_id``.

        Returns:
            The streams to wake.
        """
        for stream in self.streams:
            stream.push(events, notified_at)
        events_since: dict[int | None, bytes] = {}
        for stream in joining & self.joining:
            if stream.last_id not in events_since and self.view:
                events_since[stream.last_id] = b"".join(self.view.since(stream.last_id))
            stream.push(events_since[stream.last_id])
            self.joining.discard(stream)
            self.streams.add(stream)
        streams = list(self.streams)
        if self.view and self.view.run.ended:
            self.streams.clear()
        return streams


class ProgressReader:
    """The reader of the database for all streams of this process."""

    def __init__(self, engine: AsyncEngine):
        """Create a reader that is not running yet.

        Args:
            engine: an engine whose transactions have the isolation level REPEATABLE READ.
        """
        self._engine = engine
        self._watched_runs = WatchedRuns()
        self._runs: dict[int, RunStreams] = {}
        self._task: asyncio.Task[None] | None = None
        self._woken = asyncio.Event()
        self._woken_at: float | None = None
        self._reported_at = self._changed_at = float("-inf")
        self._is_report_owed = True

    def join(self, run_id: int, last_id: int | None) -> tuple[RunStreams, Subscription]:
        """Add a stream to a run, and make the reader read soon.

        Args:
            last_id: the id of the last event that the client received; None if it names none.
        """
        run = self._runs.setdefault(run_id, RunStreams())
        stream = Subscription(last_id, run.state)
        run.joining.add(stream)
        self._woken.set()
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())
        return run, stream

    def leave(self, run_id: int, stream: Subscription) -> None:
        """Remove a stream from its run."""
        if run := self._runs.get(run_id):
            run.joining.discard(stream)
            run.streams.discard(stream)
            if not run.is_watched:
                self._forget_unwatched()

    def run_of(self, run_id: int) -> RunState | None:
        """Return the run if it is watched and has been read; otherwise None."""
        view = self._runs[run_id].view if run_id in self._runs else None
        return view.run if view else None

    def wake(self) -> None:
        """Make the reader read soon, because something has changed."""
        if self._woken_at is None:
            self._woken_at = time.monotonic()
        self._woken.set()

    def end_streams(self, last_bytes: bytes = b"") -> None:
        """End the streams of all runs. They send ``last_bytes`` last."""
        for run in self._runs.values():
            run.end(last_bytes)
        self._forget_unwatched()

    async def aclose(self) -> None:
        """End all streams, and wait for the reader to stop."""
        self.end_streams()
        if self._task is not None:
            await self._task

    def _forget_unwatched(self) -> None:
        self._runs = {i: run for i, run in self._runs.items() if run.is_watched}
        if not self._runs:
            self._woken.set()

    async def _run(self) -> None:
        """Read until no run is watched any more."""
        while self._runs:
            self._woken.clear()
            notified_at, self._woken_at = self._woken_at, None
            joining = {run_id: set(run.joining) for run_id, run in self._runs.items()}
            self._watched_runs.keep(joining.keys())
            report_due = time.monotonic() - self._reported_at >= _REPORT_EVERY_SECONDS
            try:
                changes, waiting_for = await self._read_changes(
                    joining.keys(), report_due=report_due
                )
                self._note_times(notified_at, report_due=report_due)
                events = self._watched_runs.apply(
                    changes, report_due=report_due, waiting_for=waiting_for
                )
                await self._publish(events, joining, notified_at)
            except (SQLAlchemyError, OSError) as error:
                _log.warning("progress_read_failed", extra={"reason": type(error).__name__})
                await self._pause(_READ_EVERY_SECONDS)
            except Exception:  # A bug of ours must not end the streams of all runs.
                _log.exception("progress_read_failed")
                self._watched_runs = WatchedRuns()
                await self._pause(_READ_EVERY_SECONDS)
            else:
                await self._pause(self._seconds_to_next_read())
        self._watched_runs = WatchedRuns()

    async def _read_changes(
        self, run_ids: Collection[int], *, report_due: bool
    ) -> tuple[Changes, Mapping[int, str | None]]:
        def read(connection: Connection) -> tuple[Changes, Mapping[int, str | None]]:
            changes = read_changes(connection, run_ids, self._watched_runs.known_state)
            # The hosts that runs wait for are part of a report. A report is also sent when a run is
            # first read, and when it ends.
            waiting_run_ids: Collection[int] = ()
            if report_due or changes.runs:
                waiting_run_ids = self._watched_runs.waiting_run_ids(changes)
            return changes, read_waiting_for(connection, waiting_run_ids)

        async with self._engine.connect() as connection, connection.begin():
            return await connection.run_sync(read)

    def _note_times(self, notified_at: float | None, *, report_due: bool) -> None:
        """Record when changes and reports were last read, and whether the next read must report."""
        now = time.monotonic()
        if notified_at is not None:
            self._changed_at = now
        if report_due:
            self._reported_at = now
        self._is_report_owed = not report_due

    async def _publish(
        self,
        events_by_run: Iterable[tuple[int, bytes]],
        joining: Mapping[int, set[Subscription]],
        notified_at: float | None,
    ) -> None:
        """Send each run's events to its streams, one run after the other.

        Between two runs, other requests are served. Streams that joined during this read get their
        state from the next read.
        """
        for run_id, events in events_by_run:
            if run := self._runs.get(run_id):
                run.view = self._watched_runs.runs[run_id]
                await self._wake(
                    run.publish(events, joining[run_id], notified_at), ended=run.view.run.ended
                )
            await asyncio.sleep(0)
        for run_id in joining.keys() - self._watched_runs.runs.keys():
            if run := self._runs.get(run_id):
                run.end()  # There is no such run in the database.
        self._forget_unwatched()

    async def _wake(self, streams: Sequence[Subscription], *, ended: bool) -> None:
        """Let the streams send their queued events. If the run has ended, also end the streams."""
        for number, stream in enumerate(streams, start=1):
            stream.wake()
            if ended:
                stream.end()
            if number % _MAX_WOKEN_AT_ONCE == 0:
                await asyncio.sleep(0)

    def _seconds_to_next_read(self) -> float:
        """Return the maximum number of seconds until the next read.

        If the last read was without a report, the next read is due when the next report is.
        """
        if not self._is_report_owed:
            return _READ_EVERY_SECONDS
        return max(0.0, self._reported_at + _REPORT_EVERY_SECONDS - time.monotonic())

    async def _pause(self, max_seconds: float) -> None:
        """Wait until something changes, but at most ``max_seconds`` seconds.

        The pause ends no earlier than ``_MIN_PAUSE_SECONDS`` after the last change was read.
        """
        paused_at = time.monotonic()
        try:
            async with asyncio.timeout(max_seconds):
                await self._woken.wait()
        except TimeoutError:
            return
        if self._runs:
            now = time.monotonic()
            # Without a notification, the reason to read is a stream that has joined.
            last_read_at = paused_at if self._woken_at is None else self._changed_at
            seconds_to_read = max(0.0, last_read_at + _MIN_PAUSE_SECONDS - now)
            seconds_to_report = self._reported_at + _REPORT_EVERY_SECONDS - now
            waits_for_report = seconds_to_read < seconds_to_report < _MAX_WAIT_FOR_REPORT_SECONDS
            await asyncio.sleep(seconds_to_report if waits_for_report else seconds_to_read)
