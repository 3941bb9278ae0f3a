"""Hold all progress streams of this process, limit their number, and share one reader."""

import asyncio
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine

from api.metrics import STREAMS_OPEN
from api.shutdown import server_stops
from api.stream.events import CLOSING_COMMENT
from api.stream.reader import ProgressReader, RunStreams
from api.stream.subscription import Subscription
from include.db.run.progress import RunHead, read_head
from include.db.run.watched import RunState


@dataclass(frozen=True, kw_only=True)
class StreamCaps:
    """The maximum numbers of open streams in this process.

    ``per_user`` limits the streams of one user. ``total`` limits the streams of all users together.
    """

    per_user: int
    total: int


class TooManyStreams(Exception):
    """No more streams may be opened, by this user or in this process."""

    def __init__(self, *, of_user: bool):
        super().__init__()
        self.of_user = of_user
        """True if the user's limit is reached, False if the limit of all users together is
        reached."""


class ProgressHub:
    """The open streams of this process, and their reader."""

    def __init__(self, engine: AsyncEngine, caps: StreamCaps):
        self._engine = engine.execution_options(isolation_level="REPEATABLE READ")
        self._caps = caps
        self._open_by_user: Counter[str] = Counter()
        self._reader = ProgressReader(self._engine)
        self._lookups: dict[int, asyncio.Task[RunHead | None]] = {}
        self._closing = False

    @contextmanager
    def admitted(self, user_id: str) -> Generator[None]:
        """Count a stream as open as long as the block runs.

        Raises:
            TooManyStreams: the user or the process has as many streams as allowed, or the streams
                are being ended.
        """
        if self._open_by_user[user_id] >= self._caps.per_user:
            raise TooManyStreams(of_user=True)
        if self._open_by_user.total() >= self._caps.total or self._closing:
            raise TooManyStreams(of_user=False)
        self._open_by_user[user_id] += 1
        STREAMS_OPEN.inc()
        try:
            yield
        finally:
            STREAMS_OPEN.dec()
            self._open_by_user[user_id] -= 1
            if not self._open_by_user[user_id]:
                del self._open_by_user[user_id]

    @contextmanager
    def subscribed(
        self, run_id: int, last_id: int | None
    ) -> Generator[tuple[RunStreams, Subscription]]:
        """Subscribe a stream to the run's events as long as the block runs."""
        run, stream = self._reader.join(run_id, last_id)
        try:
            yield run, stream
        finally:
            self._reader.leave(run_id, stream)

    def wake(self, _payload: str = "") -> None:
        """Make the reader query for changes."""
        self._reader.wake()

    async def head_of(self, run_id: int) -> RunHead | RunState | None:
        """Return the run's owner and status; None if there is no such run.

        Concurrent calls for one run share one query, because many clients reconnect at the same
        time after a restart.
        """
        if run := self._reader.run_of(run_id):
            return run
        lookup = self._lookups.get(run_id)
        if lookup is None:
            lookup = self._lookups[run_id] = asyncio.create_task(self._look_up(run_id))
            lookup.add_done_callback(lambda _: self._lookups.pop(run_id))
        return await asyncio.shield(lookup)

    async def run(self) -> None:
        """Wait until the server stops, then end all streams."""
        await server_stops()
        self._end_streams()

    async def aclose(self) -> None:
        """End all streams, and stop the reader."""
        self._end_streams()
        await self._reader.aclose()

    def _end_streams(self) -> None:
        """End all streams, and accept no new ones."""
        self._closing = True
        self._reader.end_streams(CLOSING_COMMENT)

    async def _look_up(self, run_id: int) -> RunHead | None:
        async with self._engine.connect() as connection, connection.begin():
            return await connection.run_sync(read_head, run_id)
