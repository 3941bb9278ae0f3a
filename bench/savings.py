"""How much less ``update`` events carry than the full state would, each time that a run's state
is told."""

import asyncio
import json
import time
from dataclasses import dataclass

import aiohttp
from sqlalchemy import Engine

from bench.large_run import LargeRun, ingesting_run
from include.core.run_state import JobStatus

_JOBS = 1_000
_FLUSH = 30
"""Jobs moved on by one flush, as three workers of ten pages a second would in one second."""
_PAUSE = 0.25
"""Between flushes: time is compressed, but each is still told by itself."""
_WAY = (JobStatus.PENDING, JobStatus.CRAWLING, JobStatus.EXTRACTING, JobStatus.READY)


@dataclass(frozen=True, kw_only=True)
class Savings:
    jobs: int
    updates: int
    update_bytes: int
    full_bytes: int
    """Had each update been the whole state."""

    @property
    def share(self) -> float:
        return 1 - self.update_bytes / self.full_bytes


def measure_savings(stream_url: str, token: str, engine: Engine, user: str) -> Savings:
    run = ingesting_run(engine, user, _JOBS)
    try:
        return asyncio.run(_measure(f"{stream_url}{run.run_id}", token, run))
    finally:
        run.end()


async def _measure(url: str, token: str, run: LargeRun) -> Savings:
    updates: list[int] = []
    full = 0
    done: set[str] = set()
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(headers=headers) as http, http.get(url) as answer:
        work = None
        name = ""
        buffered = b""
        async for chunk in answer.content.iter_any():
            *lines, buffered = (buffered + chunk).split(b"\n")
            for line in lines:
                if line.startswith(b"event: "):
                    name = line.removeprefix(b"event: ").decode()
                elif line.startswith(b"data: ") and name == "all_jobs":
                    full = max(full, len(line))
                    work = work or asyncio.create_task(asyncio.to_thread(_go, run))
                elif line.startswith(b"data: ") and name == "update":
                    updates.append(len(line))
                    for statuses in json.loads(line.removeprefix(b"data: ")).values():
                        done |= {key for key, status in statuses.items() if status == "ready"}
            if len(done) == _JOBS:
                break
        if work is not None:
            await work
    return Savings(
        jobs=_JOBS, updates=len(updates), update_bytes=sum(updates), full_bytes=full * len(updates)
    )


def _go(run: LargeRun) -> None:
    """All jobs through their states, the oldest first."""
    moved = True
    while moved:
        moved = False
        for before, after in zip(_WAY[-2::-1], _WAY[:0:-1], strict=True):
            if run.advance(before, after, _FLUSH):
                moved = True
                time.sleep(_PAUSE)
