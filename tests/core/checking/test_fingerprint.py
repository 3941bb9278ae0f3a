"""Tests of the decision whether a page has changed.

The texts have a small vocabulary, like real postings. They share a part that stands for the
description of the company.
"""

import hashlib
import random
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import combinations
from typing import Any

import pytest
import xxhash
from simhash import Simhash

from include.core.checking.fingerprint import (
    FEATURE_VERSION,
    MIN_TOKENS,
    Fingerprint,
    decisive_fields,
    fingerprint,
    is_unchanged,
)
from include.core.models import EmploymentType, JobPosting, Location, PayPeriod, Salary, Workplace

FIELDS = {"title": "Baker", "locations": ["Lyon"], "salary": [2000, 2400, "EUR", "MONTH"]}
THRESHOLD = 3
_VOCABULARY = [f"{a}{b}{c}" for a in "bdfklm" for b in "aeiou" for c in ("n", "r", "st", "lt", "")]


def prose(seed: int, words: int) -> str:
    return " ".join(random.Random(seed).choices(_VOCABULARY, k=words))


BOILERPLATE = prose(0, 80)
TEXT = f"{prose(1, 400)} {BOILERPLATE}"


def unchanged(
    before: str, now: str, *, fields: dict[str, Any] = FIELDS, threshold: int = THRESHOLD
) -> bool:
    """Return whether a page with the text ``now`` and these fields is unchanged.

    Before, it had the text ``before`` and the fields ``FIELDS``. With the threshold 64, the number
    of bits of a SimHash, no difference of the SimHashes is too large.
    """
    return is_unchanged(fingerprint(FIELDS, before), fingerprint(fields, now), threshold=threshold)


def test_a_changed_amount_of_money_is_a_change() -> None:
    long = prose(1, 1_500)

    assert unchanged(f"{long} The pay is €40,000.", f"The pay is €40,000. {long}", threshold=64)
    assert not unchanged(f"{long} The pay is €40,000.", f"{long} The pay is €42,000.", threshold=64)
    assert unchanged(f"{long} seen 40,000 times", f"{long} seen 42,000 times", threshold=64)


@pytest.mark.parametrize(
    "noisy",
    [
        TEXT,
        TEXT.upper(),
        TEXT.replace(" ", "\n\t "),
        TEXT.replace("an ", "an, ").replace(" b", "; b"),
        f"  ** {TEXT} **  ",
        TEXT.replace("f", "ｆ"),
    ],
    ids=["itself", "case", "whitespace", "punctuation", "ornament", "full width"],
)
def test_case_punctuation_and_whitespace_are_not_a_change(noisy: str) -> None:
    assert unchanged(TEXT, noisy, threshold=0)


@pytest.mark.parametrize(
    "noise", ["seen 1,024 times", "posted 3 days ago", "updated at 10:42 on 1 March"]
)
def test_a_counter_or_a_relative_date_is_not_a_change(noise: str) -> None:
    long = f"{prose(1, 1_500)} {BOILERPLATE}"
    assert unchanged(f"{long} {noise}", f"{long} {noise.replace('1', '7').replace('3', '4')}")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Posted: 1 hour ago", "Posted: 2 hours ago"),
        ("1,204 people viewed this", "1,317 people viewed this"),
        ("Posted yesterday", "Posted today"),
        ("vor 3 Tagen", "vor einer Woche"),
        ("il y a 2 jours", "il y a 3 jours"),
        ("5 days left", "4 days left"),
        ("17 applicants", "18 applicants"),
    ],
)
@pytest.mark.parametrize("words", [10, 120])
def test_a_relative_date_or_a_counter_is_not_even_part_of_a_short_text(
    before: str, after: str, words: int
) -> None:
    text = prose(1, words)
    assert unchanged(f"{before} {text}", f"{after} {text}", threshold=0)


def test_a_rewritten_paragraph_is_a_change() -> None:
    words = TEXT.split()
    assert not unchanged(TEXT, " ".join([*words[:150], prose(2, 100), *words[250:]]))
    assert not unchanged(TEXT, " ".join(words[:240]))


@pytest.mark.parametrize(
    "edited",
    [
        {"title": "Senior Baker"},
        {"locations": ["Lyon", "Paris"]},
        {"salary": [2000, 2500, "EUR", "MONTH"]},
        {"salary": None},
        {"workplace": "remote"},
    ],
)
def test_a_changed_field_is_a_change_even_if_the_text_is_the_same(edited: dict[str, Any]) -> None:
    assert not unchanged(TEXT, TEXT, fields=FIELDS | edited)


def test_another_order_of_fields_is_not_a_change() -> None:
    assert unchanged(TEXT, TEXT, fields=dict(reversed(FIELDS.items())))


def test_short_texts_are_unchanged_only_if_they_are_equal() -> None:
    short = prose(3, MIN_TOKENS - 1)
    assert unchanged(short, short)
    assert not unchanged(short, f"{short}x", threshold=64)
    assert not unchanged(f"{short} one more", short, threshold=64)
    assert unchanged(f"{short} one", f"{short} two", threshold=64)


@pytest.mark.parametrize("text", ["", " \n ", "--- * ---"])
def test_a_page_without_words_is_never_unchanged(text: str) -> None:
    now = fingerprint(FIELDS, text)
    assert now.tokens == 0
    assert not is_unchanged(now, now, threshold=64)


