"""The companies of one run, as they were configured when it was opened, and what came of each."""

from collections.abc import Sequence

from sqlalchemy import Connection, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from include.core.models import Company, CompanyStatus
from include.db.companies import SETTINGS, as_company
from include.db.tables import companies, run_companies


def add_companies(
    connection: Connection, run_id: int, user_id: str, slugs: Sequence[str] | None
) -> list[str]:
    """Copies the user's enabled companies (those of ``slugs``, if given) into the run.

    Returns:
        The run's companies in order of slug; the same when called again.
    """
    wanted = companies.c.user_id == user_id, companies.c.enabled
    chosen = select(
        literal(run_id, run_companies.c.run_id.type),
        companies.c.slug,
        *(companies.c[name] for name in SETTINGS),
    ).where(*wanted)
    if slugs is not None:
        chosen = chosen.where(companies.c.slug.in_(slugs))
    names = ["run_id", "company", *SETTINGS]
    connection.execute(insert(run_companies).from_select(names, chosen).on_conflict_do_nothing())
    query = (
        select(run_companies.c.company)
        .where(run_companies.c.run_id == run_id)
        .order_by(run_companies.c.company)
    )
    return list(connection.scalars(query))


def get_companies(connection: Connection, run_id: int, slugs: Sequence[str]) -> list[Company]:
    query = (
        select(run_companies)
        .where(run_companies.c.run_id == run_id, run_companies.c.company.in_(slugs))
        .order_by(run_companies.c.company)
    )
    return [as_company(row, row["company"]) for row in connection.execute(query).mappings()]


def fail_unlisted(connection: Connection, run_id: int) -> None:
    """Marks the companies whose listing no task ended as failed."""
    connection.execute(
        update(run_companies)
        .where(
            run_companies.c.run_id == run_id,
            run_companies.c.status.in_([CompanyStatus.WAITING, CompanyStatus.SOURCING]),
        )
        .values(status=CompanyStatus.ERROR, error="the task that lists it failed")
    )


def set_company(
    connection: Connection,
    run_id: int,
    slug: str,
    status: CompanyStatus,
    *,
    listed: int | None = None,
    error: str | None = None,
) -> None:
    """``error`` says why a listing is partial, held or failed; ``listed`` None keeps the number."""
    values: dict[str, object] = {"status": status, "error": error}
    if listed is not None:
        values["listed"] = listed
    connection.execute(
        update(run_companies)
        .where(run_companies.c.run_id == run_id, run_companies.c.company == slug)
        .values(values)
    )
