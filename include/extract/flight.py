"""Find JSON-LD in the text that a Next.js page streams to its own script (``self.__next_f.push([1,
"…"])``).

Before its script has run, such a page may have no JSON-LD script and no text. The pushed texts are
the pieces of one text (React's "flight" format). If a component writes JSON-LD into the page, this
text contains it as JSON, or as a string that holds JSON.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from selectolax.lexbor import LexborHTMLParser

_PUSH = re.compile(r"self\.__next_f\.push\(")
_THING = re.compile(r'\{\s*"@(?:context|graph|type)"|"(?=\{\\"@(?:context|graph|type)\\")')
_DECODER = json.JSONDecoder(strict=False)
_MAX_LENGTH = 5_000_000
"""The maximum length of all pushed texts in characters. A longer text is not read."""
_MAX_FAILURES = 50
"""The number of failures to parse JSON-LD after which the search ends. Each failure takes time in
proportion to the length of the text."""


def jsonld_in_flight(tree: LexborHTMLParser) -> Iterator[Any]:
    """Yield the JSON-LD values that the page streams, in their order."""
    text = "".join(_pushed(tree))
    if len(text) > _MAX_LENGTH:
        return
    end, failures = 0, 0
    for match in _THING.finditer(text):
        if failures >= _MAX_FAILURES:
            return
        if match.start() < end:
            continue
        thing, end = _decoded(text, match.start())
        if isinstance(thing, str):
            thing, _ = _decoded(thing, 0)
        if thing is not None:
            yield thing
        else:
            failures += 1


def _pushed(tree: LexborHTMLParser) -> Iterator[str]:
    """Yield the pushed texts. A script is read until the first call without a JSON value."""
    for script in tree.css("script"):
        text = script.text()
        for push in _PUSH.finditer(text):
            row, _ = _decoded(text, push.end())
            if row is None:
                break
            match row:
                case [1, str(piece)]:
                    yield piece
                case _:
                    continue


def _decoded(text: str, start: int) -> tuple[Any, int]:
    """Return the JSON value at ``start`` and its end; None and ``start`` if there is no value."""
    try:
        return _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        return None, start
