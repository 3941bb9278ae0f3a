"""Read untrusted JSON with type checks, so that no other code has to check types.

A field that is absent, null or of another type reads as None, because sources add and drop fields
at any time. ``need`` is only for fields that every posting must have.
"""

import io
import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any, Self, cast

import pyjson5

from include.core.formats.text import one_line
from include.core.formats.urls import is_http
from include.errors import ParseError


class JsonObject:
    """One JSON object. The methods that read a value take its path of keys."""

    def __init__(self, values: Mapping[str, Any]):
        self._values = values

    @classmethod
    def of(cls, value: Any, what: str) -> Self:
        """Wrap ``value``. Raise ParseError, which calls it ``what``, if it is not an object."""
        if not isinstance(value, dict):
            raise ParseError(f"{what} is {_kind(value)}, not an object")
        return cls(cast("dict[str, Any]", value))

    @classmethod
    def parse(cls, content: str) -> Self:
        """Parse a posting from JSON. Raise ParseError if ``content`` is not a JSON object."""
        return cls.of(read_json(content), "the posting")

    def dump(self) -> str:
        """Return storable JSON text: lone surrogates are replaced, and NUL stays escaped."""
        text = json.dumps(self._values, ensure_ascii=False)
        return text.encode("utf-8", "replace").decode()

    def raw(self, *path: str) -> Any:
        """Return the value as it was parsed; None if it is absent."""
        value: Any = self._values.get(path[0]) if path else self._values
        for key in path[1:]:
            if not isinstance(value, dict):
                return None
            value = cast("dict[str, Any]", value).get(key)
        return value

    def text(self, *path: str) -> str | None:
        """Return a string on one line. A number is returned as Python writes it.

        Return None if the value is blank, or is neither a string nor a number.
        """
        return text_of(self.raw(*path))

    def need(self, *path: str) -> str:
        """Return ``text``. Raise ParseError, which names the field, if there is none."""
        text = self.text(*path)
        if text is None:
            raise ParseError(f"no `{'.'.join(path)}`")
        return text

    def url(self, *path: str) -> str | None:
        """Return an absolute http(s) URL; None if the value is anything else."""
        url = self.text(*path)
        return url if url and is_http(url) else None

    def need_url(self, *path: str) -> str:
        """Return ``url``. Raise ParseError, which names the field, if there is none."""
        url = self.url(*path)
        if url is None:
            raise ParseError(f"`{'.'.join(path)}` is not an http(s) URL")
        return url

    def html(self, *path: str) -> str:
        """Return the string unchanged; empty if the value is not a string."""
        value = self.raw(*path)
        return value if isinstance(value, str) else ""

    def number(self, *path: str) -> float | None:
        """Return a finite number, or None. A string that holds only a number counts as one."""
        value = self.raw(*path)
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            return None
        try:
            number = float(value)
        except (ValueError, OverflowError):
            return None
        return number if math.isfinite(number) else None

    def flag(self, *path: str) -> bool | None:
        """Return a boolean; None if the value is not a boolean."""
        value = self.raw(*path)
        return value if isinstance(value, bool) else None

    def values(self, *path: str) -> list[Any]:
        """Return a list. A single value becomes a list with one item, and null becomes an empty
        list."""
        value = self.raw(*path)
        if isinstance(value, list):
            return cast("list[Any]", value)
        return [] if value is None else [value]

    def texts(self, *path: str) -> tuple[str, ...]:
        """Return the texts of those ``values`` that are strings or numbers."""
        return tuple(filter(None, map(text_of, self.values(*path))))

    def objects(self, *path: str) -> tuple["JsonObject", ...]:
        """Return those ``values`` that are objects."""
        return tuple(
            JsonObject(cast("dict[str, Any]", value))
            for value in self.values(*path)
            if isinstance(value, dict)
        )

    def __contains__(self, key: str) -> bool:
        return key in self._values


def text_of(value: Any) -> str | None:
    """Return a single value in the form of ``JsonObject.text``."""
    if value is None:  # The most frequent case comes first, for speed.
        return None
    if isinstance(value, str):
        return one_line(value) or None
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def read_json(text: str | bytes, *, strict: bool = True) -> Any:
    """Return the parsed JSON.

    Raise ParseError if ``text`` is not JSON, or is nested too deeply for the parser.

    Args:
        strict: False allows control characters, such as raw newlines, inside strings.
    """
    try:
        return json.loads(text, strict=strict)
    except (ValueError, RecursionError) as error:
        raise ParseError(f"not JSON: {error}") from error


_VALUE = re.compile(r"\{|\[(?=\s{0,100}[{\[])")
_MAX_MENDED_LENGTH = 1_000_000
"""The maximum length, in characters, of a text with errors that is repaired.

The repair takes a second for about 10 MB.
"""
_MAX_MENDED_DEPTH = 100


def mended_json(text: str) -> Iterator[Any]:
    """Yield the objects and arrays in JSON that has small errors.

    The errors are those that JSON5 allows (comments, trailing commas, escapes and quotes of
    JavaScript), raw newlines in strings, text around the values, and missing closing brackets at
    the end. Nothing is yielded after the first other error.
    """
    if len(text) > _MAX_MENDED_LENGTH:
        return
    # U+2028 ends a line, too, and is the only line end that JSON5 allows in strings.
    text = re.sub(r"\r\n?|\n", "\u2028", text)
    stream = io.StringIO(text)
    while start := _VALUE.search(text, stream.tell()):
        stream.seek(start.start())
        try:
            value = pyjson5.decode_io(stream, maxdepth=_MAX_MENDED_DEPTH)  # pyright: ignore[reportArgumentType] # the stub requires a keyword
            yield _with_newlines(value)
        except pyjson5.Json5EOF as cut_off:
            yield _with_newlines(cut_off.result)
            return
        except pyjson5.Json5DecoderException:
            return


def _with_newlines(value: Any) -> Any:
    match value:
        case str():
            return value.replace("\u2028", "\n")
        case list():
            return [_with_newlines(each) for each in cast("list[Any]", value)]
        case dict():
            items = cast("dict[str, Any]", value).items()
            return {key: _with_newlines(each) for key, each in items}
        case _:
            return value


def _kind(value: Any) -> str:
    return "null" if value is None else f"a {type(value).__name__}"
