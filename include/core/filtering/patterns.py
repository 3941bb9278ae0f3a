"""Compile regular expressions that users write.

They have the syntax of RE2 (github.com/google/re2/wiki/Syntax). RE2 takes time in proportion to the
length of the text, whatever the pattern is. Python's ``re`` can take years for a pattern of ten
characters. In return, RE2 has no lookahead, lookbehind or backreferences, and ``\\w`` and ``\\d``
match only ASCII.
"""

from collections.abc import Callable

import re2

from include.errors import SettingError

Finder = Callable[[str], bool]
"""A function that returns whether a pattern occurs anywhere in a text."""


def compile_pattern(field: str, pattern: str, *, any_case: bool = False) -> Finder:
    """Return a function that searches texts for ``pattern``.

    Raise SettingError, which names ``field``, if the pattern is not valid or is too large.

    Args:
        field: the setting or filter that holds the pattern.
        pattern: a regular expression of RE2.
        any_case: whether the search ignores case.
    """
    options = re2.Options()
    options.case_sensitive = not any_case
    options.log_errors = False
    try:
        search = re2.compile(pattern, options).search
    except (re2.error, UnicodeEncodeError) as error:
        reason = _reason(error)
        raise SettingError(
            field, f"{pattern} is not a valid regular expression: {reason}"
        ) from None
    # The search is in bytes, because a text may hold lone surrogates, which UTF-8 cannot encode.
    return lambda text: search(text.encode(errors="replace")) is not None


def _reason(error: Exception) -> str:
    """Return the message of RE2, which its Python module passes on as bytes."""
    said = error.args[0]
    return said.decode(errors="replace") if isinstance(said, bytes) else str(error)
