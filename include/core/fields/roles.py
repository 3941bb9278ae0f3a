"""Recognise postings of the same role, for example of one role that is offered in several cities.

Two postings are of the same role if their titles and texts have the same words. Numbers, notes on
gender such as "(m/f/d)", and the names of the posting's places are left out, because postings of
one role differ in them. Postings whose requisitions differ are of different roles, even if their
texts are the same. ``db.catalogue.variants`` makes this decision (ADR 41).
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from include.core.places.countries import country_name
from include.core.search_facts import words_of

_MIN_WORDS = 30
"""The minimum number of words in the text of a posting. A posting with fewer has no role key."""
_GENDER_NOTE = re.compile(r"\((?:[a-z*]{1,7} ?[/|] ?){1,3}[a-z*]{1,7}\)", re.IGNORECASE)


def role_key(record: Mapping[str, Any] | None, *, title: str, location: str | None) -> int | None:
    """Return a signed 64-bit hash that postings of the same role share.

    Return None if the text is unknown or has fewer than 30 words.

    Args:
        record: the posting in the JSON form of ``core.fields.records``; None until it is first
            read.
        title: the posting's title as users see it.
        location: the posting's location as users see it; None if it is unknown.
    """
    if record is None:
        return None
    names = set(_place_names(record.get("locations", ()), location))
    phrases = sorted({" ".join(words_of(name)) for name in names} - {""}, key=len, reverse=True)
    text = _words(record.get("description_text") or "", phrases)
    if len(text) < _MIN_WORDS:
        return None
    title_words = _words(_GENDER_NOTE.sub(" ", title), phrases)
    digest = hashlib.sha256("\n".join((" ".join(title_words), " ".join(text))).encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def _words(text: str, left_out: Sequence[str]) -> list[str]:
    """Return the folded words of ``text``, except numbers and the phrases in ``left_out``."""
    joined = f" {' '.join(filter(str.isalpha, words_of(text)))} "
    for phrase in left_out:
        joined = joined.replace(f" {phrase} ", " ")
    return joined.split()


def _place_names(locations: Iterable[Mapping[str, Any]], location: str | None) -> Iterator[str]:
    for place in locations:
        for text in (place.get("raw"), place.get("city"), place.get("region")):
            yield from (text or "").split(",")
        yield country_name(place.get("country") or "") or ""
    yield from (location or "").split(",")
