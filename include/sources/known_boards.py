"""A search by name in the shipped directory, which lists public boards of well-known companies.

The directory is ``known_boards.json``. It holds the name, source and config of each board. About a
tenth of the boards come from their recorded responses, and the others from public lists of boards
and links to postings. Some of these boards may have moved since then. Therefore the postings of
a board of this directory are requested once before a user can follow it.
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
    found = [
        (name, board) for name, board in _all_boards() if name.startswith(key) or f" {key}" in name
    ]
    found.sort(key=lambda item: (item[0] != key, item[0]))  # the equal name first
    return [board for _, board in found]


@lru_cache(maxsize=1)
def _all_boards() -> tuple[tuple[str, KnownBoard], ...]:
    """Return all boards of the directory, each after the key of its company's name."""
    boards = (KnownBoard(**row) for row in json.loads(_FILE.read_text(encoding="utf-8")))
    return tuple((directory_key(board.name), board) for board in boards)
