"""Cache the results of reading short texts, because many postings have the same places and labels.

Results for long texts are not cached, because an untrusted server could fill the memory with them.
"""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

_MAX_ENTRIES = 2_000
_MAX_TEXT_LENGTH = 200
"""The maximum length, in characters, of a text whose result is cached."""

T = TypeVar("T")


def cache_short_texts(read: Callable[[str], T]) -> Callable[[str], T]:
    """Return a function that does the same as ``read``, and caches its results for short texts.

    The result of ``read`` must depend only on the text, and must be immutable.
    """
    cached_read = lru_cache(maxsize=_MAX_ENTRIES)(read)

    @wraps(read)
    def text_cache(text: str) -> T:
        return cached_read(text) if len(text) <= _MAX_TEXT_LENGTH else read(text)

    return text_cache
