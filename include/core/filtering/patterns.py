"""Compile regular expressions that users write.

The expressions have the syntax of RE2 (github.com/google/re2/wiki/Syntax). RE2 is used because its
search time is proportional to the length of the text for every pattern. With Python's ``re``, a
search for a pattern of ten characters can take years. RE2 does not support lookahead, lookbehind or
backreferences, and its ``\\w`` and ``\\d`` match only ASCII characters.
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
        field: the name of the setting or filter to which the pattern belongs.
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
    # The text is encoded here, with ``errors="replace"``, because RE2 fails on a lone surrogate,
    # which UTF-8 cannot encode.
    return lambda text: search(text.encode(errors="replace")) is not None


def _reason(error: Exception) -> str:
    """Return the text of an error. The errors of RE2's Python module have it as bytes."""
    message = error.args[0]
    return message.decode(errors="replace") if isinstance(message, bytes) else str(error)
