"""Start a run that reads the failed jobs of an ended run again.

The new run does not list boards, so no posting expires because of a listing. The checks of the new
run take on the failed jobs of the boards. A job counts as failed until a later check has read it.
"""

from datetime import timedelta

from sqlalchemy import Connection

from include.core.models import CheckKind, RunTrigger
from include.core.runs.run_state import ENDED_RUNS
from include.db.run.runs import companies_to_retry, get_run
from include.errors import RunNotRetryable
from include.failure_codes import FailureCode
from include.pipeline.runs.start_run import start_run


def retry_failed(
    connection: Connection, run_id: int, *, trigger: RunTrigger, request_id: str | None = None
) -> int:
    """Start a run that retries the failed jobs of a run, and return the new run's id.

    Raises:
        LookupError: there is no run with this id.
        RunNotRetryable: the code is ``run_not_ended`` if the run is active. The code is
            ``nothing_to_retry`` if none of the run's jobs failed, or if later checks have read all
            its failed jobs.
        ActiveRunError: the user has an active run.
    """
    run = get_run(connection, run_id)
    if run is None:
        raise LookupError(f"there is no run {run_id}")
    if run.status not in ENDED_RUNS:
        raise RunNotRetryable(f"run {run_id} has not ended yet", code=FailureCode.RUN_NOT_ENDED)
    companies = companies_to_retry(connection, run_id)
    if not companies:
        raise RunNotRetryable(
            f"no job of run {run_id} is still failed", code=FailureCode.NOTHING_TO_RETRY
        )
    return start_run(
        connection,
        user_id=run.user_id,
        trigger=trigger,
        max_age=timedelta(0),
        companies=companies,
        force=run.force,
        kind=CheckKind.RETRY,
        request_id=request_id,
        retry_of=run_id,
    )
