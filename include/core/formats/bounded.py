"""Compile regular expressions with limited repeats, so that a search takes linear time."""

import re

_BOUNDED = {r"\w*": r"\w{0,20}", r"\w+": r"\w{1,20}", ".*": ".{0,80}"}


def compile_bounded(expression: str, flags: int = 0) -> re.Pattern[str]:
    r"""Compile ``expression`` with limits for ``\w*``, ``\w+`` and ``.*``.

    ``\w*`` and ``\w+`` then match at most 20 characters, and ``.*`` matches at most 80. Without
    these limits, a search in a very long word could take quadratic time.
    """
    for repeat, bounded in _BOUNDED.items():
        expression = expression.replace(repeat, bounded)
    return re.compile(expression, flags)
