"""Which titles a person wants to see, and how any filter's patterns are read.

A pattern is a word or phrase, found as whole words in any case ("intern" is not in "Internal"),
or a regular expression (core.patterns) between slashes, found anywhere in any case
(``/^(senior|staff) /``).
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from include.core.patterns import Finder, compile_pattern
from include.errors import SettingError


def wanted(title: str, include: Sequence[str], exclude: Sequence[str]) -> bool:
    """Whether ``title`` has one of ``include`` (any title, if there are none) and none of
    ``exclude``. Raises SettingError naming the list that holds an unusable pattern."""
    if finds("exclude_titles", exclude, title):
        return False
    return not include or finds("include_titles", include, title)


def finds(field: str, patterns: Sequence[str], text: str) -> bool:
    """Whether any of ``patterns`` is in ``text``. Raises SettingError naming ``field``, which
    holds them, for an unusable one."""
    folded = _fold(text)
    return any(_compiled(field, pattern)(folded) for pattern in patterns)


def check_patterns(field: str, patterns: Sequence[str]) -> None:
    """Raises SettingError as ``finds`` would, before there is a text."""
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
