"""How many jobs an ended run was done with, over its time."""

from dataclasses import dataclass

from sqlalchemy import Connection, Integer, cast, extract, func, select

from include.core.pace_chart import step_seconds
from include.db.tables import ingestion_runs, run_jobs


@dataclass(frozen=True, kw_only=True)
class Throughput:
    step_seconds: int
    steps: tuple[int, ...]
    """Jobs done in each step since the run started; none for a run that never did."""


def read_throughput(connection: Connection, run_id: int) -> Throughput:
    """Jobs that left the listing are left out: the run did nothing for them."""
    times = select(ingestion_runs.c.started_at, ingestion_runs.c.finished_at).where(
        ingestion_runs.c.run_id == run_id
    )
    row = connection.execute(times).one_or_none()
    if row is None or row.started_at is None or row.finished_at is None:
        return Throughput(step_seconds=step_seconds(0), steps=())
    duration = (row.finished_at - row.started_at).total_seconds()
    length = step_seconds(duration)
    seconds = func.greatest(0, extract("epoch", run_jobs.c.settled_at - row.started_at))
    step = cast(func.floor(seconds / length), Integer)
    query = (
        select(step.label("step"), func.count().label("done"))
        .where(
            run_jobs.c.run_id == run_id,
            run_jobs.c.listed,
            run_jobs.c.settled_at.is_not(None),
        )
        .group_by(step)
    )
    counts = {row.step: row.done for row in connection.execute(query)}
    last = max(int(duration // length), *counts, 0)
    return Throughput(
        step_seconds=length, steps=tuple(counts.get(number, 0) for number in range(last + 1))
    )
