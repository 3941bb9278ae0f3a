"""JSON-LD in what a Next.js page streams to its own script: ``self.__next_f.push([1, "…"])``.

Such a page may have no script of JSON-LD, nor any text, before its script has run. The pushed
texts are one text in pieces (React's "flight" format), in which JSON-LD stands as it is, or as a
string of JSON where a component writes it into a page.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from selectolax.lexbor import LexborHTMLParser

_PUSH = re.compile(r"self\.__next_f\.push\(")
_THING = re.compile(r'\{\s*"@(?:context|graph|type)"|"(?=\{\\"@(?:context|graph|type)\\")')
_DECODER = json.JSONDecoder(strict=False)
_LARGEST = 5_000_000
"""Characters of all pushed texts; more is no posting."""


def jsonld_in_flight(tree: LexborHTMLParser) -> Iterator[Any]:
    text = "".join(_pushed(tree))
    if len(text) > _LARGEST:
        return
    end = 0
    for match in _THING.finditer(text):
        if match.start() < end:
            continue
        thing, end = _decoded(text, match.start())
        if isinstance(thing, str):
            thing, _ = _decoded(thing, 0)
        if thing is not None:
            yield thing


def _pushed(tree: LexborHTMLParser) -> Iterator[str]:
    for script in tree.css("script"):
        text = script.text()
        for push in _PUSH.finditer(text):
            row, _ = _decoded(text, push.end())
            match row:
                case [1, str(piece)]:
                    yield piece
                case _:
                    continue


def _decoded(text: str, start: int) -> tuple[Any, int]:
    """The JSON value that begins there and where it ends; null and ``start`` where none does."""
    try:
        return _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        return None, start
