"""Start a run.

One transaction inserts the run, assigns checks to its companies, and puts an intent for the new
checks' sweep into the outbox.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from include.core.models import CheckKind, RunTrigger
from include.core.runs.run_state import RunStatus
from include.db.run.run_checks import (
    boards_without_check,
    drop_unfollowed,
    lock_waiting,
    waiting_runs,
)
from include.db.run.runs import Run, advance, end_settled, find_active_run, get_run, insert_run
from include.db.user.companies import FollowedCompany, list_companies
from include.db.work.outbox import put_intent
from include.db.work.requested_checks import lock_active
from include.errors import ActiveRunError, CompaniesError
from include.failure_codes import FailureCode
from include.pipeline.runs.assign_checks import NewSweep, assign_checks

_MAX_TRIES = 5
"""The maximum number of tries to insert a run. A try fails only if the user has an active run. The
next try is made if the active run has ended before this transaction could read it."""


def start_run(
    connection: Connection,
    *,
    user_id: str,
    trigger: RunTrigger,
    max_age: timedelta,
    companies: Sequence[str] | None = None,
    force: bool = False,
    kind: CheckKind = CheckKind.LIST,
    request_id: str | None = None,
    dag_run_id: str | None = None,
    retry_of: int | None = None,
) -> int:
    """Start a run of the user, who must exist, and return the run's id.

    If all companies of the run were checked within ``max_age``, the run has already ended when this
    returns.

    Args:
        max_age: the maximum time since the end of a recent check that is used instead of a new one.
            With 0, every board is checked now.
        companies: the slugs of the companies to ingest; None for every enabled company.
        force: whether to crawl and extract unchanged pages, too.
        kind: the kind of the run's checks.
        request_id: the id of the API request. It is put into the DAG run's conf, so that the logs
            have it.
        dag_run_id: the id of the DAG run that calls this function and then carries out the run.
            None if the dispatcher is to create a DAG run.
        retry_of: the run whose failed jobs the new run reads again.

    Raises:
        CompaniesError: a slug names no enabled company, or there is no company at all.
        ActiveRunError: the user has an active run.
    """
    chosen_companies = choose_companies(connection, user_id, companies)
    run_id = _insert_or_refuse(
        connection,
        user_id=user_id,
        trigger=trigger,
        companies=[company.slug for company in chosen_companies],
        force=force,
        kind=kind,
        dag_run_id=dag_run_id,
        retry_of=retry_of,
    )

    def request(sweep_id: int) -> None:
        if dag_run_id is not None:
            return
        conf: dict[str, Any] = {
            "run_id": sweep_id,
            "user_id": user_id,
            "companies": None if companies is None else sorted(set(companies)),
            "force": force,
            "reextract": kind is CheckKind.REEXTRACT,
            "request_id": request_id,
        }
        put_intent(connection, sweep_id, conf)

    assign_checks(
        connection,
        [run_id],
        sorted({company.board_id for company in chosen_companies}),
        kind=kind,
        force=force,
        max_age=max_age,
        sweep=NewSweep(trigger=trigger, request=request, sweep_id=run_id, dag_run_id=dag_run_id),
    )
    return run_id


def assign_checks_to_waiting_runs(connection: Connection) -> int:
    """Assign checks to those companies of active runs that wait for a check.

    Such a company has no check, because its board had an active check that the run could not use.
    The company gets a check now if the board has no such active check any more.

    Returns:
        The number of runs that have such a company.
    """
    candidate_run_ids = waiting_runs(connection)
    if not candidate_run_ids:
        return 0
    # Checks must be locked before runs, because ending a check locks the runs that rest on it.
    lock_active(connection, boards_without_check(connection, candidate_run_ids), to_change=True)
    waiting_run_ids = lock_waiting(connection, candidate_run_ids)
    drop_unfollowed(connection, waiting_run_ids)
    for run_id in waiting_run_ids:
        if run := get_run(connection, run_id):
            _assign_again(connection, run)
    end_settled(connection, waiting_run_ids)
    return len(waiting_run_ids)


def _assign_again(connection: Connection, run: Run) -> None:
    """Assign checks to those companies of the run that have none, if their boards are free now."""
    if not run.companies:  # the user follows none of them any more, so the run ends
        advance(connection, [run.run_id], RunStatus.INGESTING)
        return

    def request(sweep_id: int) -> None:
        put_intent(connection, sweep_id, {"run_id": sweep_id, "user_id": run.user_id})

    assign_checks(
        connection,
        [run.run_id],
        boards_without_check(connection, [run.run_id]),
        kind=run.kind,
        force=run.force,
        max_age=timedelta(0),
        sweep=NewSweep(trigger=run.trigger, request=request),
    )


def choose_companies(
    connection: Connection, user_id: str, slugs: Sequence[str] | None
) -> list[FollowedCompany]:
    """Return the enabled companies with these slugs, ordered by slug.

    Args:
        slugs: None for all enabled companies.

    Raises:
        CompaniesError: a slug names no enabled company, or there is no company at all.
    """
    enabled = list_companies(connection, user_id, only_enabled=True)
    if slugs is None:
        if not enabled:
            raise CompaniesError(
                "there is no enabled company to ingest", code=FailureCode.NO_COMPANIES
            )
        return enabled
    if not slugs:
        raise CompaniesError("no company is named", code=FailureCode.NO_COMPANIES)
    unknown = tuple(sorted(set(slugs) - {company.slug for company in enabled}))
    if unknown:
        raise CompaniesError(
            f"not among the enabled companies: {', '.join(unknown)}",
            code=FailureCode.UNKNOWN_COMPANIES,
            companies=unknown,
        )
    return [company for company in enabled if company.slug in set(slugs)]


def _insert_or_refuse(connection: Connection, *, user_id: str, **values: Any) -> int:
    """Insert the run, and return its id. Raise ActiveRunError if the user has an active run."""
    active = None
    for _ in range(_MAX_TRIES):
        run_id = insert_run(connection, user_id=user_id, **values)
        if run_id is not None:
            return run_id
        active = find_active_run(connection, user_id)
        if active is not None:
            break
    raise ActiveRunError(user_id, active.run_id if active else None)
