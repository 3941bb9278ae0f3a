"""Does the failed jobs of an ended run again, as a run of their own.

Such a run lists nothing: its listing is what the other run's listings said of those jobs, kept
when that run ended. It is a partial listing by nature, so nothing expires by it.
"""

from sqlalchemy import Connection

from include.core.models import RunTrigger
from include.core.run_state import ENDED_RUNS
from include.db.outbox import put_intent
from include.db.retries import copy_failed, failed_companies, set_retry_of
from include.db.runs import get_run
from include.errors import RunNotRetryable
from include.pipeline.start_run import insert_or_refuse


def retry_failed(
    connection: Connection, run_id: int, *, trigger: RunTrigger, request_id: str | None = None
) -> int:
    """The id of the new, pending run.

    Raises:
        RunNotRetryable: it goes on (``run_not_ended``); no job of it failed, or newer runs have
            taken on all that did (``nothing_to_retry``).
        ActiveRunError: the user has an active run.
    """
    run = get_run(connection, run_id)
    if run is None:
        raise LookupError(f"there is no run {run_id}")
    if run.status not in ENDED_RUNS:
        raise RunNotRetryable(f"run {run_id} goes on", code="run_not_ended")
    companies = failed_companies(connection, run_id)
    if not companies:
        raise RunNotRetryable(f"no job of run {run_id} is still failed", code="nothing_to_retry")
    new = insert_or_refuse(connection, run.user_id, trigger, companies, run.force)
    set_retry_of(connection, new, run_id)
    copy_failed(connection, new, run_id)
    conf = {
        "run_id": new,
        "user_id": run.user_id,
        "companies": companies,
        "force": run.force,
        "request_id": request_id,
    }
    put_intent(connection, new, attempt=1, conf=conf)
    return new
