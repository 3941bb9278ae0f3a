"""The companies a user follows."""

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import Connection, RowMapping, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from include.core.models import Company, Workplace
from include.db.tables import companies

SETTINGS = (
    *("source", "config", "include_titles", "exclude_titles"),
    *("include_locations", "exclude_locations", "workplaces"),
)
"""The columns that say how a company is followed; runs keep them as they were."""
_COLUMNS = (companies.c.slug, *(companies.c[name] for name in SETTINGS), companies.c.enabled)


def put_company(connection: Connection, user_id: str, company: Company) -> None:
    """Follows ``company``, or replaces how the one of that slug is followed."""
    row = asdict(company)
    connection.execute(
        insert(companies)
        .values(user_id=user_id, **row)
        .on_conflict_do_update(
            index_elements=["user_id", "slug"], set_={**row, "updated_at": func.now()}
        )
    )


def list_companies(
    connection: Connection,
    user_id: str,
    *,
    slugs: Sequence[str] | None = None,
    only_enabled: bool = False,
) -> list[Company]:
    """In order of slug."""
    query = select(*_COLUMNS).where(companies.c.user_id == user_id).order_by(companies.c.slug)
    if slugs is not None:
        query = query.where(companies.c.slug.in_(slugs))
    if only_enabled:
        query = query.where(companies.c.enabled)
    return [as_company(row, row["slug"]) for row in connection.execute(query).mappings()]


def get_company(connection: Connection, user_id: str, slug: str) -> Company | None:
    found = list_companies(connection, user_id, slugs=[slug])
    return found[0] if found else None


def delete_company(connection: Connection, user_id: str, slug: str) -> bool:
    """False when there was none. Its jobs and their history stay."""
    gone = connection.execute(
        delete(companies).where(companies.c.user_id == user_id, companies.c.slug == slug)
    )
    return gone.rowcount > 0


def users_with_companies(connection: Connection) -> list[str]:
    """Ids of the users who follow at least one enabled company."""
    query = (
        select(companies.c.user_id)
        .where(companies.c.enabled)
        .distinct()
        .order_by(companies.c.user_id)
    )
    return list(connection.scalars(query))


def as_company(row: RowMapping, slug: str) -> Company:
    """Of a row of ``companies``, or of ``run_companies``, which are all enabled."""
    return Company(
        slug=slug,
        source=row["source"],
        config=row["config"],
        include_titles=tuple(row["include_titles"]),
        exclude_titles=tuple(row["exclude_titles"]),
        include_locations=tuple(row["include_locations"]),
        exclude_locations=tuple(row["exclude_locations"]),
        workplaces=tuple(map(Workplace, row["workplaces"])),
        enabled=row.get("enabled", True),
    )
