"""Regular expressions that people write for us.

They are RE2's (github.com/google/re2/wiki/Syntax), which takes time in proportion to the text
whatever the pattern: Python's own can be made to take years by one of ten characters. The price is
that a pattern can't look ahead or behind, or refer back, and that ``\\w`` and ``\\d`` are ASCII.
"""

from collections.abc import Callable

import re2

from include.errors import SettingError

Finder = Callable[[str], bool]
"""Whether a pattern is anywhere in a text."""


def compile_pattern(field: str, pattern: str, *, any_case: bool = False) -> Finder:
    """Raises SettingError naming ``field`` for what is no pattern, or too large a one."""
    options = re2.Options()
    options.case_sensitive = not any_case
    options.log_errors = False
    try:
        search = re2.compile(pattern, options).search
    except (re2.error, UnicodeEncodeError) as error:
        reason = _reason(error)
        raise SettingError(field, f"{pattern} is no regular expression: {reason}") from None
    # as bytes, because a text from outside may hold what has no UTF-8
    return lambda text: search(text.encode(errors="replace")) is not None


def _reason(error: Exception) -> str:
    """RE2's own words, which its Python module hands on as bytes."""
    said = error.args[0]
    return said.decode(errors="replace") if isinstance(said, bytes) else str(error)
