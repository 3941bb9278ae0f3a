"""The heart: a worker gathers outcomes in memory and writes them, at most once a second, in one
transaction that is fence, heartbeat and abort check as well.
"""

import asyncio
from collections import Counter
from collections.abc import Coroutine, Sequence
from typing import Any

from sqlalchemy import Engine

from include.core.outcomes import Extracted, Outcome, class_of
from include.core.run_state import RunStatus
from include.db import job_outcomes
from include.db.job_texts import keep_texts
from include.db.runs import Run, is_finished, notify, touch
from include.errors import RunSuperseded
from include.pipeline.finish_run import finish_if_done

_EVERY_SECONDS = 1.0


class Outcomes:
    """What one worker has found out and not yet written."""

    def __init__(self, engine: Engine, run: Run) -> None:
        self._engine = engine
        self._run = run
        self._waiting: list[Outcome] = []
        self._latest: dict[int, str] = {}

    def add(self, outcome: Outcome) -> None:
        self._waiting.append(outcome)
        self._latest[outcome.job_id] = class_of(outcome)

    @property
    def tally(self) -> dict[str, int]:
        """How many jobs came to what, written or not; the most frequent first."""
        return dict(Counter(self._latest.values()).most_common())

    def take(self) -> list[Outcome]:
        """What is to be written now. For the thread that adds: in another, an outcome might be
        added to what has been written already."""
        waiting, self._waiting = self._waiting, []
        return waiting

    def write(self, waiting: Sequence[Outcome], *, is_last: bool = False) -> None:
        """A heartbeat when there is nothing to write; not even that when another worker has
        finished the run, which takes nothing from this one.

        Args:
            is_last: this worker has no more to write; ends the run if none has.

        Raises:
            RunSuperseded: the run was aborted, recovered or ended; nothing was written.
        """
        run = self._run
        with self._engine.begin() as connection:
            # Takes the longest, and once the run's row is held, its other workers wait.
            if extracted := [each for each in waiting if isinstance(each, Extracted)]:
                keep_texts(connection, extracted)
            try:
                version = touch(connection, run.run_id, run.attempt, during=(RunStatus.INGESTING,))
            except RunSuperseded:
                if waiting or not is_finished(connection, run):
                    raise
                return
            if waiting:
                job_outcomes.write(connection, run.run_id, version, waiting)
                notify(connection, run.run_id)
            if is_last:
                finish_if_done(connection, run)

    def flush(self) -> None:
        """Raises as ``write``."""
        self.write(self.take())

    def finish(self) -> None:
        """Writes the rest, and ends the run if that was the last of it. Raises as ``write``."""
        self.write(self.take(), is_last=True)


async def flush_while(outcomes: Outcomes, work: Coroutine[Any, Any, None]) -> dict[str, int]:
    """Runs ``work``, which adds to ``outcomes``, and flushes them every second until it is done.

    Returns:
        Their tally.

    Raises:
        RunSuperseded: a flush was refused; the work is cancelled.
    """
    task = asyncio.create_task(work)
    try:
        while not (await asyncio.wait([task], timeout=_EVERY_SECONDS))[0]:
            await asyncio.to_thread(outcomes.write, outcomes.take())
        if task.exception():
            await asyncio.to_thread(outcomes.write, outcomes.take())
        await task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await asyncio.to_thread(outcomes.finish)
    return outcomes.tally
