"""Reading other people's JSON with its types checked, so that dicts stop where they enter.

A field that is absent, null or of another type reads as null: sources drop and add fields as they
please. Only what a posting can't do without is asked for with ``need``.
"""

import json
import math
from collections.abc import Mapping
from typing import Any, Self, cast

from include.core.text import one_line
from include.errors import ParseError


class JsonObject:
    """One JSON object; every reader takes a path of keys into it."""

    def __init__(self, values: Mapping[str, Any]):
        self._values = values

    @classmethod
    def of(cls, value: Any, what: str) -> Self:
        """Raises ParseError, naming ``what`` it is, when ``value`` is no object."""
        if not isinstance(value, dict):
            raise ParseError(f"{what} is {_kind(value)}, not an object")
        return cls(cast("dict[str, Any]", value))

    @classmethod
    def parse(cls, content: str) -> Self:
        """Raises ParseError when ``content`` is not a JSON object."""
        return cls.of(read_json(content), "the posting")

    def dump(self) -> str:
        """As JSON text that can be stored: lone surrogates are replaced, NUL stays escaped."""
        text = json.dumps(self._values, ensure_ascii=False)
        return text.encode("utf-8", "replace").decode()

    def raw(self, *path: str) -> Any:
        value: Any = self._values.get(path[0]) if path else self._values
        for key in path[1:]:
            if not isinstance(value, dict):
                return None
            value = cast("dict[str, Any]", value).get(key)
        return value

    def text(self, *path: str) -> str | None:
        """On one line; numbers as written. Null when blank."""
        return text_of(self.raw(*path))

    def need(self, *path: str) -> str:
        """``text`` without which there is no posting: raises ParseError naming the field."""
        text = self.text(*path)
        if text is None:
            raise ParseError(f"no `{'.'.join(path)}`")
        return text

    def html(self, *path: str) -> str:
        """Verbatim; empty when absent."""
        value = self.raw(*path)
        return value if isinstance(value, str) else ""

    def number(self, *path: str) -> float | None:
        """Also from a string that holds a plain number."""
        value = self.raw(*path)
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            return None
        try:
            number = float(value)
        except (ValueError, OverflowError):
            return None
        return number if math.isfinite(number) else None

    def flag(self, *path: str) -> bool | None:
        value = self.raw(*path)
        return value if isinstance(value, bool) else None

    def values(self, *path: str) -> list[Any]:
        """A list as it is, one value as a list of one, null as none."""
        value = self.raw(*path)
        if isinstance(value, list):
            return cast("list[Any]", value)
        return [] if value is None else [value]

    def texts(self, *path: str) -> tuple[str, ...]:
        """The texts among the ``values``."""
        return tuple(filter(None, map(text_of, self.values(*path))))

    def objects(self, *path: str) -> tuple["JsonObject", ...]:
        """The objects among the ``values``."""
        return tuple(
            JsonObject(cast("dict[str, Any]", value))
            for value in self.values(*path)
            if isinstance(value, dict)
        )

    def __contains__(self, key: str) -> bool:
        return key in self._values


def text_of(value: Any) -> str | None:
    """As ``JsonObject.text`` reads one value."""
    if value is None:  # most of what is asked for
        return None
    if isinstance(value, str):
        return one_line(value) or None
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def read_json(text: str | bytes, *, strict: bool = True) -> Any:
    """Raises ParseError for what is no JSON, or nested beyond reason.

    ``strict=False`` lets control characters, raw newlines among them, stand inside strings.
    """
    try:
        return json.loads(text, strict=strict)
    except (ValueError, RecursionError) as error:
        raise ParseError(f"not JSON: {error}") from error


def _kind(value: Any) -> str:
    return "null" if value is None else f"a {type(value).__name__}"
