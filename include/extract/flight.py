"""Find JSON-LD in the text that a Next.js page streams to its own script.

The page streams the text in calls such as ``self.__next_f.push([1, "…"])``.

Such a page may have no JSON-LD and no text before its script has run. The pushed texts are the
pieces of one text, in React's "flight" format. If the script would write JSON-LD into the page, the
text contains it as JSON, or as a string that contains JSON.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from selectolax.lexbor import LexborHTMLParser

_PUSH = re.compile(r"self\.__next_f\.push\(")
_THING = re.compile(r'\{\s*"@(?:context|graph|type)"|"(?=\{\\"@(?:context|graph|type)\\")')
_DECODER = json.JSONDecoder(strict=False)
_MAX_TEXT_LENGTH = 5_000_000
"""The maximum total length, in characters, of the pushed texts.

If they are longer, none of them is read.
"""
_MAX_JSON_FAILURES = 50
"""The number of failures to parse JSON-LD after which the search ends.

A limit is needed, because each failure takes time in proportion to the length of the text.
"""


def jsonld_in_flight(tree: LexborHTMLParser) -> Iterator[Any]:
    """Yield the JSON-LD values in the text that the page streams, in the order of the text."""
    text = "".join(_pushed(tree))
    if len(text) > _MAX_TEXT_LENGTH:
        return
    end, failures = 0, 0
    for match in _THING.finditer(text):
        if failures >= _MAX_JSON_FAILURES:
            return
        if match.start() < end:
            continue
        thing, end = _decode_json(text, match.start())
        if isinstance(thing, str):
            thing, _ = _decode_json(thing, 0)
        if thing is not None:
            yield thing
        else:
            failures += 1


def _pushed(tree: LexborHTMLParser) -> Iterator[str]:
    """Yield the pushed texts.

    Each script is read up to its first call that pushes no JSON value.
    """
    for script in tree.css("script"):
        text = script.text()
        for push in _PUSH.finditer(text):
            row, _ = _decode_json(text, push.end())
            if row is None:
                break
            match row:
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
