"""Read the throughput of an ended run: the number of jobs done in each time step."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from include.core.runs.pace_chart import step_seconds
from include.db.sql import any_of
from include.db.tables import checks, ingestion_runs


@dataclass(frozen=True, kw_only=True)
class Throughput:
    """The numbers of jobs done in time steps of equal length."""

    step_seconds: int
    steps: tuple[int, ...]
    """The number of jobs done in each step since the run started; empty for a run that has not
    ended or never started."""


def read_throughput(connection: Connection, run_id: int) -> Throughput:
    """Return the throughput of the checks that the run rests on.

    Jobs that the user's filters leave out are counted, too.

    Jobs that were done before the run started, by checks that it adopted or awaited, do not count.
    Jobs that left the listing do not count either.
    """
    times = select(
        ingestion_runs.c.started_at, ingestion_runs.c.finished_at, ingestion_runs.c.check_ids
    ).where(ingestion_runs.c.run_id == run_id)
    row = connection.execute(times).one_or_none()
    if row is None or row.started_at is None or row.finished_at is None:
        return Throughput(step_seconds=step_seconds(0), steps=())
    duration = (row.finished_at - row.started_at).total_seconds()
    length = step_seconds(duration)
    steps = [0] * (int(duration // length) + 1)
    query = select(checks.c.started_at, checks.c.pace).where(
        checks.c.check_id == any_of([each for each in row.check_ids if each is not None]),
        func.cardinality(checks.c.pace) > 0,
    )
    for began, pace in connection.execute(query):
        ahead = _seconds(row.started_at, began)
        for second, done in enumerate(pace):
            # The second in which the run started counts, too, although a part of it lies before the
            # run.
            if ahead + second > -1:
                step = int(max(0.0, ahead + second) // length)
                steps[min(step, len(steps) - 1)] += done
    return Throughput(step_seconds=length, steps=tuple(steps))


def _seconds(since: datetime, until: datetime) -> float:
    return (until - since).total_seconds()
