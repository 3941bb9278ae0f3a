r"""Clean text for Postgres and for people.

The clean text has no NUL, no lone surrogates and no irregular whitespace. Untrusted JSON may
contain all three (``"\u0000"`` and ``"\ud83d"`` are legal in it).
"""

import re

_UNSTORABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f\xad\ud800-\udfff]")
_STORABLE_ASCII = b"\t\n\v\f\r" + bytes(range(0x20, 0x7F))
_SPACES = re.compile(r"[ \t\r\f\v\u00a0\u200b\ufeff]+")
_IRREGULAR = ("  ", "\t", "\r", "\f", "\v", "\u00a0", "\u200b", "\ufeff")
"""Strings that may need a change. A text without any of them is not changed by ``_SPACES``.

They are searched for first, because most texts contain none of them, and this search is faster than
the expression.
"""


def storable(text: str) -> str:
    """Return ``text`` without the characters that Postgres or UTF-8 refuse."""
    if text.isascii() and not text.encode().translate(None, _STORABLE_ASCII):
        return text
    if text.replace("\n", "").isprintable():
        return text
    return _UNSTORABLE.sub("", text)


def cut(text: str, length: int) -> str:
    """Return ``text`` cut to ``length`` characters. A cut text ends with an ellipsis."""
    return text if len(text) <= length else text[: length - 1] + "…"


def one_line(text: str) -> str:
    """Return ``text`` storable, with one space for every run of whitespace."""
    if text.isprintable():  # most texts: their only whitespace is the ordinary space
        return " ".join(text.split()) if "  " in text else text.strip(" ")
    return " ".join(storable(text).replace("\u200b", " ").replace("\ufeff", " ").split())


def lines(text: str) -> str:
    """Return ``text`` storable, with single spaces and without blank lines."""
    stripped = _stripped_lines(storable(text))
    if not any(map(stripped.__contains__, _IRREGULAR)):
        return stripped
    return _stripped_lines(_SPACES.sub(" ", stripped))


def _stripped_lines(text: str) -> str:
    return "\n".join(filter(None, map(str.strip, text.split("\n"))))
