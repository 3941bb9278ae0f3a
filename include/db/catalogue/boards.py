"""Read and write boards, which are companies' lists of openings.

All users who follow a board share its row.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, and_, func, select, update
from sqlalchemy.dialects.postgresql import insert

from include.core.companies.boards import config_sha256
from include.core.models import CheckKind
from include.core.runs.run_state import CheckStatus
from include.core.search_facts import company_key
from include.db.sql import any_of, statement
from include.db.tables import boards, checks


def ensure_board(connection: Connection, source: str, config: Mapping[str, Any]) -> int:
    """Return the id of the board, and insert the board if it does not exist yet.

    Args:
        config: the config in canonical form. Otherwise, two spellings of one config would become
            two boards.
    """
    key = {"source": source, "config_sha256": config_sha256(config)}
    insert_new = (
        insert(boards)
        .values(**key, config=config)
        .on_conflict_do_nothing()
        .returning(boards.c.board_id)
    )
    select_known = select(boards.c.board_id).where(
        and_(*(boards.c[name] == value for name, value in key.items()))
    )
    board_id = connection.scalar(select_known) or connection.scalar(insert_new)
    # If the INSERT found a conflict, another transaction has inserted the board and committed.
    return board_id or connection.execute(select_known).scalar_one()


def config_of(connection: Connection, board_id: int) -> Mapping[str, Any]:
    """Return the board's config in canonical form."""
    query = select(boards.c.config).where(boards.c.board_id == board_id)
    return connection.execute(query).scalar_one()


def record_listing(
    connection: Connection, board_id: int, duration: timedelta, *, is_private: bool
) -> None:
    """Record the duration of the board's latest listing, and whether the board is private.

    Once a board is private, it stays private.
    """
    connection.execute(
        update(boards)
        .where(boards.c.board_id == board_id)
        .values(
            listing_seconds=duration.total_seconds(),
            private=boards.c.private | is_private,
        )
    )


def record_check(connection: Connection, check_ids: Sequence[int]) -> None:
    """Record the end of these checks in their boards, and name the boards without a name.

    The checks have just ended, so ``checked_at`` of their boards becomes the current time. A check
    that listed nothing or did not succeed does not change ``checked_at``.
    """
    select_boards = select(checks.c.board_id).where(
        checks.c.check_id == any_of(check_ids),
        checks.c.kind == CheckKind.LIST,
        checks.c.status == CheckStatus.DONE,
    )
    connection.execute(
        update(boards).where(boards.c.board_id.in_(select_boards)).values(checked_at=func.now())
    )
    _name_boards(connection, check_ids)


def _name_boards(connection: Connection, check_ids: Sequence[int]) -> None:
    """Name the boards of these checks that have no name yet.

    A board gets the employer's name that more than half of a sample of its postings state. A board
    whose postings state many different employers, such as the board of an agency, gets no name.
    """
    rows = connection.execute(_STATED_NAMES, {"checks": list(check_ids)}).all()
    for board_id, name in rows:
        connection.execute(
            update(boards)
            .where(boards.c.board_id == board_id)
            .values(name=name, name_key=company_key(name))
        )


_STATED_NAMES = statement(
    """
    SELECT b.board_id, stated.company
    FROM checks AS c
    JOIN boards AS b USING (board_id)
    CROSS JOIN LATERAL (
        SELECT company, count(*) AS postings, sum(count(*)) OVER () AS of_all
        FROM (
            SELECT btrim(left(posting ->> 'company', 200)) AS company FROM jobs
            WHERE jobs.board_id = b.board_id AND posting ->> 'company' <> ''
            LIMIT 50
        ) AS sampled
        GROUP BY company
        ORDER BY count(*) DESC, company
        LIMIT 1
    ) AS stated
    WHERE c.check_id = ANY(:checks) AND b.name IS NULL AND stated.company <> ''
        AND stated.postings * 2 > stated.of_all
    """
)
