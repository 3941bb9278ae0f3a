"""Find the states of a page, which are the data that the page's own script reads.

A state is in one of these places:

- a script with JSON, such as ``__NEXT_DATA__`` and the islands of Remix and Rails;
- the text of a ``template``, ``noscript`` or ``textarea`` element;
- a script that assigns the state to a variable (``window.__something = {…}``) or parses it
  (``JSON.parse("…")``);
- the texts that a Next.js page streams (``extract.flight``);
- an attribute such as ``data-page``, ``data-props`` or ``props``, mostly with escaped quotes.
"""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from html import unescape
from itertools import islice
from typing import Any
from urllib.parse import unquote

import pyjson5
from selectolax.lexbor import LexborNode

from include.core.formats.json_object import mended_json, read_json
from include.errors import ParseError
from include.extract import flight, serialised_state
from include.extract.document import Document

_CONTAINERS = "script, template, noscript, textarea"
_ASSIGNMENT = re.compile(
    r"(?:(?<![\w.$])(?:window|self|globalThis)(?:\.[\w$]+|\[[\"'][\w$-]+[\"']\]){1,3}|"
    r"(?<![\w.$])(?:var|let|const)\s{1,10}[\w$]+)\s{0,10}=\s{0,10}(?=[{\[])|"
    r"\.start\(\s{0,99}\w{1,50},\s{0,99}\w{1,50},\s{0,99}(?=\{)"
)
"""A pattern of the text before a state in a script.

The last form is the call by which a page of SvelteKit starts its script.
"""
_PARSED_STRING = re.compile(
    r"(?:JSON\.parse\(\s{0,99}(?P<escaped>decodeURIComponent\(\s{0,99})?|\.enqueue\(\s{0,99})"
    r"(?P<literal>\"(?:[^\"\\\n]++|\\[\s\S])*+\"|'(?:[^'\\\n]++|\\[\s\S])*+')"
)
"""A pattern of a string that a script parses as JSON.

``enqueue`` is the call by which a page of Remix streams its state.
"""
_ATTRIBUTE = re.compile(
    r"=(?:\"\s{0,99}(?=[{\[&%])(?P<double>[^\"]{200,}+)\"|'\s{0,99}(?=[{\[&%])(?P<single>[^']{200,}+)')"
)
_ATTRIBUTE_MARKS = ("{&quot;", "{&#34;", "{&#x22;", "&#123;", "&lcub;", "='{", "='[", '="%7B%22')
"""The beginnings of JSON in an attribute.

A page without any of them is not searched with ``_ATTRIBUTE``, which takes longer.
"""
_MIN_LENGTH = 200
"""The length, in characters, below which a text cannot contain the description of a posting."""
_MAX_LENGTH = 2_000_000
"""The maximum length, in characters, of a text that is read.

A longer text is not read, because it contains more than one posting.
"""
_MAX_ASSIGNMENTS = 200
"""The maximum number of assignments that are read in one script.

A limit is needed, because each failure to parse an assignment takes time in proportion to the
position of the assignment in the script.
"""
_MAX_MENDED_VALUES = 5
"""The maximum number of assigned values of one page that are read although they are not JSON.

Such values are JavaScript, and reading them takes longer.
"""
_MAX_ATTRIBUTES = 50
_DECODER = json.JSONDecoder(strict=False)


def page_states(document: Document) -> Iterator[Any]:
    """Yield the states of the page. The caller may change them.

    States in elements come first, then the streamed texts, then the attributes.
    """
    mending_budget = iter(range(_MAX_MENDED_VALUES))
    for node in document.tree.css(_CONTAINERS):
        text = _text_of(node)
        if not _MIN_LENGTH <= len(text) <= _MAX_LENGTH:
            continue
        script_type = (node.attrs.get("type") or "").lower()
        is_javascript = not script_type or "javascript" in script_type or script_type == "module"
        if node.tag == "script" and is_javascript:
            yield from _states_in_script(text, mending_budget)
        elif text.lstrip()[:1] in ("{", "[") and "ld+json" not in script_type:
            with suppress(ParseError):
                yield serialised_state.decode(read_json(text))
    yield from flight.rows(document.tree)
    yield from _states_in_attributes(document.source)


def _text_of(node: LexborNode) -> str:
    """Return the text in an element.

    The parser reads the content of ``template`` and ``noscript`` elements as markup. Therefore the
    text of these elements is their HTML, so that tags inside of JSON are kept.
    """
    if node.tag not in ("template", "noscript"):
        return node.text()
    html = node.html or ""
    return unescape(html[html.find(">") + 1 : html.rfind("<")])


def _states_in_script(text: str, mending_budget: Iterator[int]) -> Iterator[Any]:
    end = 0
    for assignment in islice(_ASSIGNMENT.finditer(text), _MAX_ASSIGNMENTS):
        if assignment.start() < end:  # inside of the value that was read last
            continue
        value, end = _assigned_value(text, assignment.end(), mending_budget)
        yield serialised_state.decode(value)
    for parsed in islice(_PARSED_STRING.finditer(text), _MAX_ASSIGNMENTS):
        if len(parsed["literal"]) < _MIN_LENGTH:
            continue
        with suppress(ValueError, ParseError, pyjson5.Json5DecoderException):
            literal = str(pyjson5.decode(parsed["literal"]))
            yield serialised_state.decode(
                read_json(unquote(literal) if parsed["escaped"] else literal)
            )


def _assigned_value(text: str, start: int, mending_budget: Iterator[int]) -> tuple[Any, int]:
    """Return the value that begins at ``start``, and the position of its end.

    If the value is JavaScript, but not JSON, its end is unknown, and ``start`` is returned for it.
    If no value can be read, return None and ``start``.
    """
    try:
        return _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        if len(text) - start < _MIN_LENGTH or next(mending_budget, None) is None:
            return None, start
        return next(mended_json(text[start:]), None), start


def _states_in_attributes(source: str) -> Iterator[Any]:
    if not any(mark in source for mark in _ATTRIBUTE_MARKS):
        return
    for attribute in islice(_ATTRIBUTE.finditer(source), _MAX_ATTRIBUTES):
        value = attribute["double"] or attribute["single"]
        if len(value) > _MAX_LENGTH:
            continue
        text = unquote(value) if value.startswith("%") else unescape(value)
        with suppress(ParseError):
            yield serialised_state.decode(read_json(text))
