"""End checks, and settle the runs that rest on them.

A run rests on a check if the check is assigned to one of the run's companies. Settling stores the
outcomes of the check for the run. A run ends when all its checks are settled. One SQL statement
settles a check for any number of runs. The statement is part of the transaction that ends the
check, so an ended check is always settled.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection

from include.core.runs.run_state import CheckStatus, RunStatus
from include.db.catalogue.boards import record_check
from include.db.run.left_out import companies_with_unread_jobs
from include.db.run.run_checks import runs_of_checks, unassign_checks
from include.db.run.runs import advance, end_settled, notify
from include.db.run.settling import settle
from include.db.work.checks import end_checks, end_read, forget_listings
from include.failure_codes import FailureCode


def end_if_read(connection: Connection, check_ids: Collection[int]) -> list[int]:
    """End those checks that have no job left to read, and settle the runs that rest on them.

    Returns:
        The ids of the checks that this call ended.
    """
    ended_ids = end_read(connection, check_ids)
    _settle_ended(connection, ended_ids)
    return ended_ids


def end_early(
    connection: Connection,
    check_ids: Collection[int],
    status: CheckStatus,
    *,
    error_code: FailureCode,
    reason: str | None = None,
) -> list[int]:
    """End active checks as ``failed`` or ``cancelled``, and settle the runs that rest on them.

    Args:
        error_code: the error code of the checks. Runs that rest on a failed check end in error,
            unless the code is ``listing``.
        reason: the reason as a text for people. If None, the reason that the listing stored is
            kept.

    Returns:
        The ids of the checks that this call ended.
    """
    ended_ids = end_checks(connection, check_ids, status, error_code=error_code, reason=reason)
    _settle_ended(connection, ended_ids)
    return ended_ids


def settle_adopted(
    connection: Connection, run_ids: Sequence[int], check_ids: Sequence[int]
) -> None:
    """Settle new runs that use ended checks instead of new ones (adopt them).

    Then end those of the runs whose checks are all settled.
    """
    settle(connection, run_ids, check_ids, adopted=True)
    end_settled(connection, run_ids)


def _settle_ended(connection: Connection, check_ids: Sequence[int]) -> None:
    if not check_ids:
        return
    runs = runs_of_checks(connection, check_ids)
    if runs:
        advance(connection, runs, RunStatus.INGESTING)
        # The check has not read some job that passes this company's filters, so the company waits
        # for another check.
        for run_id, company in companies_with_unread_jobs(connection, runs, check_ids):
            unassign_checks(connection, run_id, [company])
        settle(connection, runs, check_ids)
        end_settled(connection, runs)
    record_check(connection, check_ids)
    forget_listings(connection, check_ids)
    notify(connection)
