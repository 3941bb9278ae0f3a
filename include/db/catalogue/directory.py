"""Read the directory: the public boards that a check has listed, by the name of their company.

A followed board enters the directory once a check has listed it and has read the company's name
from its postings. Private boards are not in the directory. Boards whose URL has a query or a user
name are not in the directory either, because the URL may hold a secret of the user who follows the
board.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from include.core.companies.boards import config_sha256
from include.core.companies.directory import KnownBoard, directory_key
from include.db.sql import statement


def find_boards(
    connection: Connection, user_id: str, words: str, *, limit: int, all_public: bool
) -> list[KnownBoard]:
    """Return the boards whose company's name, or a word of it, begins with ``words``.

    Names that equal ``words`` come first. Then shorter names come before longer names. Case,
    accents and apostrophes make no difference.

    Args:
        all_public: also return boards that the user does not follow.
    """
    exact_key = directory_key(words)
    params = {
        "key": _escape_like(exact_key),
        "exact": exact_key,
        "limit": limit,
        "user": user_id,
        "all_public": all_public,
    }
    return [KnownBoard(**row) for row in connection.execute(_FIND, params).mappings()]


def was_listed(
    connection: Connection, source: str, config: Mapping[str, Any], *, within: timedelta
) -> str | None:
    """Return the name of the board if a check has listed it within this time.

    Return "" if the board has no name, and None if no check has listed it within this time.

    Args:
        config: the config in canonical form.
    """
    params = {"source": source, "sha": config_sha256(config), "within": within}
    return connection.execute(_LISTED, params).scalar()


def _escape_like(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


# ``key`` is the name's key without apostrophes, as ``directory_key`` makes it.
_FIND = statement(
    r"""
    SELECT name, source, config
    FROM boards, translate(name_key, '''’', '') AS key
    WHERE name_key IS NOT NULL AND checked_at IS NOT NULL AND NOT private
        AND coalesce(config ->> 'url', '') !~ '[?@]'
        AND (:all_public OR EXISTS (
            SELECT FROM companies AS k WHERE k.user_id = :user AND k.board_id = boards.board_id
        ))
        AND (key LIKE :key || '%' OR key LIKE '% ' || :key || '%')
    ORDER BY key <> :exact, length(key), key, board_id
    LIMIT :limit
    """
)
_LISTED = statement(
    """
    SELECT coalesce(name, '') FROM boards
    WHERE source = :source AND config_sha256 = :sha
        AND checked_at > now() - CAST(:within AS interval)
    """
)
