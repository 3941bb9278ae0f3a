"""Decide whether a page is unchanged.

A page is unchanged if its fields hash is equal **and** its main text is equal or nearly equal. Two
texts are equal if they are the same after normalisation. They are nearly equal if their SimHashes
over 3-word shingles differ in at most ``threshold`` of 64 bits (Charikar 2002; Manku, Jain and Das
Sarma 2007, k = 3 for 64 bits). The fields hash is needed because SimHash alone does not notice
small edits that matter, such as a new pay range, or "internship" changed to "full-time". Texts of
fewer than ``MIN_TOKENS`` words have too few shingles for SimHash, so a page with such a text is
unchanged only if the texts are equal.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import xxhash
from simhash import Simhash

from include.core.models import JobPosting
from include.core.pay.money import stated_sums

FEATURE_VERSION = 5
"""The version of the rules that make the input of the hashes from a page.

Increase it with every change of these rules.

Hashes of different versions are never compared.
"""
MIN_TOKENS = 50
_NUMBER_FIRST_PATTERN = re.compile(
    r"\d[\d.,]{0,9}\+?\s(?:(?:second|minute|min|hour|hr|day|week|month|year)s?\s(?:ago|left)\b|"
    r"\w{2,12}\s(?:geleden|fa|sedan|siden|temu)\b|"
    r"(?:people|persons?|candidates?|applicants?|applications?|views?|visitors?|users?|clicks?|"
    r"bewerber\w{0,4}|personen|candidats?|personas?)\b"
    r"(?:\s(?:have\s|has\s)?(?:viewed|applied|clicked|saw|seen|so far|haben)\b)?)",
    re.IGNORECASE,
)
"""A pattern of relative dates ("3 days ago") and counters ("5 views") that begin with a number."""
_WORD_FIRST_PATTERNS = (
    ("ago", re.compile(r"\ban?\s(?:second|minute|hour|day|week|month|year)\sago\b", re.IGNORECASE)),
    ("vor ", re.compile(r"\bvor\s(?:\d{1,3}|ein\w{0,2})\s\w{2,12}", re.IGNORECASE)),
    ("il y a ", re.compile(r"\bil y a\s(?:\d{1,3}|une?)\s\w{2,12}", re.IGNORECASE)),
    ("hace ", re.compile(r"\bhace\s(?:\d{1,3}|una?)\s\w{2,12}", re.IGNORECASE)),
    ("há ", re.compile(r"\bhá\s(?:\d{1,3}|uma?)\s\w{2,12}", re.IGNORECASE)),
    ("viewed", re.compile(r"\bviewed:?\s\d[\d.,]{0,9}(?:\stimes\b)?", re.IGNORECASE)),
    ("views", re.compile(r"\bviews:?\s\d[\d.,]{0,9}", re.IGNORECASE)),
    ("posted", re.compile(r"\bposted:?\s(?:just now|today|yesterday)\b", re.IGNORECASE)),
)
"""Patterns of relative dates ("a day ago") and counters ("views: 5") that begin with a word.

Each pair is a lower-case text and a pattern. The pattern is tried only if the page, in lower case,
contains the text, because searching for a fixed text is faster.
"""
_SHINGLE_WORDS = 3
_WORD = re.compile(r"\w+")
_ASCII_FOLDED = bytes(
    ord(character.lower() if _WORD.match(character) else " ") for character in map(chr, range(128))
).ljust(256)
"""A table for ``bytes.translate``, which lower-cases the letters of an ASCII text.

It replaces every character that is not a letter, a digit or an underscore by a space.
"""


@dataclass(frozen=True, kw_only=True)
class Fingerprint:
    fields_sha256: str
    text_sha256: str
    simhash: int
    """The SimHash of the main text, as an unsigned number of 64 bits."""
    tokens: int
    feature_version: int = FEATURE_VERSION


def fingerprint(fields: Mapping[str, Any], text: str) -> Fingerprint:
    """Return the fingerprint of a page.

    The sums of money in the text are hashed together with the fields, because most postings state
    their pay only in the text.

    Args:
        fields: the fields in which every change matters, as JSON values by the name of the field.
        text: the main text as plain text. Its whitespace does not matter.
    """
    decisive = {**fields, "sums": stated_sums(text)}
    words = _words(_without_volatile_text(text))
    return Fingerprint(
        fields_sha256=hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest(),
        text_sha256=hashlib.sha256(b" ".join(words)).hexdigest(),
        simhash=_simhash(words),
        tokens=len(words),
    )


def decisive_fields(posting: JobPosting) -> dict[str, Any]:
    """Return the posting's fields in which every change matters, as JSON values.

    Lists are sorted, because the order of places and of employment types does not matter.
    """
    salary = posting.salary
    return {
        "title": posting.title,
        "locations": sorted(location.raw for location in posting.locations),
        "workplace": posting.workplace,
        "employment": sorted(posting.employment_types) or posting.employment_type_raw,
        "salary": salary and [salary.min, salary.max, salary.currency, salary.period],
        "posted_at": posting.posted_at_raw,
        "valid_through": posting.valid_through_raw,
    }


def is_unchanged(before: Fingerprint | None, now: Fingerprint, *, threshold: int) -> bool:
    """Return whether a page may be skipped because it did not change.

    A page whose main text has no words always counts as changed.

    Args:
        before: the fingerprint of the page as it was last extracted; None if it never was.
        now: the fingerprint of the page as it is now.
        threshold: the maximum number of SimHash bits that may differ.
    """
    if before is None or before.feature_version != now.feature_version:
        return False
    if before.fields_sha256 != now.fields_sha256:
        return False
    if before.text_sha256 == now.text_sha256:
        return now.tokens > 0
    if min(before.tokens, now.tokens) < MIN_TOKENS:
        return False
    return Simhash(before.simhash).distance(Simhash(now.simhash)) <= threshold


def _without_volatile_text(text: str) -> str:
    """Return ``text`` without relative dates and counters, because they change without an edit."""
    text = _NUMBER_FIRST_PATTERN.sub(" ", text)
    lowered = text.lower()
    for required_text, pattern in _WORD_FIRST_PATTERNS:
        if required_text in lowered:
            text = pattern.sub(" ", text)
    return text


def _words(text: str) -> list[bytes]:
    """Return the words of ``text`` in UTF-8, casefolded and in the Unicode form NFKC."""
    if text.isascii():  # the code below finds the same words, but takes ten times as long
        return text.encode().translate(_ASCII_FOLDED).split()
    # The words are encoded together, because this is faster. No word contains a space, so they can
    # be separated again.
    words = _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
    return " ".join(words).encode().split()


def _simhash(words: list[bytes]) -> int:
    """Return the SimHash of the words.

    Each shingle of three words is hashed with XXH64. A bit of the SimHash is 1 if it is 1 in more
    than half of these hashes. The result equals that of the package ``simhash`` with unweighted
    features, and is computed in a third of the time.
    """
    if not words:
        return 0
    # The lines below use only functions written in C, because a fingerprint spends most of its time
    # here.
    triples = map(b" ".join, zip(*(words[at:] for at in range(_SHINGLE_WORDS)), strict=False))
    digests = b"".join(map(xxhash.xxh64_digest, triples if len(words) >= _SHINGLE_WORDS else words))
    bits = np.unpackbits(np.frombuffer(digests, dtype=np.uint8)).reshape(-1, 64)
    most = bits.sum(axis=0, dtype=np.uint32) * 2 > len(bits)
    return int.from_bytes(np.packbits(most).tobytes(), "big")
