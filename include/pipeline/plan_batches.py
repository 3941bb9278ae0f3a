"""Divide the sweep's jobs among batches, and change the sweep's checks to ``reading``."""

from sqlalchemy import Engine

from include.core.checking.batches import MAX_TASKS, pack_pages
from include.core.runs.run_state import CheckStatus, RunStatus
from include.db.catalogue.jobs import assign_batches, group_pages, read_batches
from include.db.run.run_checks import runs_of_checks
from include.db.run.runs import advance, notify
from include.db.work.checks import active_checks, begin_reading, lock_listed
from include.db.work.sweeps import Sweep, fence
from include.failure_codes import FailureCode
from include.pipeline.runs.settle_checks import end_early, end_if_read


def plan_batches(
    engine: Engine, sweep: Sweep, *, batch_size: int, workers: int = MAX_TASKS
) -> list[int]:
    """Divide the pending jobs of the sweep's checks among batches.

    All pages of a host are in the same batch.

    Also end the checks whose listing failed, and the checks that have nothing to read.

    Args:
        batch_size: the usual number of pages in a batch. Batches are larger if fewer of them are
            enough to keep all workers busy.
        workers: the number of tasks that may run at the same time.

    Returns:
        The numbers of the batches; empty if there is nothing to read.

    Raises:
        SweepSuperseded: the sweep has been recovered or closed.
    """
    with engine.begin() as connection:
        fence(connection, sweep)
        lock_listed(connection, sweep.sweep_id)
        reading_check_ids = begin_reading(connection, sweep.sweep_id)
        groups = group_pages(connection, reading_check_ids, batch_size)
        batches = pack_pages(groups, batch_size, workers=workers)
        assign_batches(connection, reading_check_ids, batch_size, batches)
        advance(connection, runs_of_checks(connection, reading_check_ids), RunStatus.INGESTING)
        notify(connection)
    with engine.begin() as connection:
        fence(connection, sweep)
        unlisted_check_ids = [
            check_id
            for check_id, status in active_checks(connection, sweep.sweep_id).items()
            if status is CheckStatus.LISTING
        ]
        end_early(
            connection, unlisted_check_ids, CheckStatus.FAILED, error_code=FailureCode.LISTING
        )
        end_if_read(connection, reading_check_ids)
        return read_batches(connection, reading_check_ids)
