"""Reads one live run for all streams of this process that watch it.

A stream joins first and is told the state after the next read, so that it never begins with
something older than its request; and as everything between two ``await`` is one step here, it
then gets exactly what comes after that state: no gap and no repetition.
"""

import asyncio
import logging
import time
from collections.abc import Sequence

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from api.stream.subscription import Subscription
from api.stream.view import News, RunView
from include.core.run_state import RunStatus
from include.db.progress import read_changes, read_head, read_outcomes, read_run

_log = logging.getLogger(__name__)
_LOOK_EVERY = 3.0
_SHORTEST_PAUSE = 0.2
"""Between two reads of changes, however often the run's workers flush, and between two reads for
streams that join."""
_REPORT_EVERY = 1.0
_WORTH_WAITING = 0.05
"""Seconds for which a change waits for the report that is about to be due: what goes out together
costs each stream one write instead of two."""
_WOKEN_AT_ONCE = 50
"""Streams. Other requests get their turn between them, and what was sent is freed."""


class RunReader:
    def __init__(self, engine: AsyncEngine, run_id: int):
        """``engine`` must isolate its transactions as REPEATABLE READ."""
        self._engine = engine
        self._run_id = run_id
        self._view = RunView()
        self._joining: set[Subscription] = set()
        self._streams: set[Subscription] = set()
        self._woken = asyncio.Event()
        self._woken_at: float | None = None
        self._reported_at = self._changed_at = float("-inf")
        self._owes_report = True

    @property
    def owner(self) -> str | None:
        """The run's user, once it has been read."""
        return self._view.head.user_id if self._view.head else None

    def join(self, last_id: int | None) -> Subscription:
        stream = Subscription(last_id, lambda: b"".join(self._view.state()))
        self._joining.add(stream)
        self._woken.set()
        return stream

    def leave(self, stream: Subscription) -> None:
        self._joining.discard(stream)
        self._streams.discard(stream)
        if not self._watched:
            self._woken.set()

    @property
    def _watched(self) -> bool:
        return bool(self._joining or self._streams)

    def wake(self) -> None:
        """When the run's workers say that something changed."""
        if self._woken_at is None:
            self._woken_at = time.monotonic()
        self._woken.set()

    def end_streams(self, farewell: bytes = b"") -> None:
        for stream in self._joining | self._streams:
            stream.end(farewell)
        self._joining.clear()
        self._streams.clear()
        self._woken.set()

    async def run(self) -> None:
        """Until nobody watches, or the run has ended or is gone."""
        try:
            while self._watched:
                self._woken.clear()
                published_at, self._woken_at = self._woken_at, None
                joining = set(self._joining)
                try:
                    news = await self._read()
                except (SQLAlchemyError, OSError) as error:
                    about = {"run_id": self._run_id, "reason": type(error).__name__}
                    _log.warning("progress_read_failed", extra=about)
                    await self._pause(_LOOK_EVERY)
                    continue
                if news is None:
                    return
                told = self._tell(news, joining & self._joining, published_at)
                await self._wake(told, for_good=news.head.ended)
                # Who joined during this read is told by the next.
                if news.head.ended and not self._joining:
                    return
                await self._pause(self._seconds_to_next_look())
        finally:
            self.end_streams()

    def _tell(
        self, news: News, joining: set[Subscription], published_at: float | None
    ) -> list[Subscription]:
        """Those that something was told, to be woken."""
        now = time.monotonic()
        if published_at is not None:
            self._changed_at = now
        self._owes_report = news.report is None
        if news.report is not None:
            self._reported_at = now
        told = b"".join(self._view.apply(news, now))
        for stream in self._streams:
            stream.push(told, published_at)
        told_since: dict[int | None, bytes] = {}
        for stream in joining:
            if stream.last_id not in told_since:
                told_since[stream.last_id] = b"".join(self._view.since(stream.last_id))
            stream.push(told_since[stream.last_id])
        self._streams |= joining
        self._joining -= joining
        told_all = list(self._streams)
        if news.head.ended:
            self._streams.clear()
        return told_all

    async def _wake(self, streams: Sequence[Subscription], *, for_good: bool) -> None:
        for number, stream in enumerate(streams, start=1):
            stream.wake()
            if for_good:
                stream.end()
            if number % _WOKEN_AT_ONCE == 0:
                await asyncio.sleep(0)

    def _seconds_to_next_look(self) -> float:
        if not self._owes_report:
            return _LOOK_EVERY
        return max(0.0, self._reported_at + _REPORT_EVERY - time.monotonic())

    async def _pause(self, longest: float) -> None:
        """Cut short when the run's workers say that something changed, but not too short."""
        began = time.monotonic()
        try:
            async with asyncio.timeout(longest):
                await self._woken.wait()
        except TimeoutError:
            return
        if self._watched:
            now = time.monotonic()
            before = began if self._woken_at is None else self._changed_at
            rest = max(0.0, before + _SHORTEST_PAUSE - now)
            to_report = self._reported_at + _REPORT_EVERY - now
            await asyncio.sleep(to_report if rest < to_report < _WORTH_WAITING else rest)

    async def _read(self) -> News | None:
        report_due = time.monotonic() - self._reported_at >= _REPORT_EVERY
        async with self._engine.connect() as connection, connection.begin():
            return await connection.run_sync(self._read_news, report_due)

    def _read_news(self, connection: Connection, report_due: bool) -> News | None:
        head = read_head(connection, self._run_id)
        if head is None:
            return None
        if head.ended:
            jobs = read_outcomes(connection, head)
        elif head.status is RunStatus.INGESTING:
            jobs = read_changes(connection, self._run_id, self._view.jobs_after)
        else:
            jobs = []
        report = read_run(connection, self._run_id) if report_due or head.ended else None
        return News(head=head, jobs=jobs, report=report)
