"""Starts a run: its row and the intent to have Airflow dispatch it, in one transaction."""

from collections.abc import Sequence

from sqlalchemy import Connection

from include.core.models import Company, RunTrigger
from include.db.companies import list_companies
from include.db.outbox import put_intent
from include.db.runs import Run, find_active_run, get_run, insert_run
from include.errors import ActiveRunError, CompaniesError

# each try loses only to a run that was active when it was made and ended right after
_TRIES = 5


def start_run(
    connection: Connection,
    *,
    user_id: str,
    trigger: RunTrigger,
    companies: Sequence[str] | None = None,
    force: bool = False,
    reextract: bool = False,
    request_id: str | None = None,
) -> int:
    """The id of the new, pending run; the user must exist.

    Args:
        companies: slugs to ingest; None means every enabled company.
        force: crawl and extract unchanged pages too.
        reextract: read stored pages again; list and fetch nothing.
        request_id: carried into the DAG run's conf, for the logs.

    Raises:
        CompaniesError: a slug names no enabled company, or there is no company at all.
        ActiveRunError: the user has an active run.
    """
    run = insert_checked(
        connection,
        user_id=user_id,
        trigger=trigger,
        companies=companies,
        force=force,
        reextract=reextract,
    )
    conf = {
        "run_id": run.run_id,
        "user_id": user_id,
        "companies": run.companies,
        "force": force,
        "reextract": reextract,
        "request_id": request_id,
    }
    put_intent(connection, run.run_id, run.attempt, conf)
    return run.run_id


def insert_checked(
    connection: Connection,
    *,
    user_id: str,
    trigger: RunTrigger,
    companies: Sequence[str] | None,
    force: bool,
    reextract: bool = False,
    dag_run_id: str | None = None,
) -> Run:
    """The new run without an intent, for a DAG run that is there already; raises as
    ``start_run`` does."""
    choose_companies(connection, user_id, companies)
    wanted = None if companies is None else sorted(set(companies))
    run_id = insert_or_refuse(
        connection, user_id, trigger, wanted, force, dag_run_id, reextract=reextract
    )
    run = get_run(connection, run_id)
    if run is None:
        raise LookupError(f"run {run_id} vanished in its own transaction")
    return run


def choose_companies(
    connection: Connection, user_id: str, slugs: Sequence[str] | None
) -> list[Company]:
    """The enabled companies that ``slugs`` name, all for None; in order of slug.

    Raises:
        CompaniesError: as ``start_run``.
    """
    enabled = list_companies(connection, user_id, only_enabled=True)
    if slugs is None:
        if not enabled:
            raise CompaniesError("there is no enabled company to ingest", code="no_companies")
        return enabled
    if not slugs:
        raise CompaniesError("no company is named", code="no_companies")
    unknown = tuple(sorted(set(slugs) - {company.slug for company in enabled}))
    if unknown:
        raise CompaniesError(
            f"not among the enabled companies: {', '.join(unknown)}",
            code="unknown_companies",
            companies=unknown,
        )
    return [company for company in enabled if company.slug in set(slugs)]


def insert_or_refuse(
    connection: Connection,
    user_id: str,
    trigger: RunTrigger,
    companies: Sequence[str] | None,
    force: bool,
    dag_run_id: str | None = None,
    *,
    reextract: bool = False,
) -> int:
    """The new run's id; ``companies`` are taken as they are. Raises ActiveRunError."""
    active = None
    for _ in range(_TRIES):
        # looked for first, because an insert that is refused uses up a number
        active = find_active_run(connection, user_id)
        if active is not None:
            break
        run_id = insert_run(
            connection,
            user_id=user_id,
            trigger=trigger,
            companies=companies,
            force=force,
            reextract=reextract,
            dag_run_id=dag_run_id,
        )
        if run_id is not None:
            return run_id
    raise ActiveRunError(user_id, active.run_id if active else None)
