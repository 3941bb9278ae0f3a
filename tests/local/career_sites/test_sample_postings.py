import re
from functools import cache
from itertools import combinations

import pytest

from local.career_sites import SamplePosting, changes, companies, truth
from local.career_sites.content import EMPLOYERS
from local.career_sites.postings import changes_between

SEED = 7


@cache
def on_day(day: int) -> dict[str, dict[str, SamplePosting]]:
    return truth(SEED, day)


def shingles(posting: SamplePosting) -> set[tuple[str, ...]]:
    words = posting.text.lower().split()
    return set(zip(words, words[1:], words[2:], strict=False))


def test_same_seed_and_day_give_the_same_postings():
    assert truth(SEED, 5) == truth(SEED, 5)


def test_another_seed_gives_other_texts():
    texts = {posting.text for postings in on_day(1).values() for posting in postings.values()}
    others = {
        posting.text for postings in truth(seed=8, day=1).values() for posting in postings.values()
    }
    assert not texts & others


def test_eight_companies_have_some_three_hundred_postings():
    first = truth(SEED, 1)
    assert len(first) == len(companies("http://host")) == 8
    assert all(postings for postings in first.values())
    assert 290 <= sum(len(postings) for postings in first.values()) <= 330


def test_scale_multiplies_the_postings():
    once, thrice = (sum(map(len, truth(SEED, 1, scale).values())) for scale in (1, 3))
    assert 2.8 * once < thrice < 3.2 * once


@pytest.mark.parametrize(("day", "scale"), [(0, 1), (1, 0), (1, 10_000)])
def test_impossible_day_or_scale_is_refused(day: int, scale: int):
    with pytest.raises(ValueError, match=r"day \d+ and scale|desks"):
        truth(SEED, day, scale)


def test_changes_need_two_days_in_order():
    with pytest.raises(ValueError, match="not before"):
        changes(SEED, 2, 2)


def test_bodies_have_250_to_600_words_and_no_unfilled_slot():
    for postings in on_day(1).values():
        for posting in postings.values():
            assert 250 <= len(posting.text.split()) <= 600
            assert not re.search(r"[{}]", posting.text + posting.title)


def test_no_two_postings_of_a_company_are_near_duplicates():
    for postings in on_day(1).values():
        for one, other in combinations([shingles(posting) for posting in postings.values()], 2):
            assert len(one & other) / len(one | other) < 0.4


@pytest.mark.parametrize("first", [*range(1, 31), 10_000])
def test_from_one_day_to_the_next_a_few_percent_change(first: int):
    before, after = on_day(first), on_day(first + 1)
    found = changes_between(before, after)
    total = sum(map(len, before.values()))

    assert 280 <= total <= 340
    assert len(found.unchanged) >= 0.85 * total
    assert 1 <= len(found.added) <= 0.08 * total
    assert 1 <= len(found.removed) <= 0.08 * total
    assert 1 <= len(found.edited) <= 0.1 * total
    assert len(found.gone) == 1
    for slug, postings in before.items():
        lost = len(postings) - len(after[slug])
        assert lost < 10
        assert lost < 0.5 * len(postings)


def test_changes_are_disjoint_and_cover_what_is_listed():
    found = changes_between(on_day(3), on_day(9))
    parts = (found.added, found.removed, found.edited, found.unchanged, found.gone)
    assert sum(map(len, parts)) == len(frozenset().union(*parts))
    listed = {
        (slug, posting.external_id)
        for slug, postings in on_day(9).items()
        for posting in postings.values()
        if posting.listed
    }
    assert listed == found.added | found.edited | found.unchanged | found.gone


def test_after_two_cycles_nothing_of_the_first_day_is_left():
    found = changes(SEED, 1, 90)
    assert not found.unchanged
    assert not found.edited


def test_every_edit_changes_the_fields_that_it_names():
    seen: set[str] = set()
    for day in range(1, 25):
        before, after = on_day(day), on_day(day + 1)
        for slug, external_id in changes_between(before, after).edited:
            old, new = before[slug][external_id], after[slug][external_id]
            for edit in new.edits[len(old.edits) :]:
                seen.add(edit)
                assert getattr(old, edit) != getattr(new, edit)
                if edit == "text":
                    share_kept = len(shingles(old) & shingles(new)) / len(shingles(old))
                    assert 0.5 < share_kept < 0.9
            assert old.path == new.path
            assert old.posted_at == new.posted_at < new.updated_at
    assert seen == {"salary", "title", "text", "employment_type"}


def test_a_page_that_is_gone_leaves_the_sitemap_on_the_next_day():
    for day in range(1, 15):
        (gone,) = changes_between(on_day(day), on_day(day + 1)).gone
        slug, external_id = gone
        assert external_id in on_day(day)[slug]
        assert external_id not in on_day(day + 2)[slug]


def test_one_page_a_day_fails_once_and_it_is_not_the_one_that_is_gone():
    for day in range(1, 15):
        everything = [posting for postings in on_day(day).values() for posting in postings.values()]
        (flaky,) = [posting for posting in everything if posting.fails_once]
        assert not flaky.gone
        assert flaky.employer.source == "sitemap"


def test_ids_of_sitemap_sites_are_their_urls():
    for employer in EMPLOYERS:
        for external_id, posting in truth(SEED, 1, base_url="http://host")[employer.slug].items():
            is_url = external_id == f"http://host{posting.path}"
            assert is_url == (employer.source == "sitemap")
