"""How a sweep's work is cut into tasks, and a day's into sweeps.

A task costs the scheduler as much as some 150 pages cost a worker, so there are few; Airflow maps
over no more than ``MAX_TASKS``. Boards of one host go together, so that a host which many boards
share is not asked by many tasks at once.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from heapq import heapreplace
from typing import NamedTuple

MAX_TASKS = 1024
"""Airflow's ``max_map_length``."""
_FEW_GROUPS = 16
_GROUPS = 8
"""The least number of groups beyond that: one machine's workers take them all at once, and each
lists several of its boards at once."""
_BOARDS_PER_TASK = 32
_UNREAD_AS_ONE = 4
"""Pages that are not read take a tenth of the time of others. More in a batch would leave some of
a run's workers without any, and servers may have us read them after all."""


class BoardToList(NamedTuple):
    """A board that is to be listed, as it is packed."""

    key: int
    host: str
    """The host that lists it."""
    seconds: float | None
    """How long its latest listing took."""


def batch_count(pages: int, batch_size: int, *, unread: int = 0) -> int:
    """Return the number of batches of at most ``batch_size`` pages each, at most ``MAX_TASKS``.

    Args:
        unread: how many of the pages will probably not be read; several of them count as one.
    """
    counted = pages - unread + -(-unread // _UNREAD_AS_ONE)
    return min(-(-counted // batch_size), MAX_TASKS)


def group_boards(boards: Iterable[BoardToList]) -> list[list[int]]:
    """Return the keys of the boards in groups, each one task's worth.

    A host's boards are one group while they are few. In a group, the boards that were slow come
    first, so that none is left alone at the end.
    """
    chunks = list(_chunks_of_hosts(boards))
    total = sum(map(len, chunks))
    few = len(chunks) if len(chunks) <= _FEW_GROUPS else _GROUPS
    count = min(max(few, -(-total // _BOARDS_PER_TASK)), MAX_TASKS, len(chunks))
    groups: list[list[BoardToList]] = [[] for _ in range(count)]
    sizes = [(0, number) for number in range(count)]
    for chunk in sorted(chunks, key=len, reverse=True):
        size, number = sizes[0]
        groups[number].extend(chunk)
        heapreplace(sizes, (size + len(chunk), number))
    return [[board.key for board in sorted(group, key=_slowest_first)] for group in groups]


def pack_sweeps(boards: Iterable[BoardToList], size: int) -> list[list[int]]:
    """Return the keys of the boards in sweeps of at most ``size``.

    A stage of a sweep waits for its slowest board, so boards that were slow last time go together;
    within a sweep's worth of equally slow ones, hosts go together.
    """
    ordered = sorted(boards, key=_slowest_first)
    sweeps = [ordered[at : at + size] for at in range(0, len(ordered), size)]
    return [[board.key for board in sorted(each, key=lambda b: (b.host, b.key))] for each in sweeps]


def _chunks_of_hosts(boards: Iterable[BoardToList]) -> Iterable[Sequence[BoardToList]]:
    by_host = defaultdict[str, list[BoardToList]](list)
    for board in boards:
        by_host[board.host].append(board)
    for of_host in by_host.values():
        for at in range(0, len(of_host), _BOARDS_PER_TASK):
            yield of_host[at : at + _BOARDS_PER_TASK]


def _slowest_first(board: BoardToList) -> tuple[float, str, int]:
    return (-round(board.seconds or 0.0), board.host, board.key)
