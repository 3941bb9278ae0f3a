"""Reading other people's XML without doing what it asks of its reader.

No entity is expanded, nothing is fetched, broken XML is not repaired, and the size of a document in
memory has a bound.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from lxml import etree

from include.errors import ParseError

Element = etree._Element  # pyright: ignore[reportPrivateUsage] - lxml's only name for it

_OPTIONS: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "recover": False,
    "huge_tree": False,
}
_MAX_TAGS = 1_000_000
"""The most tags of a document that is read whole. Each takes about 130 bytes of memory."""
_MAX_STREAMED_TAGS = 4_000_000
"""The most tags of a document that is streamed, which take some seconds to parse."""
_MAX_CHILD_BYTES = 1 << 20
"""The most bytes of one child of a root that is streamed. Google allows 1,000 images in a sitemap's
``<url>``."""


def read_xml(document: bytes | str, what: str) -> Element:
    """Return the root of a document.

    Args:
        what: names the document in errors.

    Raises:
        ParseError: it is no well-formed XML, or holds too many tags.
    """
    if document.count(b"<" if isinstance(document, bytes) else "<") > _MAX_TAGS:
        raise ParseError(f"{what} holds more than {_MAX_TAGS} tags")
    try:
        return etree.fromstring(document, etree.XMLParser(**_OPTIONS))
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ParseError(f"{what} is no well-formed XML: {error}") from error


def stream_xml(pieces: Iterable[bytes], what: str) -> Iterator[Element]:
    """Yield the root of a document when it begins, and each of its children when it ends.

    A child is valid until the next one is asked for. Memory holds one child at a time.

    Args:
        what: names the document in errors.

    Raises:
        ParseError: it is no well-formed XML, or a child of its root is too large.
    """
    parser = etree.XMLPullParser(events=("start", "end"), **_OPTIONS)
    root: Element | None = None
    size = tags = 0
    try:
        for piece in pieces:
            parser.feed(piece)
            size += len(piece)
            tags += piece.count(b"<")
            if tags > _MAX_STREAMED_TAGS:
                raise ParseError(f"{what} holds more than {_MAX_STREAMED_TAGS} tags")
            for event, element in parser.read_events():
                if root is None:
                    root = element
                    yield root
                elif event == "end" and element.getparent() is root:
                    yield element
                    size = 0
                    element.clear()
                    while element.getprevious() is not None:
                        del root[0]
            if size > _MAX_CHILD_BYTES:
                raise ParseError(f"{what} holds an entry of more than {_MAX_CHILD_BYTES} bytes")
        parser.close()
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ParseError(f"{what} is no well-formed XML: {error}") from error
