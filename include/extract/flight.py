"""Read the text that a Next.js page streams to its own script.

The page streams the text in calls such as ``self.__next_f.push([1, "…"])``. Such a page may have
no JSON-LD and no text before its script has run. The pushed texts are the pieces of one text, in
React's "flight" format (react.dev, package ``react-server-dom-webpack``).

The text consists of rows. A row is ``14:`` and JSON, or ``14:T1ec,`` and a text of 0x1ec bytes. In
the JSON, ``"$14"`` and ``"$L14"`` refer to rows, and ``["$","p",null,{"children":"…"}]`` is an
element of the page. If the script would write JSON-LD into the page, the text contains it as JSON,
or as a string that contains JSON.
"""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from html import escape
from typing import Any, TypeGuard, cast

from selectolax.lexbor import LexborHTMLParser

from include.extract import serialised_state

_PUSH = re.compile(r"self\.__next_f\.push\(")
_JSONLD_START = re.compile(r'\{\s*"@(?:context|graph|type)"|"(?=\{\\"@(?:context|graph|type)\\")')
_ROW = re.compile(rb"\n*+([0-9a-f]{1,8}):(?:T([0-9a-f]{1,8}),)?")
_REFERENCE = re.compile(r"\$[L@]?([0-9a-f]{1,8})(?::[\w:.$-]+)?")
_DATE_MARK = "$D"
_DECODER = json.JSONDecoder(strict=False)
_MAX_TEXT_LENGTH = 5_000_000
"""The maximum total length, in characters, of the pushed texts.

If they are longer, none of them is read.
"""
_MAX_JSON_FAILURES = 50
"""The number of failures to parse JSON-LD after which the search ends.

A limit is needed, because each failure takes time in proportion to the length of the text.
"""
_MAX_ROWS = 5_000
_MAX_VALUES = 200_000
"""The maximum number of objects and lists in which references are followed."""
_MAX_WRITTEN_VALUES = 20_000
"""The maximum number of values that are examined to write the HTML of elements."""
_MAX_ELEMENT_DEPTH = 200
_MAX_HTML_LENGTH = 1_000_000
_TAG = re.compile(r"[a-z][a-z0-9]{0,20}")
_VOID_TAGS = frozenset({"area", "br", "col", "hr", "img", "input", "wbr", "source"})
_UNSHOWN_TAGS = frozenset({"script", "style", "link", "meta", "title", "base", "noscript"})
_ATTRIBUTES = {
    "className": "class", "dateTime": "datetime", "href": "href", "id": "id", "role": "role",
    "aria-label": "aria-label", "itemProp": "itemprop", "alt": "alt", "hidden": "hidden",
}  # fmt: skip
"""The HTML attributes that are written, by React's names for them."""
_ALTERNATIVES = frozenset({
    "notFound", "forbidden", "unauthorized", "error", "loading", "fallback", "template",
    "globalErrorComponent", "errorStyles", "templateStyles",
})  # fmt: skip
"""The properties of components whose elements are shown in other cases, such as an error."""


def jsonld_in_flight(tree: LexborHTMLParser) -> Iterator[Any]:
    """Yield the JSON-LD values in the text that the page streams, in the order of the text."""
    text = "".join(_pushed(tree))
    if len(text) > _MAX_TEXT_LENGTH:
        return
    end, failures = 0, 0
    for match in _JSONLD_START.finditer(text):
        if failures >= _MAX_JSON_FAILURES:
            return
        if match.start() < end:
            continue
        jsonld, end = _decode_json(text, match.start())
        if isinstance(jsonld, str):
            jsonld, _ = _decode_json(jsonld, 0)
        if jsonld is not None:
            yield jsonld
        else:
            failures += 1


def rows(tree: LexborHTMLParser) -> list[Any]:
    """Return the values of the rows to which no other row refers, with references followed."""
    return _Rows.of(tree).roots()


def html_of_elements(tree: LexborHTMLParser) -> str:
    """Return the HTML of the elements that the page streams; an empty string if there are none.

    Scripts and elements of the head are left out. Components without content are left out, too,
    because only the page's own script contains their elements.
    """
    writer = _Writer()
    for root in rows(tree):
        writer.write_elements_in(root)
    return "".join(writer.parts)


class _Rows:
    """The rows of a streamed text, by their ids."""

    def __init__(self, values: dict[str, Any]) -> None:
        self._values = values
        self._referred_ids: set[str] = set()
        self._follow_references()

    @classmethod
    def of(cls, tree: LexborHTMLParser) -> "_Rows":
        text = "".join(_pushed(tree))
        return cls(dict(_rows_of(text)) if len(text) <= _MAX_TEXT_LENGTH else {})

    def roots(self) -> list[Any]:
        return [value for key, value in self._values.items() if key not in self._referred_ids]

    def _follow_references(self) -> None:
        """Replace each reference in the rows, in place, by the row to which it refers."""
        stack = list(self._values.values())
        for _ in range(_MAX_VALUES):
            if not stack:
                return
            value: Any = stack.pop()
            for key, inner in serialised_state.items_of(value):
                if isinstance(inner, str) and inner.startswith("$") and len(inner) > 1:
                    value[key] = self._referred_value(inner)
                elif isinstance(inner, dict | list):
                    stack.append(inner)

    def _referred_value(self, text: str) -> Any:
        """Return the value for which a text that begins with "$" stands.

        Return None for a value that JSON does not have, such as a function, and for a missing row.
        """
        if text.startswith("$$"):
            return text[1:]
        if text.startswith(_DATE_MARK):
            return text.removeprefix(_DATE_MARK)
        reference = _REFERENCE.fullmatch(text)
        if reference is None:
            return None
        key, *path = text.lstrip("$L@").split(":")
        self._referred_ids.add(key)
        value: Any = self._values.get(key)
        for step in path:
            if isinstance(value, list):
                # In the list of an element, the properties are at position 3.
                position = "3" if step == "props" else step
                value = next(
                    (
                        each
                        for index, each in serialised_state.items_of(value)
                        if str(index) == position
                    ),
                    None,
                )
            else:
                value = cast("dict[str, Any]", value).get(step) if isinstance(value, dict) else None
        return value


