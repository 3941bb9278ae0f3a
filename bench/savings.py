"""Measure how many bytes it saves to send ``update`` events instead of the full state each time."""

import asyncio
import json
import time
from dataclasses import dataclass
from itertools import pairwise

import aiohttp
from sqlalchemy import Engine

from bench.large_run import LargeRun, ingesting_run
from include.core.runs.run_state import JobStatus

_JOBS = 1_000
_JOBS_PER_WRITE = 30
"""The number of jobs that one write moves. It is the number of pages that three workers read in one
second if each reads ten pages per second."""
_PAUSE_SECONDS = 0.25
"""The pause in seconds between two writes. It is shorter than in a real run, but long enough that
each write causes an event of its own."""
_STATUSES = (JobStatus.PENDING, JobStatus.CRAWLING, JobStatus.EXTRACTING, JobStatus.READY)


@dataclass(frozen=True, kw_only=True)
class UpdateSizes:
    """The sizes of the ``update`` events of one run, and of full states in their place."""

    jobs: int
    updates: int
    update_bytes: int
    """The number of bytes in all ``update`` events that the client received."""
    full_bytes: int
    """The number of bytes that the client would have received if each update had contained the
    whole state."""

    @property
    def saved_share(self) -> float:
        """The share (0 to 1) of ``full_bytes`` that the updates save."""
        return 1 - self.update_bytes / self.full_bytes


def measure_update_sizes(stream_url: str, token: str, engine: Engine, user: str) -> UpdateSizes:
    """Measure the updates that a client receives until all jobs of a run of 1,000 are ready.

    Args:
        stream_url: the beginning of the URL of a progress stream. The run's id is appended to it.
    """
    run = ingesting_run(engine, user, _JOBS)
    try:
        return asyncio.run(_measure(f"{stream_url}{run.run_id}", token, run))
    finally:
        run.end()


async def _measure(url: str, token: str, run: LargeRun) -> UpdateSizes:
    updates: list[int] = []
    full_state_bytes = 0
    ready_ids: set[str] = set()
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(headers=headers) as http, http.get(url) as response:
        moving = None
        name = ""
        buffered = b""
        async for chunk in response.content.iter_any():
            *lines, buffered = (buffered + chunk).split(b"\n")
            for line in lines:
                if line.startswith(b"event: "):
                    name = line.removeprefix(b"event: ").decode()
                elif line.startswith(b"data: ") and name == "all_jobs":
                    full_state_bytes = max(full_state_bytes, len(line))
                    moving = moving or asyncio.create_task(asyncio.to_thread(_move_jobs, run))
                elif line.startswith(b"data: ") and name == "update":
                    updates.append(len(line))
                    for statuses in json.loads(line.removeprefix(b"data: ")).values():
                        ready_ids |= {key for key, status in statuses.items() if status == "ready"}
            if len(ready_ids) == _JOBS:
                break
        if moving is not None:
            await moving
    return UpdateSizes(
        jobs=_JOBS,
        updates=len(updates),
        update_bytes=sum(updates),
        full_bytes=full_state_bytes * len(updates),
    )


def _move_jobs(run: LargeRun) -> None:
    """Move all jobs from pending to ready. In each round, jobs in later statuses move first."""
    moved = True
    while moved:
        moved = False
        for before, after in reversed(list(pairwise(_STATUSES))):
            if run.advance(before, after, _JOBS_PER_WRITE):
                moved = True
                time.sleep(_PAUSE_SECONDS)
