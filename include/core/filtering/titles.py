"""Decide which titles a user wants, and search texts for the patterns of any filter.

A pattern is a word, a phrase, or a regular expression between slashes, such as ``/^(senior|staff)
/`` (see ``core.filtering.patterns``). All patterns ignore case. A word or phrase matches only whole
words: "intern" does not match "Internal". A regular expression can also match a part of a word.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from include.core.filtering.patterns import Finder, compile_pattern
from include.errors import SettingError


def passes_patterns(title: str, include: Sequence[str], exclude: Sequence[str]) -> bool:
    """Return whether ``title`` matches a pattern of ``include`` and no pattern of ``exclude``.

    If ``include`` is empty, every title that matches no pattern of ``exclude`` is wanted. Raise
    SettingError, which names the list, if a pattern of a list is not valid.
    """
    if finds("exclude_titles", exclude, title):
        return False
    return not include or finds("include_titles", include, title)


def finds(field: str, patterns: Sequence[str], text: str) -> bool:
    """Return whether ``text`` matches any of ``patterns``.

    Raise SettingError, which names ``field``, if a pattern is not valid.

    Args:
        field: the name of the filter to which the patterns belong.
        patterns: the patterns of the filter.
        text: the text to search.
    """
    folded = _fold(text)
    return any(_compiled(field, pattern)(folded) for pattern in patterns)


def check_patterns(field: str, patterns: Sequence[str]) -> None:
    """Raise SettingError, which names ``field``, if one of ``patterns`` is not valid."""
    for pattern in patterns:
        _compiled(field, pattern)


@lru_cache(maxsize=1024)
def _compiled(field: str, pattern: str) -> Finder:
    pattern = pattern.strip()
    if not pattern:
        raise SettingError(field, "a pattern is blank")
    if len(pattern) > 2 and pattern.startswith("/") and pattern.endswith("/"):
        return compile_pattern(field, pattern[1:-1], any_case=True)
    words = r"\s+".join(re.escape(word) for word in _fold(pattern).split())
    search = re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE).search
    return lambda text: search(text) is not None


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text)
