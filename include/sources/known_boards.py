"""Search the shipped directory: public boards of well-known companies, by name.

``known_boards.json`` holds the name, source and config of each. About a third of them come from
recorded responses of the boards, and the others from public lists of boards. Some may have moved
since, so a board that is found here is listed before anyone follows it.
"""

import json
from functools import lru_cache
from pathlib import Path

from include.core.companies.directory import KnownBoard
from include.core.search_facts import company_key

_FILE = Path(__file__).with_name("known_boards.json")


def known_boards(words: str) -> list[KnownBoard]:
    """Return the shipped boards whose company's name has words that begin with ``words``.

    Those whose name equals ``words`` come first. Case and accents make no difference.
    """
    key = company_key(words).strip()
    if not key:
        return []
    found = [
        (name != key, name, board)
        for name, board in _all_boards()
        if name.startswith(key) or f" {key}" in name
    ]
    return [board for *_, board in sorted(found, key=lambda each: each[:2])]


@lru_cache(maxsize=1)
def _all_boards() -> tuple[tuple[str, KnownBoard], ...]:
    boards = (KnownBoard(**row) for row in json.loads(_FILE.read_text(encoding="utf-8")))
    return tuple((company_key(board.name), board) for board in boards)
