"""Provide a client of the stream that works like a browser's EventSource.

It applies each event to the state that it keeps, and remembers the ids of events.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
from httpx_sse import ServerSentEvent, aconnect_sse

from include.core.runs.progress import WatchedRun, fold


class Refused(Exception):
    @property
    def status(self) -> int:
        return self.args[0]


@dataclass
class Watcher:
    events: AsyncIterator[ServerSentEvent]
    response: httpx.Response
    state: WatchedRun = field(default_factory=WatchedRun)
    seen: list[ServerSentEvent] = field(default_factory=list)

    async def next(self) -> ServerSentEvent:
        """Return the next event that is not ``progress``."""
        while (event := await self.next_of_any_name()).event == "progress":
            pass
        return event

    async def next_of_any_name(self) -> ServerSentEvent:
        while True:
            event = await asyncio.wait_for(anext(self.events), 60)
            # httpx-sse gives this name to an event that has only ``retry``, which is not of
            # interest here.
            if event.event != "message":
                self.seen.append(event)
                self.state = fold(self.state, event.event, event.data)
                return event

    async def until(self, condition: Callable[[WatchedRun], bool]) -> None:
        while not condition(self.state):
            await self.next()

    async def to_end(self) -> None:
        """Receive events until the server closes the stream."""
        while True:
            try:
                await self.next()
            except StopAsyncIteration:
                return

    @property
    def last_id(self) -> str:
        return self.seen[-1].id

    @property
    def names(self) -> list[str]:
        """Return the names of the received events, without ``progress``."""
        return [event.event for event in self.seen if event.event != "progress"]

    @property
    def statuses(self) -> dict[str, dict[str, str]]:
        return {
            company: {external_id: job.status.value for external_id, job in jobs.items()}
            for company, jobs in self.state.jobs.items()
        }


@asynccontextmanager
async def watching(
    http: httpx.AsyncClient,
    run_id: int,
    *,
    last_id: str | None = None,
    state: WatchedRun | None = None,
) -> AsyncIterator[Watcher]:
    headers = {"Last-Event-ID": last_id} if last_id is not None else {}
    async with aconnect_sse(http, "GET", f"/progress/{run_id}", headers=headers) as source:
        if source.response.status_code != 200:
            raise Refused(source.response.status_code, await source.response.aread())
        yield Watcher(source.aiter_sse(), source.response, state or WatchedRun())
