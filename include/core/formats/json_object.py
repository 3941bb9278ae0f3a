"""Read untrusted JSON, and check the types of its values, so that no other code has to.

If a field is absent, null or of another type than expected, most methods return None or an empty
value, because sources add and drop fields at any time. ``need`` and ``need_url`` raise an error
instead, and are only for fields that every posting must have.
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
    """One JSON object.

    The methods that read a value take the path to it: ``text("location", "city")`` returns the
    field ``city`` of the object ``location``.
    """

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
        """Return the object as JSON text that Postgres can store.

        Lone surrogates are replaced by "?", and NUL stays escaped.
        """
        text = json.dumps(self._values, ensure_ascii=False)
        return text.encode("utf-8", "replace").decode()

    def raw(self, *path: str) -> Any:
        """Return the value as it was parsed, of any type; None if it is absent."""
        value: Any = self._values.get(path[0]) if path else self._values
        for key in path[1:]:
            if not isinstance(value, dict):
                return None
            value = cast("dict[str, Any]", value).get(key)
        return value

    def text(self, *path: str) -> str | None:
        """Return the string at ``path``, on one line. A number is converted to a string.

        Return None if the value is blank, or is neither a string nor a number.
        """
        return text_of(self.raw(*path))

    def need(self, *path: str) -> str:
        """Return the same as ``text``. If it is None, raise ParseError, which names the field."""
        text = self.text(*path)
        if text is None:
            raise ParseError(f"no `{'.'.join(path)}`")
        return text

    def url(self, *path: str) -> str | None:
        """Return the absolute http(s) URL at ``path``; None if the value is anything else."""
        url = self.text(*path)
        return url if url and is_http(url) else None

    def need_url(self, *path: str) -> str:
        """Return the same as ``url``. If it is None, raise ParseError, which names the field."""
        url = self.url(*path)
        if url is None:
            raise ParseError(f"`{'.'.join(path)}` is not an http(s) URL")
        return url

    def html(self, *path: str) -> str:
        """Return the string at ``path`` unchanged; an empty string if the value is not a string."""
        value = self.raw(*path)
        return value if isinstance(value, str) else ""

    def number(self, *path: str) -> float | None:
        """Return the finite number at ``path``; None if the value is anything else.

        A string that contains only a number is converted to that number.
        """
        return number_of(self.raw(*path))

    def flag(self, *path: str) -> bool | None:
        """Return the boolean at ``path``; None if the value is not a boolean."""
        value = self.raw(*path)
        return value if isinstance(value, bool) else None

    def values(self, *path: str) -> list[Any]:
        """Return the list at ``path``.

        If the value is not a list, return a list that contains only the value. If the value is null
        or absent, return an empty list.
        """
        return values_of(self.raw(*path))

    def texts(self, *path: str) -> tuple[str, ...]:
        """Return the strings and numbers in the list at ``path``, each converted as by ``text``."""
        return tuple(filter(None, map(text_of, self.values(*path))))

    def objects(self, *path: str) -> tuple["JsonObject", ...]:
        """Return the objects in the list at ``path``, or the single object there."""
        return objects_of(self.raw(*path))

    def __contains__(self, key: str) -> bool:
        return key in self._values


def text_of(value: Any) -> str | None:
    """Convert a value that was parsed from JSON in the same way as ``JsonObject.text``."""
    if value is None:  # This check comes first, because None is the most frequent value.
        return None
    if isinstance(value, str):
        return one_line(value) or None
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def number_of(value: Any) -> float | None:
    """Return a single value in the form of ``JsonObject.number``."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def values_of(value: Any) -> list[Any]:
    """Return a value in the form of ``JsonObject.values``."""
    if isinstance(value, list):
        return cast("list[Any]", value)
    return [] if value is None else [value]


def objects_of(value: Any) -> tuple[JsonObject, ...]:
    """Return a value in the form of ``JsonObject.objects``."""
    return tuple(
        JsonObject(cast("dict[str, Any]", each))
        for each in values_of(value)
        if isinstance(each, dict)
    )


def read_json(text: str | bytes, *, strict: bool = True) -> Any:
    """Return the parsed JSON.

    Raise ParseError if ``text`` is not JSON, or is nested too deeply for the parser.

    Args:
        strict: whether to refuse control characters, such as raw newlines, inside strings.
    """
    try:
        return json.loads(text, strict=strict)
    except (ValueError, RecursionError) as error:
        raise ParseError(f"not JSON: {error}") from error


_VALUE = re.compile(r"\{|\[(?=\s{0,100}[{\[])")
_MAX_MENDED_LENGTH = 1_000_000
"""The maximum length, in characters, of a text that ``mended_json`` repairs.

Repairing 10 MB takes about a second.
"""
_MAX_MENDED_DEPTH = 100


def mended_json(text: str) -> Iterator[Any]:
    """Yield the objects and arrays in JSON that has small errors.

    These errors are repaired:

    - what JSON5 allows: comments, trailing commas, and JavaScript's escapes and quotation marks;
    - raw newlines in strings;
    - text before, between and after the values;
    - missing closing brackets at the end.

    Nothing is yielded after the first error of another kind, or if the text is longer than
    ``_MAX_MENDED_LENGTH``.
    """
    if len(text) > _MAX_MENDED_LENGTH:
        return
    # Newlines are replaced by U+2028, because it is the only line end that JSON5 allows in strings.
    # ``_with_newlines`` reverses this.
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
