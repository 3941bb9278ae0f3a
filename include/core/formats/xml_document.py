"""Read untrusted XML.

The parser expands no entities, fetches no URLs, and refuses XML that is not well-formed. Limits on
the numbers of tags and elements bound the memory that a document takes.
"""

from collections.abc import Collection, Iterable, Iterator

from lxml import etree

from include.errors import ParseError

Element = etree._Element  # pyright: ignore[reportPrivateUsage] - the type's only name

_OPTIONS = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "recover": False,
    "huge_tree": False,
}
_MAX_TAGS = 1_000_000
"""The maximum number of tags of a document that is read into memory by ``read_xml``.

Each tag takes about 130 bytes of memory.
"""
_MAX_STREAMED_TAGS = 2_000_000
_MAX_STREAMED_ELEMENTS = 200_000
"""The maximum number of wanted elements of a document that is read by ``stream_xml``.

Reading so many elements takes one to two seconds.
"""
_MAX_CHILD_BYTES = 1 << 20
"""The maximum size, in bytes, of one child of the root of a document read by ``stream_xml``.

The maximum is large, because a ``<url>`` in a sitemap may contain 1,000 images.
"""


def read_xml(document: bytes | str, what: str) -> Element:
    """Return the root element of an XML document.

    Args:
        what: names the document in errors.

    Raises:
        ParseError: the document is not well-formed XML, or has too many tags.
    """
    tags = document.count(b"<") if isinstance(document, bytes) else document.count("<")
    if tags > _MAX_TAGS:
        raise ParseError(f"{what} has more than {_MAX_TAGS} tags")
    try:
        return etree.fromstring(document, etree.XMLParser(**_OPTIONS))
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ParseError(f"{what} is not well-formed XML: {error}") from error


def stream_xml(
    pieces: Iterable[bytes], what: str, tags: Collection[str], *, inner_root: str | None = None
) -> Iterator[Element]:
    """Yield the root element of an XML document, then each of its wanted children.

    The root is yielded when its start tag has been read, before it has children. A child is yielded
    when its end tag has been read. The child is emptied when the next child is requested, so that
    about one child at a time is in memory.

    Args:
        what: names the document in errors.
        tags: the local names of the roots that are accepted, and of the children that are wanted.
        inner_root: the one of ``tags`` that counts as the root if it is the child of the document's
            root element, such as ``channel`` in RSS; None if there is none.

    Raises:
        ParseError: the document is not well-formed XML, its root is not in ``tags``, it has too
            many tags or wanted elements, or one of its children is too large.
    """
    names = [f"{{*}}{tag}" for tag in tags]
    parser = etree.XMLPullParser(events=("start", "end"), tag=names, **_OPTIONS)
    root: Element | None = None
    size = all_tags = elements = 0
    try:
        for piece in pieces:
            parser.feed(piece)
            size += len(piece)
            all_tags += piece.count(b"<")
            for event, element in parser.read_events():
                elements += event == "start"
                if root is None:
                    around = element.getparent()
                    is_inner = etree.QName(element).localname == inner_root
                    if around is not None and not (is_inner and around.getparent() is None):
                        raise ParseError(f"{what} is not the expected kind of XML")
                    root = element
                    yield root
                elif event == "end" and element.getparent() is root:
                    yield element
                    size = 0
                    element.clear()
                    while element.getprevious() is not None:
                        del root[0]
            if all_tags > _MAX_STREAMED_TAGS or elements > _MAX_STREAMED_ELEMENTS:
                raise ParseError(f"{what} has too many tags")
            if size > _MAX_CHILD_BYTES:
                raise ParseError(f"{what} has an entry of more than {_MAX_CHILD_BYTES} bytes")
        parser.close()
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ParseError(f"{what} is not well-formed XML: {error}") from error
    if root is None:
        raise ParseError(f"{what} is not the expected kind of XML")
