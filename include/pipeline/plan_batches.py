"""Deals the run's jobs out to batches and lets the ingestion begin."""

from sqlalchemy import Engine

from include.core.batches import batch_count
from include.core.run_state import RunStatus
from include.db.jobs import assign_batches, count_open_pages
from include.db.runs import Run, set_status


def plan_batches(engine: Engine, run: Run, *, batch_size: int) -> list[int]:
    """The numbers of the batches; none when there is nothing to do.

    Raises:
        RunSuperseded: the run was aborted or recovered meanwhile.
    """
    with engine.begin() as connection:
        set_status(connection, run.run_id, run.attempt, RunStatus.INGESTING)
        pages, unread = count_open_pages(connection, run.run_id)
        reads_all = run.force or run.reextract
        count = batch_count(pages, batch_size, unread=0 if reads_all else unread)
        if count:
            assign_batches(connection, run.run_id, count)
    return list(range(count))
