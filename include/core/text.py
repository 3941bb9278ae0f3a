"""Clean text, so that Postgres can store it and people can read it.

The clean text has no NUL, no lone surrogates and no irregular whitespace. Other people's JSON may
contain all three (``"\\u0000"`` and ``"\\ud83d"`` are legal in it).
"""

import re

_UNSTORABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff]")
_STORABLE_ASCII = b"\t\n\v\f\r" + bytes(range(0x20, 0x7F))
_SPACES = re.compile(r"[ \t\r\f\v\u00a0\u200b\ufeff]+")
_IRREGULAR = ("  ", "\t", "\r", "\f", "\v", "\u00a0", "\u200b", "\ufeff")
"""The whitespace that ``_SPACES`` changes.

Most texts contain none of it, and to find that out takes very little time.
"""


def storable(text: str) -> str:
    """Return ``text`` without NUL and other control characters, and without lone surrogates.

    Postgres refuses NUL, and UTF-8 cannot encode lone surrogates. Whitespace is kept.
    """
    if text.isascii() and not text.encode().translate(None, _STORABLE_ASCII):
        return text
    if text.replace("\n", "").isprintable():
        return text
    return _UNSTORABLE.sub("", text)


def one_line(text: str) -> str:
    """Return ``text`` as ``storable`` does, with one space for all whitespace between two words."""
    if text.isprintable():  # the most frequent case: all its whitespace is ordinary spaces
        return " ".join(text.split()) if "  " in text else text.strip(" ")
    return " ".join(_with_single_spaces(storable(text)).split())


def lines(text: str) -> str:
    """Return ``text`` as ``storable`` does, without needless whitespace.

    The words of a line are separated by one space. Blank lines, and spaces at the ends of lines,
    are removed.
    """
    spaced = _with_single_spaces(storable(text)).split("\n")
    return "\n".join(filter(None, map(str.strip, spaced)))


def _with_single_spaces(text: str) -> str:
    return _SPACES.sub(" ", text) if any(map(text.__contains__, _IRREGULAR)) else text
