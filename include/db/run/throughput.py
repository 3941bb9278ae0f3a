"""Read the throughput of an ended run: the number of jobs done in each time step."""

from dataclasses import dataclass

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
    select_run = select(
        ingestion_runs.c.started_at, ingestion_runs.c.finished_at, ingestion_runs.c.check_ids
    ).where(ingestion_runs.c.run_id == run_id)
    run = connection.execute(select_run).one_or_none()
    if run is None or run.started_at is None or run.finished_at is None:
        return Throughput(step_seconds=step_seconds(0), steps=())
    duration = (run.finished_at - run.started_at).total_seconds()
    length = step_seconds(duration)
    steps = [0] * (int(duration // length) + 1)
    query = select(checks.c.started_at, checks.c.pace).where(
        checks.c.check_id == any_of([each for each in run.check_ids if each is not None]),
        func.cardinality(checks.c.pace) > 0,
    )
    for check_started_at, pace in connection.execute(query):
        # The offset is negative if the check started before the run.
        offset_seconds = (check_started_at - run.started_at).total_seconds()
        for second, jobs_done in enumerate(pace):
            # A second of the check that lies partly before the run counts, too.
            if offset_seconds + second > -1:
                step = int(max(0.0, offset_seconds + second) // length)
                steps[min(step, len(steps) - 1)] += jobs_done
    return Throughput(step_seconds=length, steps=tuple(steps))
