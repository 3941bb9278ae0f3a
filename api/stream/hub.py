"""All progress streams of this process: who may open one, and the readers that feed them."""

import asyncio
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine

from api.metrics import STREAMS_OPEN
from api.shutdown import server_stops
from api.stream.events import GOODBYE
from api.stream.reader import RunReader
from api.stream.subscription import Subscription
from include.db.progress import read_head


@dataclass(frozen=True, kw_only=True)
class StreamCaps:
    per_user: int
    total: int


class TooManyStreams(Exception):
    def __init__(self, *, of_user: bool):
        super().__init__()
        self.of_user = of_user
        """Else of everyone together."""


class ProgressHub:
    def __init__(self, engine: AsyncEngine, caps: StreamCaps):
        self._engine = engine.execution_options(isolation_level="REPEATABLE READ")
        self._caps = caps
        self._open: Counter[str] = Counter()
        self._readers: dict[int, RunReader] = {}
        self._looks: dict[int, asyncio.Task[str | None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False

    @contextmanager
    def admitted(self, user_id: str) -> Generator[None]:
        """Counts a stream for as long as it is open. Raises TooManyStreams."""
        if self._open[user_id] >= self._caps.per_user:
            raise TooManyStreams(of_user=True)
        if self._open.total() >= self._caps.total or self._closing:
            raise TooManyStreams(of_user=False)
        self._open[user_id] += 1
        STREAMS_OPEN.inc()
        try:
            yield
        finally:
            STREAMS_OPEN.dec()
            self._open[user_id] -= 1
            if not self._open[user_id]:
                del self._open[user_id]

    @contextmanager
    def subscribed(
        self, run_id: int, last_id: int | None
    ) -> Generator[tuple[RunReader, Subscription]]:
        reader = self._readers.get(run_id)
        if reader is None:
            reader = self._readers[run_id] = RunReader(self._engine, run_id)
            stream = reader.join(last_id)
            task = asyncio.create_task(self._run(run_id, reader))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        else:
            stream = reader.join(last_id)
        try:
            yield reader, stream
        finally:
            reader.leave(stream)

    def wake(self, run_id: str) -> None:
        """As the notification's payload has it."""
        reader = self._readers.get(int(run_id)) if run_id.isdecimal() else None
        if reader is not None:
            reader.wake()

    def wake_all(self) -> None:
        for reader in self._readers.values():
            reader.wake()

    async def owner_of(self, run_id: int) -> str | None:
        """The run's user; None when there is no run. However many come back at once, after a
        restart, the database is asked once."""
        reader = self._readers.get(run_id)
        if reader is not None and reader.owner is not None:
            return reader.owner
        look = self._looks.get(run_id)
        if look is None:
            look = self._looks[run_id] = asyncio.create_task(self._look_up(run_id))
            look.add_done_callback(lambda _: self._looks.pop(run_id))
        return await asyncio.shield(look)

    async def run(self) -> None:
        """Says goodbye to all streams when the server stops."""
        await server_stops()
        self._end_streams()

    async def aclose(self) -> None:
        self._end_streams()
        await asyncio.gather(*self._tasks)

    def _end_streams(self) -> None:
        """And admits none any more."""
        self._closing = True
        for reader in self._readers.values():
            reader.end_streams(GOODBYE)

    async def _look_up(self, run_id: int) -> str | None:
        async with self._engine.connect() as connection, connection.begin():
            head = await connection.run_sync(read_head, run_id)
        return head.user_id if head else None

    async def _run(self, run_id: int, reader: RunReader) -> None:
        try:
            await reader.run()
        finally:
            del self._readers[run_id]