def _rows_of(text: str) -> Iterator[tuple[str, Any]]:
    """Yield the id and the value of each row that is a text or JSON.

    Reading ends at the first position at which no row begins.
    """
    encoded = text.encode("utf-8", "replace")
    end = 0
    for _ in range(_MAX_ROWS):
        row = _ROW.match(encoded, end)
        if row is None:
            return
        key = row[1].decode()
        if row[2]:
            end = row.end() + int(row[2], 16)
            yield key, encoded[row.end() : end].decode("utf-8", "replace")
            continue
        end = encoded.find(b"\n", row.end())
        end = len(encoded) if end == -1 else end
        with suppress(ValueError, RecursionError):
            yield key, json.loads(encoded[row.end() : end])


@dataclass
class _Writer:
    """Writes elements of the flight format as HTML."""

    parts: list[str] = field(default_factory=list)
    value_count: int = 0
    length: int = 0

    def write_elements_in(self, value: Any, depth: int = 0) -> None:
        """Write the elements inside a value that is not itself the content of an element."""
        if depth > _MAX_ELEMENT_DEPTH or not self._is_next_allowed():
            return
        if is_element(value):
            self._write_content(value, depth)
        elif isinstance(value, list):
            for each in cast("list[Any]", value):
                self.write_elements_in(each, depth + 1)
        elif isinstance(value, dict):
            for key, each in cast("dict[str, Any]", value).items():
                if key not in _ALTERNATIVES:
                    self.write_elements_in(each, depth + 1)

    def _write_content(self, value: Any, depth: int) -> None:
        """Write the content of an element: a text, a number, an element, or a list of these."""
        if depth > _MAX_ELEMENT_DEPTH or not self._is_next_allowed():
            return
        if isinstance(value, str):
            self._add(escape(value, quote=False))
        elif isinstance(value, int | float) and not isinstance(value, bool):
            self._add(str(value))
        elif is_element(value):
            self._write_element(value, depth)
        elif isinstance(value, list):
            for each in cast("list[Any]", value):
                self._write_content(each, depth + 1)

    def _write_element(self, element: list[Any], depth: int) -> None:
        _, kind, _, properties = element[:4]
        if isinstance(kind, str) and _TAG.fullmatch(kind):
            if kind not in _UNSHOWN_TAGS:
                self._write_tag(kind, properties, depth)
        elif isinstance(properties.get("href"), str):
            self._write_tag("a", properties, depth)
        elif "children" in properties:
            self._write_content(properties["children"], depth + 1)
        else:
            self.write_elements_in(properties, depth + 1)

    def _write_tag(self, tag: str, properties: dict[str, Any], depth: int) -> None:
        attributes = "".join(
            f' {name}="{escape(text)}"'
            for key, name in _ATTRIBUTES.items()
            if isinstance(text := properties.get(key), str)
        )
        self._add(f"<{tag}{attributes}>")
        if tag in _VOID_TAGS:
            return
        match properties.get("dangerouslySetInnerHTML"):
            case {"__html": str(html)}:
                self._add(html)
            case _:
                self._write_content(properties.get("children"), depth + 1)
        self._add(f"</{tag}>")

    def _is_next_allowed(self) -> bool:
        """Count a value, and return whether the limits allow it to be written."""
        self.value_count += 1
        return self.value_count <= _MAX_WRITTEN_VALUES and self.length <= _MAX_HTML_LENGTH

    def _add(self, html: str) -> None:
        self.parts.append(html)
        self.length += len(html)


def is_element(value: Any) -> TypeGuard[list[Any]]:
    """Return whether a value of a row is an element of the page."""
    match value:
        case ["$", _, _, dict(), *_]:
            return True
        case _:
            return False


def _pushed(tree: LexborHTMLParser) -> Iterator[str]:
    """Yield the pushed texts.

    Each script is read up to its first call whose argument is not JSON.
    """
    for script in tree.css("script"):
        text = script.text()
        for push in _PUSH.finditer(text):
            argument, _ = _decode_json(text, push.end())
            if argument is None:
                break
            match argument:
                case [1, str(piece)]:
                    yield piece
                case _:
                    continue


def _decode_json(text: str, start: int) -> tuple[Any, int]:
    """Return the JSON value that begins at ``start``, and the position of its end.

    Return None and ``start`` if no valid JSON begins there.
    """
    try:
        return _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        return None, start
