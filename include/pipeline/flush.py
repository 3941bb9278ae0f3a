"""The heart: a worker gathers outcomes in memory and writes them, at most once a second, in one
transaction that is fenced by its sweep.

Workers of a sweep do not wait for each other: they hold the fence together, and each has jobs of
its own. Only those that end the same check at the same moment do.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from typing import Any

from sqlalchemy import Engine

from include.core.outcomes import STATES, Extracted, Outcome, class_of
from include.core.run_state import ENDED_JOBS
from include.db import job_outcomes
from include.db.checks import still_reading
from include.db.job_texts import index_texts
from include.db.runs import notify
from include.db.sweeps import Sweep, beat, fence
from include.pipeline.settle_checks import end_if_read
from include.pipeline.start_run import assign_waiting

_EVERY_SECONDS = 1.0


class Outcomes:
    """What one worker has found out and not yet written."""

    def __init__(self, engine: Engine, sweep: Sweep, check_of: Mapping[int, int]) -> None:
        """
        Args:
            check_of: the check of each job that the worker is to read, by job id.
        """
        self._engine = engine
        self._sweep = sweep
        self._check_of = check_of
        self._left = Counter(check_of.values())
        self._waiting: list[Outcome] = []
        self._latest: dict[int, str] = {}
        self._read: set[int] = set()

    def add(self, outcome: Outcome) -> None:
        """Keep an outcome until the next flush."""
        self._waiting.append(outcome)
        self._latest[outcome.job_id] = class_of(outcome)
        if STATES[type(outcome)] in ENDED_JOBS:
            check_id = self._check_of[outcome.job_id]
            self._left[check_id] -= 1
            if not self._left[check_id]:
                self._read.add(check_id)

    @property
    def tally(self) -> dict[str, int]:
        """How many jobs came to what, written or not; the most frequent first."""
        return dict(Counter(self._latest.values()).most_common())

    def take(self) -> tuple[list[Outcome], set[int]]:
        """Return what is to be written now, and the checks of which this worker has read all.

        For the thread that adds: in another, an outcome might be added to what has been written
        already.
        """
        waiting, self._waiting = self._waiting, []
        read, self._read = self._read, set()
        return waiting, read

    def write(self, waiting: Sequence[Outcome], read: Collection[int] = ()) -> None:
        """Write outcomes, and end those of the checks ``read`` that no worker has more of.

        Raises:
            SweepSuperseded: the sweep was recovered or closed; nothing was written.
        """
        ended: list[int] = []
        with self._engine.begin() as connection:
            beat(connection, self._sweep)
        if waiting or read:
            with self._engine.begin() as connection:
                fence(connection, self._sweep)
                job_outcomes.write(connection, self._sweep.sweep_id, self._check_of, waiting)
                notify(connection)
                ended = end_if_read(connection, read)
        if extracted := [each.job_id for each in waiting if isinstance(each, Extracted)]:
            with self._engine.begin() as connection:
                index_texts(connection, extracted)
        if ended:
            with self._engine.begin() as connection:
                assign_waiting(connection)

    def cancelled(self) -> set[int]:
        """Return those of the worker's checks that are not to be read any more."""
        mine = set(self._check_of.values())
        with self._engine.connect() as connection:
            return mine - still_reading(connection, list(mine))

    def flush(self) -> None:
        """Write what waits; raises as ``write`` does."""
        self.write(*self.take())

    def finish(self) -> None:
        """Write the rest, and end every check of which nobody has more; raises as ``write``."""
        waiting, _ = self.take()
        self.write(waiting, set(self._check_of.values()))


async def flush_while(
    outcomes: Outcomes,
    work: Coroutine[Any, Any, None],
    *,
    stop: Callable[[Collection[int]], None] = lambda check_ids: None,
) -> dict[str, int]:
    """Run ``work``, which adds to ``outcomes``, and flush them every second until it is done.

    Args:
        stop: told each second of the checks whose jobs are not to be read any more.

    Returns:
        The tally of the outcomes.

    Raises:
        SweepSuperseded: a flush was refused; the work is cancelled.
    """
    task = asyncio.create_task(work)
    try:
        while not (await asyncio.wait([task], timeout=_EVERY_SECONDS))[0]:
            await asyncio.to_thread(outcomes.write, *outcomes.take())
            stop(await asyncio.to_thread(outcomes.cancelled))
        if task.exception():
            await asyncio.to_thread(outcomes.write, *outcomes.take())
        await task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await asyncio.to_thread(outcomes.finish)
    return outcomes.tally
