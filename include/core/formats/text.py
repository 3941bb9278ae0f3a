r"""Clean text, so that Postgres can store it and people can read it.

Clean text has no NUL, no lone surrogates and no irregular whitespace. Untrusted JSON may contain
all of these: the escapes ``"\u0000"`` and ``"\ud83d"`` are legal in JSON.
"""

import re

_UNSTORABLE = re.compile("[\x00-\x08\x0e-\x1f\x7f\xad\ud800-\udfff]")
_STORABLE_ASCII = b"\t\n\v\f\r" + bytes(range(0x20, 0x7F))
_SPACES = re.compile(r"[ \t\r\f\v\u00a0\u200b\ufeff]+")
_IRREGULAR = ("  ", "\t", "\r", "\f", "\v", "\u00a0", "\u200b", "\ufeff")
"""The strings that ``_SPACES`` changes. A text without any of them can stay as it is.

They are searched for before ``_SPACES`` is used, because this is faster and most texts contain none
of them.
"""


def storable(text: str) -> str:
    """Return ``text`` without characters that Postgres or UTF-8 refuse, and without other controls.

    Tabs and line ends are kept. Soft hyphens are removed.
    """
    if text.isascii() and not text.encode().translate(None, _STORABLE_ASCII):
        return text
    if text.replace("\n", "").isprintable():
        return text
    return _UNSTORABLE.sub("", text)


def cut(text: str, length: int) -> str:
    """Return ``text``, cut to ``length`` characters if it is longer. A cut text ends with "…"."""
    return text if len(text) <= length else text[: length - 1] + "…"


def one_line(text: str) -> str:
    """Return ``text`` as ``storable`` does, and replace each run of whitespace by one space."""
    if text.isprintable():  # true for most texts, whose only whitespace is the space
        return " ".join(text.split()) if "  " in text else text.strip(" ")
    return " ".join(storable(text).replace("\u200b", " ").replace("\ufeff", " ").split())


def lines(text: str) -> str:
    """Return ``text`` as ``storable`` does, but without repeated spaces and blank lines."""
    stripped = _stripped_lines(storable(text))
    if not any(map(stripped.__contains__, _IRREGULAR)):
        return stripped
    return _stripped_lines(_SPACES.sub(" ", stripped))


def _stripped_lines(text: str) -> str:
    return "\n".join(filter(None, map(str.strip, text.split("\n"))))
