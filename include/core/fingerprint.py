"""When is a page unchanged?

A page is unchanged when its fields hash is equal **and** its main text is the same or nearly so:
equal after normalisation, or within ``threshold`` bits of 64 by SimHash over 3-word shingles
(Charikar 2002; Manku, Jain and Das Sarma 2007, k = 3 for 64 bits). The fields hash is there
because SimHash alone overlooks small edits that matter: a pay range, "internship" made "full-time".
Texts under ``MIN_TOKENS`` words are compared by equality only: too few shingles decide nothing.
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
from include.core.money import stated_sums

FEATURE_VERSION = 2
"""Raise it with any change to what is hashed: hashes of two versions are never compared."""
MIN_TOKENS = 50
_SHINGLE = 3
_WORD = re.compile(r"\w+")
_ASCII_FOLDED = bytes(
    ord(character.lower() if _WORD.match(character) else " ") for character in map(chr, range(128))
).ljust(256)


@dataclass(frozen=True, kw_only=True)
class Fingerprint:
    fields_sha256: str
    text_sha256: str
    simhash: int
    """64 bits, unsigned."""
    tokens: int
    feature_version: int = FEATURE_VERSION


def fingerprint(fields: Mapping[str, Any], text: str) -> Fingerprint:
    """Of a page's ``fields`` (JSON values) and main ``text`` (plain, any whitespace). The sums of
    money in the text decide as the fields do: of most postings, only the text states the pay."""
    decisive = {**fields, "sums": stated_sums(text)}
    words = _words(text)
    return Fingerprint(
        fields_sha256=hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest(),
        text_sha256=hashlib.sha256(b" ".join(words)).hexdigest(),
        simhash=_simhash(words),
        tokens=len(words),
    )


def decisive_fields(posting: JobPosting) -> dict[str, Any]:
    """The fields whose every change matters, as JSON values in a stable order."""
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
    """Whether the page read ``now`` may be skipped, given what was extracted ``before``."""
    if before is None or before.feature_version != now.feature_version:
        return False
    if before.fields_sha256 != now.fields_sha256:
        return False
    if before.text_sha256 == now.text_sha256:
        return now.tokens > 0
    if min(before.tokens, now.tokens) < MIN_TOKENS:
        return False
    return Simhash(before.simhash).distance(Simhash(now.simhash)) <= threshold


def _words(text: str) -> list[bytes]:
    """In UTF-8, whatever their case and form."""
    if text.isascii():  # a tenth of the time for the same words
        return text.encode().translate(_ASCII_FOLDED).split()
    return [word.encode() for word in _WORD.findall(unicodedata.normalize("NFKC", text).casefold())]


def _simhash(words: list[bytes]) -> int:
    """Each bit is that of most of the shingles' hashes (XXH64): bit for bit what ``Simhash`` makes
    of them as unweighted features, in a third of its time."""
    if not words:
        return 0
    # all within C: of a page's fingerprint, this is most
    triples = map(b" ".join, zip(*(words[at:] for at in range(_SHINGLE)), strict=False))
    digests = b"".join(map(xxhash.xxh64_digest, triples if len(words) >= _SHINGLE else words))
    bits = np.unpackbits(np.frombuffer(digests, dtype=np.uint8)).reshape(-1, 64)
    most = bits.sum(axis=0, dtype=np.uint32) * 2 > len(bits)
    return int.from_bytes(np.packbits(most).tobytes(), "big")
