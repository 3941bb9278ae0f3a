"""Read and write the companies that a user follows.

A company is the record that a user follows a board. The record can have the user's own name for the
company and the user's own filters.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, count
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from include.core.companies.boards import config_sha256
from include.core.companies.company_names import display_name, slug_of
from include.core.models import Company
from include.db.catalogue.boards import ensure_board
from include.db.records import to_record
from include.db.sql import any_of
from include.db.tables import boards, companies

_FILTERS = (
    *("include_titles", "exclude_titles"),
    *("include_locations", "exclude_locations", "workplaces"),
)


@dataclass(frozen=True, kw_only=True)
class FollowedCompany(Company):
    """A company that a user follows, and the state of its board."""

    board_id: int
    display_name: str
    """The company's name for the user: the name that the user gave it, or else the name that its
    postings state, or else the name in its config."""
    checked_at: datetime | None
    """The end of the latest check that listed the company's board, for any user."""
    is_checked: bool
    """True if the company's board is checked daily, because some user follows it with ``enabled``
    true."""


def put_company(connection: Connection, user_id: str, company: Company) -> None:
    """Insert the company, or replace the user's company that has the same slug.

    ``company.config`` must be in canonical form (``sources.registry.canonical_config``).
    """
    row = {
        "board_id": ensure_board(connection, company.source, company.config),
        "enabled": company.enabled,
        "name": company.name,
        **{name: list(getattr(company, name)) for name in _FILTERS},
    }
    connection.execute(
        insert(companies)
        .values(user_id=user_id, slug=company.slug, **row)
        .on_conflict_do_update(
            index_elements=["user_id", "slug"], set_={**row, "updated_at": func.now()}
        )
    )


def find_followed_slug(
    connection: Connection, user_id: str, source: str, config: Mapping[str, Any]
) -> str | None:
    """Return the slug under which the user follows the board, or None.

    Args:
        config: the config in canonical form.
    """
    return connection.scalar(
        select(func.min(companies.c.slug))
        .join_from(companies, boards)
        .where(
            companies.c.user_id == user_id,
            boards.c.source == source,
            boards.c.config_sha256 == config_sha256(config),
        )
    )


def free_slug(connection: Connection, user_id: str, name: str) -> str:
    """Return a slug made of ``name`` that none of the user's companies has."""
    query = select(companies.c.slug).where(companies.c.user_id == user_id)
    taken_slugs = set(connection.scalars(query))
    slug = slug_of(name)
    candidates = chain((slug,), (f"{slug}-{number}" for number in count(2)))
    return next(candidate for candidate in candidates if candidate not in taken_slugs)


def list_companies(
    connection: Connection,
    user_id: str,
    *,
    slugs: Sequence[str] | None = None,
    only_enabled: bool = False,
) -> list[FollowedCompany]:
    """Return the user's companies in order of slug."""
    query = _select_followed().where(companies.c.user_id == user_id).order_by(companies.c.slug)
    if slugs is not None:
        query = query.where(companies.c.slug.in_(slugs))
    if only_enabled:
        query = query.where(companies.c.enabled)
    return [_company(row) for row in connection.execute(query).mappings()]


def get_company(connection: Connection, user_id: str, slug: str) -> FollowedCompany | None:
    """Return the user's company with this slug, or None."""
    companies = list_companies(connection, user_id, slugs=[slug])
    return companies[0] if companies else None


def enabled_companies(connection: Connection, board_ids: Sequence[int]) -> dict[int, list[Company]]:
    """Return the enabled companies of each board, one for each distinct set of filters.

    Companies that differ only in their user and slug are returned as one company, which has the
    first of their slugs. The config of each returned company is empty.
    """
    columns = [boards.c.board_id, boards.c.source, *(companies.c[name] for name in _FILTERS)]
    query = (
        select(*columns, func.min(companies.c.slug).label("slug"))
        .join_from(companies, boards)
        .where(companies.c.board_id == any_of(board_ids), companies.c.enabled)
        .group_by(*columns)
    )
    by_board: dict[int, list[Company]] = {}
    for row in connection.execute(query).mappings():
        by_board.setdefault(row["board_id"], []).append(to_record(Company, row, config={}))
    return by_board


def delete_company(connection: Connection, user_id: str, slug: str) -> bool:
    """Delete the user's company. Its jobs and their history stay.

    Returns:
        False if the user has no company with this slug.
    """
    deleted = connection.execute(
        delete(companies).where(companies.c.user_id == user_id, companies.c.slug == slug)
    )
    return deleted.rowcount > 0


def _select_followed() -> Select[tuple[object, ...]]:
    followers = companies.alias("followers")
    is_checked = (
        select(followers.c.slug)
        .where(followers.c.board_id == companies.c.board_id, followers.c.enabled)
        .exists()
    )
    return select(
        companies,
        boards.c.source,
        boards.c.config,
        boards.c.checked_at,
        boards.c.name.label("board_name"),
        is_checked.label("is_checked"),
    ).join_from(companies, boards)


def _company(row: RowMapping) -> FollowedCompany:
    name = row["name"] or row["board_name"] or display_name(row["source"], row["config"])
    return to_record(FollowedCompany, row, display_name=name)
