import pytest

from include.core.batches import MAX_TASKS, batch_count, group_companies


@pytest.mark.parametrize(
    ("pages", "expected"),
    [
        (0, 0),
        (1, 1),
        (199, 1),
        (200, 1),
        (201, 2),
        (400, 2),
        (1_024 * 200, 1_024),
        (1_024 * 200 + 1, 1_024),
        (1_000_000, 1_024),
    ],
)
def test_batches_are_as_few_as_their_size_allows_and_never_too_many_to_map(
    pages: int, expected: int
) -> None:
    assert batch_count(pages, 200) == expected


@pytest.mark.parametrize(
    ("pages", "unread", "expected"),
    [(1, 1, 1), (800, 800, 1), (801, 801, 2), (800, 796, 2), (1_000, 800, 2), (1_001, 800, 3)],
)
def test_pages_that_are_not_read_fill_a_batch_by_four(
    pages: int, unread: int, expected: int
) -> None:
    assert batch_count(pages, 200, unread=unread) == expected


@pytest.mark.parametrize(
    ("companies", "groups"),
    [(0, 0), (1, 1), (2, 2), (16, 16), (17, 8), (256, 8), (257, 9), (512, 16), (1_025, 33)],
)
def test_few_companies_are_alone_and_many_share(companies: int, groups: int) -> None:
    assert len(group_companies([f"company-{n}" for n in range(companies)])) == groups


@pytest.mark.parametrize("companies", [1, 16, 17, 100, 1_025, 40_000, 1_000_000])
def test_every_company_is_in_one_group_and_groups_are_alike(companies: int) -> None:
    slugs = [str(n) for n in range(companies)]
    groups = group_companies(slugs)
    sizes = {len(group) for group in groups}

    assert sorted(slug for group in groups for slug in group) == sorted(slugs)
    assert len(groups) <= MAX_TASKS
    assert max(sizes) - min(sizes) <= 1
