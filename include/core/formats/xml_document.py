"""Read untrusted XML.

No entity is expanded, no URL is fetched, broken XML is refused, and the memory that a document may
take is limited.
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
"""The maximum number of tags of a document that is read into memory. Each takes about 130 bytes."""
_MAX_STREAMED_TAGS = 2_000_000
_MAX_STREAMED_ELEMENTS = 200_000
"""The maximum number of wanted elements of a document that is streamed. Reading so many takes a
second or two."""
_MAX_CHILD_BYTES = 1 << 20
"""The maximum size in bytes of one child of the root of a streamed document. It is large, because a
sitemap's ``<url>`` may have 1,000 images."""


def read_xml(document: bytes | str, what: str) -> Element:
    """Return the root of a document.

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
    """Yield the root of a document, then each of its wanted children.

    The root is yielded at its start tag, so it is still empty. A child is yielded at its end tag,
    and is emptied when the next one is requested, so that memory holds about one child at a time.

    Args:
        what: names the document in errors.
        tags: the local names of the roots and children that are wanted.
        inner_root: the one of ``tags`` that is a root although it is the child of another element,
            such as the ``channel`` of RSS.

    Raises:
        ParseError: the document is not well-formed XML, its root is not wanted, or it is too large.
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
