"""Makes every wanted posting that the listings named a pending job of the run; the others are
set aside, not expired."""

from sqlalchemy import Engine

from include.core.run_state import RunStatus
from include.db.jobs import set_aside_unwanted, upsert_listed
from include.db.run_companies import fail_unlisted
from include.db.runs import Run, notify, touch
from include.pipeline.reextract import take_on_stored


def upsert_jobs(engine: Engine, run: Run) -> int:
    """Returns how many jobs were taken on: none in a run recovered after its listing. Raises
    RunSuperseded."""
    if run.status is RunStatus.INGESTING:
        return 0
    with engine.begin() as connection:
        version = touch(connection, run.run_id, run.attempt, during=(RunStatus.INITIALIZING,))
        if run.reextract:
            return take_on_stored(connection, run, version)
        fail_unlisted(connection, run.run_id)
        set_aside_unwanted(connection, run.run_id, run.user_id)
        count = upsert_listed(connection, run.run_id, run.user_id, version)
        notify(connection, run.run_id)
    return count
