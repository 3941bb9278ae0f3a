"""All progress streams of this process: who may open one, and the readers that feed them."""

import asyncio
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

import anyio
from sqlalchemy.ext.asyncio import AsyncEngine

from api.metrics import STREAMS_OPEN
from api.stream.events import GOODBYE
from api.stream.reader import RunReader
from api.stream.subscription import Subscription


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
        self._tasks: set[asyncio.Task[None]] = set()
        self.closing = anyio.Event()
        """Set when the server shuts down; every stream then says goodbye."""

    @contextmanager
    def admitted(self, user_id: str) -> Generator[None]:
        """Counts a stream for as long as it is open. Raises TooManyStreams."""
        if self._open[user_id] >= self._caps.per_user:
            raise TooManyStreams(of_user=True)
        if self._open.total() >= self._caps.total or self.closing.is_set():
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

    async def run(self) -> None:
        """Says goodbye to all streams when the server shuts down."""
        await self.closing.wait()
        self._end_streams()

    async def aclose(self) -> None:
        self.closing.set()
        self._end_streams()
        await asyncio.gather(*self._tasks)

    def _end_streams(self) -> None:
        for reader in self._readers.values():
            reader.end_streams(GOODBYE)

    async def _run(self, run_id: int, reader: RunReader) -> None:
        try:
            await reader.run()
        finally:
            del self._readers[run_id]
