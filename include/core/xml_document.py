"""Reading other people's XML without what it may ask of its reader: no entity is expanded, nothing
is fetched, and what is broken is not repaired."""

from lxml import etree

from include.errors import ParseError

Element = etree._Element  # pyright: ignore[reportPrivateUsage] - lxml's only name for it


def read_xml(document: bytes | str, what: str) -> Element:
    """The root. Raises ParseError, naming ``what`` it is, when it is no well-formed XML."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, recover=False, huge_tree=False
    )
    try:
        return etree.fromstring(document, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ParseError(f"{what} is no well-formed XML: {error}") from error
