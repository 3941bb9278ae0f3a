from collections.abc import Collection, Iterable
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.core.checking.batches import (
    MAX_TASKS,
    BoardToList,
    PageGroup,
    group_boards,
    pack_pages,
    pack_sweeps,
)

HOSTS = st.sampled_from(["a.example", "b.example", "c.example", ""])
SECONDS = st.none() | st.floats(0, 600)


def boards(*host_and_seconds: tuple[str, float | None]) -> list[BoardToList]:
    """Return boards with these hosts and listing times, numbered from 1."""
    numbers = count(1)
    return [BoardToList(next(numbers), host, seconds) for host, seconds in host_and_seconds]


def boards_on_different_hosts(number: int) -> Iterable[BoardToList]:
    return (BoardToList(key, f"{key}.example", None) for key in range(number))


def hosts(pages: int, *, each: int = 1, likely_unchanged: int = 0) -> list[PageGroup]:
    """Return ``pages`` pages in groups of ``each``, one host for each group.

    The last ``likely_unchanged`` of all pages count as likely unchanged.
    """
    first_unchanged = pages - likely_unchanged
    groups: list[PageGroup] = []
    for first in range(0, pages, each):
        end = min(first + each, pages)
        unchanged = max(0, end - max(first, first_unchanged))
        groups.append(PageGroup(f"host {first}", end - first, unchanged))
    return groups


def batch_count(groups: Collection[PageGroup], **options: int) -> int:
    return len(set(pack_pages(groups, 200, **options).values()))


@pytest.mark.parametrize(
    ("pages", "expected"),
    [
        (0, 0),
        (1, 1),
        (199, 1),
        (200, 1),
        (201, 2),
        (400, 2),
    ],
)
def test_batches_are_as_few_as_their_size_allows(pages: int, expected: int) -> None:
    assert batch_count(hosts(pages)) == expected


@pytest.mark.parametrize("pages", [1_024 * 200, 1_024 * 200 + 1])
def test_there_are_at_most_1024_batches(pages: int) -> None:
    assert batch_count(hosts(pages, each=50)) == MAX_TASKS


@pytest.mark.parametrize(
    ("pages", "likely_unchanged", "expected"),
    [(1, 1, 1), (800, 800, 1), (801, 801, 2), (800, 796, 2), (1_000, 800, 2), (1_001, 800, 3)],
)
def test_four_likely_unchanged_pages_count_as_one(
    pages: int, likely_unchanged: int, expected: int
) -> None:
    assert batch_count(hosts(pages, likely_unchanged=likely_unchanged)) == expected


@pytest.mark.parametrize(
    ("pages", "workers", "expected"),
    [
        (200, 8, 1),
        (3_200, 8, 16),
        (3_201, 8, 16),
        (10_000, 8, 16),
        (32_001, 8, 17),
        (100_000, 8, 50),
        (10_000, 64, 50),
        (100_000, 64, 128),
    ],
)
def test_there_are_no_more_batches_than_keep_all_workers_busy(
    pages: int, workers: int, expected: int
) -> None:
    assert batch_count(hosts(pages, each=10), workers=workers) == expected


def test_a_host_with_more_pages_than_a_batch_is_one_batch_and_comes_first() -> None:
    small = hosts(300, each=10)
    batches = pack_pages([*small, PageGroup("large", 5_000, 0)], 200, workers=4)
    assert [name for name, number in batches.items() if number == 0] == ["large"]
    assert set(batches.values()) == set(range(8))


@given(
    st.lists(st.tuples(st.integers(1, 500), st.integers(0, 500)), max_size=60),
    st.integers(1, 300),
    st.integers(1, 40),
)
def test_every_group_is_in_a_batch_and_no_batch_is_empty(
    described: list[tuple[int, int]], batch_size: int, workers: int
) -> None:
    groups = [
        PageGroup(str(number), pages, min(pages, likely_unchanged))
        for number, (pages, likely_unchanged) in enumerate(described)
    ]
    batches = pack_pages(groups, batch_size, workers=workers)
    assert set(batches) == {group.name for group in groups}
    assert set(batches.values()) == set(range(len(set(batches.values()))))


