"""Dividing a sweep's work into tasks, and the daily boards into sweeps.

A task costs the scheduler as much as some 150 pages cost a worker, so there should be few tasks.
Airflow maps over at most ``MAX_TASKS``. Boards of one host go into the same task, so that a host
which many boards share does not get requests from many tasks at once.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from heapq import heapreplace
from math import ceil
from typing import NamedTuple

MAX_TASKS = 1024
"""The most tasks that Airflow maps over: its ``max_map_length``."""
_BOARDS_AT_ONCE = 8
"""The number of boards that a task lists at the same time."""
_TASK_SECONDS = 2.0
"""How long a task should list for. Another task pays only if listing takes much longer than the
task's own start."""
_NEW_BOARD_SECONDS = 2.0
"""How long a board that was never listed is expected to take."""
_GROUPS = 8
"""The number of groups that the workers of one machine list at once; only the largest sweeps have
more."""
_BOARDS_PER_TASK = 32
_BATCHES_A_WORKER = 2
"""How many batches each worker gets: with one, workers whose batch is quick would have nothing to
do until the slowest has ended."""
_LARGEST_BATCH = 2000
"""The most pages of a batch when all workers have enough of them, because a batch that is too large
keeps one worker busy while the others have ended."""
_UNREAD_AS_ONE = 4
"""How many pages that will probably be unchanged count as one page. Such a page takes a tenth of
the time of another. A larger number would leave some workers without a batch, and the server may
turn out to have changed the page after all."""


class BoardToList(NamedTuple):
    """A board to list, with what decides which group and sweep it goes into."""

    key: int
    host: str
    """The host of the first request for its listing."""
    seconds: float | None
    """How long its latest listing took; None if it was never listed."""


def batch_count(pages: int, batch_size: int, *, unread: int = 0, workers: int = MAX_TASKS) -> int:
    """Return the number of batches to divide the pages among, at most ``MAX_TASKS``.

    A batch holds at most ``batch_size`` pages, unless every worker has ``_BATCHES_A_WORKER``
    batches already. More batches would only cost more tasks, so batches are larger then.

    Args:
        unread: how many of the pages will probably be unchanged; several of these count as one.
        workers: how many tasks may run at the same time.
    """
    counted = pages - unread + ceil(unread / _UNREAD_AS_ONE)
    enough = max(workers * _BATCHES_A_WORKER, ceil(counted / _LARGEST_BATCH))
    return min(ceil(counted / batch_size), enough, MAX_TASKS)


def group_boards(boards: Iterable[BoardToList]) -> list[list[int]]:
    """Return the keys of the boards in groups, one group for each task.

    Boards whose last listing was quick need few tasks. The boards of a host are in one group,
    unless they are more than a task's share. In a group, boards whose last listing was slow come
    first, so that no slow board is left for the end.
    """
    chunks = list(_chunks_of_hosts(boards))
    total = sum(map(len, chunks))
    seconds = sum(
        _NEW_BOARD_SECONDS if board.seconds is None else board.seconds
        for chunk in chunks
        for board in chunk
    )
    few = max(1, min(ceil(seconds / (_BOARDS_AT_ONCE * _TASK_SECONDS)), _GROUPS))
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

    Each step of a sweep waits for its slowest board, so boards whose last listing was slow go into
    the same sweep. Equally slow boards are ordered by host.
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
