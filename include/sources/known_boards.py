"""A search by name in the shipped directory, which lists public boards of well-known companies.

The directory is ``known_boards.json``. It holds the name, source and config of each board. About a
tenth of the boards come from their recorded responses, and the others from public lists of boards
and links to postings. Some of these boards may have moved since then. Therefore a board that is
found in the directory is listed before anyone follows it.
"""

import json
from functools import lru_cache
from pathlib import Path

from include.core.companies.directory import KnownBoard, directory_key

_FILE = Path(__file__).with_name("known_boards.json")


def known_boards(words: str) -> list[KnownBoard]:
    """Return the shipped boards whose company's name has words that begin with ``words``.

    Boards whose company's name equals ``words`` come first. Case, accents and apostrophes are
    ignored.
    """
    key = directory_key(words)
    if not key:
        return []
    boards = [
        (name != key, name, board)
        for name, board in _all_boards()
        if name.startswith(key) or f" {key}" in name
    ]
    return [board for *_, board in sorted(boards, key=lambda each: each[:2])]


@lru_cache(maxsize=1)
def _all_boards() -> tuple[tuple[str, KnownBoard], ...]:
    boards = (KnownBoard(**row) for row in json.loads(_FILE.read_text(encoding="utf-8")))
    return tuple((directory_key(board.name), board) for board in boards)