def test_a_page_without_an_earlier_fingerprint_is_never_unchanged() -> None:
    assert not is_unchanged(None, fingerprint(FIELDS, TEXT), threshold=64)


def test_fingerprints_of_different_versions_are_never_unchanged() -> None:
    now = fingerprint(FIELDS, TEXT)
    before = replace(now, feature_version=FEATURE_VERSION - 1)
    assert not is_unchanged(before, now, threshold=64)


@pytest.mark.parametrize("times", [255, 256, 300, 70_000])
def test_a_text_that_repeats_one_phrase_is_fingerprinted(times: int) -> None:
    chorus = "apply now " * times
    assert unchanged(chorus, chorus)
    assert 0 < fingerprint(FIELDS, chorus).simhash < 2**64


@pytest.mark.parametrize(
    "text",
    ["one", "one two", "日本語の求人です", "\ud83d lone surrogate", "nul \0 byte", "🥐" * 60],
)
def test_unusual_texts_are_fingerprinted(text: str) -> None:
    assert isinstance(fingerprint(FIELDS, text), Fingerprint)


def test_the_simhash_uses_all_64_bits() -> None:
    hashes = [fingerprint({}, prose(seed, 100)).simhash for seed in range(64)]
    counts_of_ones = [sum((value >> bit) & 1 for value in hashes) for bit in range(64)]
    # Each bit is 1 in about half of the 64 hashes.
    assert all(12 < count < 52 for count in counts_of_ones)


def test_the_threshold_is_counted_in_bits() -> None:
    now = fingerprint(FIELDS, TEXT)
    for bits, expected in [(0, True), (3, True), (4, False), (64, False)]:
        flipped = now.simhash ^ (2**bits - 1)  # the last ``bits`` bits differ
        other = replace(now, text_sha256="another", simhash=flipped)
        assert is_unchanged(other, now, threshold=3) is expected


def distinct_postings() -> Iterator[str]:
    """Yield different postings of one company. They all begin and end with the same text."""
    for seed in range(150):
        yield f"{BOILERPLATE} {prose(100 + seed, 160)} {BOILERPLATE}"


def test_different_postings_of_one_company_are_not_unchanged() -> None:
    read = [fingerprint(FIELDS, text) for text in distinct_postings()]
    confused = [
        pair
        for pair in combinations(range(len(read)), 2)
        if is_unchanged(read[pair[0]], read[pair[1]], threshold=THRESHOLD)
    ]
    assert confused == []


POSTING = JobPosting(
    title="Baker",
    locations=(Location(raw="Lyon"), Location(raw="Berlin")),
    workplace=Workplace.ONSITE,
    employment_types=(EmploymentType.FULL_TIME,),
    salary=Salary(
        raw="€2,000–2,400", min=2000, max=2400, currency="EUR", period=PayPeriod.MONTH, origin="api"
    ),
    posted_at=datetime(2026, 3, 1, tzinfo=UTC),
    posted_at_raw="2026-03-01",
)


@pytest.mark.parametrize(
    "edited",
    [
        replace(POSTING, title="Senior Baker"),
        replace(POSTING, locations=POSTING.locations[:1]),
        replace(POSTING, workplace=None),
        replace(POSTING, employment_types=(EmploymentType.INTERN,)),
        replace(POSTING, employment_types=(), employment_type_raw="Stage"),
        replace(POSTING, salary=None),
        replace(POSTING, salary=Salary(raw="", min=2000, max=2500, currency="EUR", origin="api")),
        replace(POSTING, posted_at_raw="2026-03-02"),
        replace(POSTING, valid_through_raw="2026-04-01"),
    ],
)
def test_every_decisive_field_changes_the_fingerprint(edited: JobPosting) -> None:
    assert not is_unchanged(
        fingerprint(decisive_fields(POSTING), TEXT),
        fingerprint(decisive_fields(edited), TEXT),
        threshold=64,
    )


@pytest.mark.parametrize(
    "same",
    [
        replace(POSTING, locations=POSTING.locations[::-1]),
        replace(POSTING, url="https://example.com/jobs/1", apply_url="https://example.com/apply"),
        replace(POSTING, provenance={"title": "jsonld"}),
    ],
)
def test_other_fields_do_not_change_the_decisive_fields(same: JobPosting) -> None:
    assert decisive_fields(same) == decisive_fields(POSTING)


@pytest.mark.parametrize("words", [1, 2, 3, 4, 5, 50, 400, 3_000])
@pytest.mark.parametrize("vocabulary", [2, 100])
def test_the_simhash_equals_that_of_the_simhash_package(words: int, vocabulary: int) -> None:
    tokens = random.Random(words).choices([*_VOCABULARY[: vocabulary - 1], "ça"], k=words)
    shingles = [" ".join(tokens[i : i + 3]) for i in range(words - 2)] or tokens
    package = Simhash(shingles, hashfunc=xxhash.xxh64_digest).value
    assert fingerprint({}, " ".join(tokens)).simhash == package


def test_an_ascii_text_has_the_same_words_as_by_the_regular_expression() -> None:
    text = "".join(map(chr, range(128))) + " Bakery's A_1-B\x1cc"
    words = re.findall(r"\w+", text.casefold())
    found = fingerprint({}, text)
    assert found.tokens == len(words)
    assert found.text_sha256 == hashlib.sha256(" ".join(words).encode()).hexdigest()