@pytest.mark.parametrize(
    ("number", "groups"),
    [(1, 1), (8, 1), (9, 2), (16, 2), (17, 3), (64, 8), (200, 8), (257, 9), (1025, 33)],
)
def test_a_task_gets_about_as_many_new_boards_as_it_lists_in_parallel(
    number: int, groups: int
) -> None:
    assert len(group_boards(boards_on_different_hosts(number))) == groups


@pytest.mark.parametrize(
    ("number", "seconds", "groups"),
    [(20, 0.1, 1), (20, 0.0, 1), (20, 4.0, 5), (20, 60.0, 8), (3, 60.0, 3), (64, 0.1, 2)],
)
def test_quick_boards_share_a_task_and_slow_boards_get_more_tasks(
    number: int, seconds: float, groups: int
) -> None:
    boards_to_list = boards(*[(f"{each}.example", seconds) for each in range(number)])
    assert len(group_boards(boards_to_list)) == groups


@pytest.mark.parametrize("number", [1, 16, 17, 100, 1_025, 40_000])
def test_every_board_is_in_one_group_and_groups_have_equal_sizes(number: int) -> None:
    groups = group_boards(boards_on_different_hosts(number))
    sizes = {len(group) for group in groups}

    assert sorted(key for group in groups for key in group) == list(range(number))
    assert len(groups) <= MAX_TASKS
    assert max(sizes) - min(sizes) <= 1


def test_a_few_boards_of_one_host_are_one_group() -> None:
    shared = [("shared.example", None)] * 32
    others = [(f"{number}.example", None) for number in range(40)]
    groups = group_boards(boards(*shared, *others))

    (of_shared,) = (group for group in groups if 1 in group)
    assert set(range(1, 33)) <= set(of_shared)


def test_many_boards_of_one_host_are_split_into_groups() -> None:
    groups = group_boards(boards(*[("shared.example", None)] * 100))
    assert sorted(map(len, groups)) == [4, 32, 32, 32]


def test_slow_boards_come_first_in_their_group() -> None:
    shared = "shared.example"
    (group,) = group_boards(boards((shared, 1), (shared, None), (shared, 90), (shared, 30)))
    assert group == [3, 4, 1, 2]


@given(st.lists(st.tuples(HOSTS, SECONDS), max_size=200))
def test_every_board_is_in_a_group_and_no_group_is_empty(
    described: list[tuple[str, float | None]],
) -> None:
    groups = group_boards(boards(*described))
    assert sorted(key for group in groups for key in group) == list(range(1, len(described) + 1))
    assert all(groups)


@given(st.lists(st.tuples(HOSTS, SECONDS), max_size=50), st.integers(1, 20))
def test_every_board_is_in_one_sweep_and_sweeps_are_full(
    described: list[tuple[str, float | None]], size: int
) -> None:
    sweeps = pack_sweeps(boards(*described), size)
    assert sorted(key for sweep in sweeps for key in sweep) == list(range(1, len(described) + 1))
    assert all(len(sweep) == size for sweep in sweeps[:-1])
    assert all(0 < len(sweep) <= size for sweep in sweeps)


def test_slow_boards_share_a_sweep() -> None:
    quick, slow = ("a.example", 1.0), ("b.example", 120.0)
    sweeps = pack_sweeps(boards(quick, slow, quick, slow, slow, quick, quick), 3)
    assert sweeps == [[2, 4, 5], [1, 3, 6], [7]]


def test_boards_of_a_sweep_are_sorted_by_host() -> None:
    a, b = ("a.example", None), ("b.example", None)
    assert pack_sweeps(boards(b, a, b, a), 10) == [[2, 4, 1, 3]]
