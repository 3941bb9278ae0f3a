"""How a run's work is cut into tasks. A task costs the scheduler as much as some 150 pages cost
a worker, so there are few; Airflow maps over no more than ``MAX_TASKS``.
"""

from collections.abc import Sequence

MAX_TASKS = 1024
"""Airflow's ``max_map_length``."""
_SINGLE_COMPANIES = 16
_GROUPS = 8
"""At least, beyond that: one machine's workers take them all at once, and each lists several of its
companies at once."""
_COMPANIES_PER_TASK = 32
_UNREAD_AS_ONE = 4
"""Pages that are not read take a tenth of the time of others. More in a batch would leave some of
a run's workers without any, and servers may have us read them after all."""


def batch_count(pages: int, batch_size: int, *, unread: int = 0) -> int:
    """Of at most ``batch_size`` pages each, unless that would be more than ``MAX_TASKS``.

    Args:
        unread: how many of the pages will probably not be read; several of them count as one.
    """
    counted = pages - unread + -(-unread // _UNREAD_AS_ONE)
    return min(-(-counted // batch_size), MAX_TASKS)


def group_companies(slugs: Sequence[str]) -> list[list[str]]:
    """One company a group while they are few, larger groups beyond."""
    few = len(slugs) if len(slugs) <= _SINGLE_COMPANIES else _GROUPS
    count = min(max(few, -(-len(slugs) // _COMPANIES_PER_TASK)), MAX_TASKS)
    return [list(slugs[start::count]) for start in range(count)]
