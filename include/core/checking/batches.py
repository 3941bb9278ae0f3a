"""Divide a sweep's work into Airflow tasks, and the boards of the daily runs into sweeps (ADR 27).

There should be few tasks, because Airflow's scheduler spends at least as much time on a task as a
worker spends on 60 pages. Airflow allows at most ``MAX_TASKS``. The boards of a host are listed by
one task, and the pages of a host are in one batch, because only one task at a time may send
requests to a host (ADR 26).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from heapq import heapreplace
from itertools import chain
from math import ceil
from operator import itemgetter
from typing import NamedTuple, TypeVar

MAX_TASKS = 1024
"""The maximum number of tasks that Airflow maps over (its ``max_map_length``)."""
_CONCURRENT_BOARDS = 8
"""The number of boards that a task lists at the same time."""
_TASK_SECONDS = 2.0
"""The time in seconds that one task should take to list its boards.

If it were shorter, a task would take more time to start than to list its boards, and a further task
would save no time.
"""
_NEW_BOARD_SECONDS = 2.0
"""The expected duration, in seconds, of the first listing of a board."""
_GROUPS = 8
"""The number of groups of boards that the workers of one machine together list at the same time.

A sweep has more groups only if these groups would have more than ``_BOARDS_PER_TASK`` boards each.
"""
_BOARDS_PER_TASK = 32
_BATCHES_PER_WORKER = 2
"""The number of batches for each worker.

If there were only one, a worker that has finished its batch would be idle until the slowest batch
has ended.
"""
_LARGEST_BATCH = 2000
"""The size, in pages, that a batch should not exceed.

If batches would be larger, there are more than ``_BATCHES_PER_WORKER`` of them for each worker,
because a larger batch would keep one worker busy after the other workers have finished.
"""
_UNCHANGED_PER_PAGE = 4
"""The number of probably unchanged pages that count as one page.

An unchanged page takes a tenth of the time of a changed page. The number is less than ten for two
reasons. Some of the pages that are probably unchanged have changed after all. And a larger number
would make fewer and larger batches, which would leave some workers without a batch.
"""

_Item = TypeVar("_Item")


class BoardToList(NamedTuple):
    """A board to list, and the facts that decide in which group and in which sweep it is listed."""

    key: int
    host: str
    """The host of the first request for the board's listing."""
    seconds: float | None
    """The duration, in seconds, of the board's latest listing; None if it was never listed."""


class PageGroup(NamedTuple):
    """The pages that must be in the same batch, such as those of one host."""

    name: str
    pages: int
    likely_unchanged: int
    """The number of the group's pages that are probably unchanged."""

    @property
    def size(self) -> float:
        """Return the number of pages of the group.

        ``_UNCHANGED_PER_PAGE`` pages that are probably unchanged count as one page.
        """
        return self.pages - self.likely_unchanged + self.likely_unchanged / _UNCHANGED_PER_PAGE


def pack_pages(
    groups: Collection[PageGroup], batch_size: int, *, workers: int = MAX_TASKS
) -> dict[str, int]:
    """Divide the groups among batches, and return the batch number of each group by its name.

    A batch has about ``batch_size`` pages, or more if a single group has more. There are at most
    ``_BATCHES_PER_WORKER`` batches for each worker, because more would only cost more tasks. If
    these batches would have more than ``_LARGEST_BATCH`` pages, there are more batches. No batch is
    empty. The largest groups are in the first batches.

    Args:
        workers: the number of tasks that may run at the same time.
    """
    size = sum(group.size for group in groups)
    enough = max(workers * _BATCHES_PER_WORKER, ceil(size / _LARGEST_BATCH))
    count = min(ceil(size / batch_size), enough, MAX_TASKS, len(groups))
    packed = _pack([(group.size, group.name) for group in groups], count)
    return {name: number for number, names in enumerate(packed) for name in names}


def group_boards(boards: Iterable[BoardToList]) -> list[list[int]]:
    """Return the keys of the boards in groups, one group for each task.

    The less time the boards' latest listings took, the fewer groups there are. The boards of a host
    are in one group. If a host has more than ``_BOARDS_PER_TASK`` boards, they may be in several
    groups. In a group, the boards whose latest listing was slowest come first, because a slow board
    that begins last would delay the end of the task.
    """
    chunks = list(_chunks_of_hosts(boards))
    total = sum(map(len, chunks))
    seconds = sum(
        _NEW_BOARD_SECONDS if board.seconds is None else board.seconds
        for chunk in chunks
        for board in chunk
    )
    few = max(1, min(ceil(seconds / (_CONCURRENT_BOARDS * _TASK_SECONDS)), _GROUPS))
    count = min(max(few, -(-total // _BOARDS_PER_TASK)), MAX_TASKS, len(chunks))
    groups = (chain(*each) for each in _pack([(len(chunk), chunk) for chunk in chunks], count))
    return [[board.key for board in sorted(group, key=_slowest_first)] for group in groups]


def pack_sweeps(boards: Iterable[BoardToList], size: int) -> list[list[int]]:
    """Return the keys of the boards in sweeps of at most ``size`` boards.

    Boards whose latest listing was slow are put into the same sweep, because each step of a sweep
    waits for its slowest board. Boards whose latest listings took the same time in whole seconds
    are ordered by host before they are divided. In each sweep, the boards are ordered by host.
    """
    ordered = sorted(boards, key=_slowest_first)
    sweeps = [ordered[at : at + size] for at in range(0, len(ordered), size)]
    return [[board.key for board in sorted(each, key=lambda b: (b.host, b.key))] for each in sweeps]


def _pack(items: Iterable[tuple[float, _Item]], count: int) -> list[list[_Item]]:
    """Divide items among ``count`` bins of similar sizes.

    The items are placed in the order of their sizes, the largest first. Each is placed into the bin
    that has the smallest total at that time.
    """
    bins: list[list[_Item]] = [[] for _ in range(count)]
    sizes = [(0.0, number) for number in range(count)]
    for size, item in sorted(items, key=itemgetter(0), reverse=True):
        total, number = sizes[0]
        bins[number].append(item)
        heapreplace(sizes, (total + size, number))
    return bins


def _chunks_of_hosts(boards: Iterable[BoardToList]) -> Iterable[Sequence[BoardToList]]:
    by_host = defaultdict[str, list[BoardToList]](list)
    for board in boards:
        by_host[board.host].append(board)
    for of_host in by_host.values():
        for at in range(0, len(of_host), _BOARDS_PER_TASK):
            yield of_host[at : at + _BOARDS_PER_TASK]


def _slowest_first(board: BoardToList) -> tuple[float, str, int]:
    return (-round(board.seconds or 0.0), board.host, board.key)
