"""Return the text of an element, divided into words as a browser shows it."""

from itertools import islice

from selectolax.lexbor import LexborNode

from include.core.formats.text import one_line

INLINE = frozenset({
    "a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "data", "em", "font", "i", "ins", "kbd",
    "mark", "q", "s", "small", "span", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
})  # fmt: skip
"""The inline elements, whose tags do not end a word (html.spec.whatwg.org, 15.3.4 and 15.3.7)."""
_MAX_NODES = 200
"""The maximum number of nodes of an element that are read.

This is enough, because titles and labels have fewer nodes.
"""


def text_of(node: LexborNode) -> str:
    """Return the text of ``node`` on one line.

    The tag of a block becomes a space. The tag of an inline element does not, because it may stand
    inside a word.

    An exception is two inline elements between which a capital letter or a digit follows a small
    letter. A space is put between them, because sites use styles to show such elements on separate
    lines.

    If ``node`` has more than 200 nodes, return the text of the first 200.
    """
    child = node.first_child
    if child is None or (child.tag == "-text" and child.next is None):
        return one_line(node.text())
    texts: list[str] = []
    before: LexborNode | None = None
    for each in islice(node.traverse(include_text=True), _MAX_NODES):
        if each.tag == "-text":
            text = each.text()
            if texts and before and _is_divided(texts[-1], before, text, each):
                texts.append(" ")
            texts.append(text)
            before = each
        elif each.tag not in INLINE and each.mem_id != node.mem_id:
            texts.append(" ")
    return one_line("".join(texts))


def _is_divided(first: str, before: LexborNode, second: str, after: LexborNode) -> bool:
    if _block_around(before) != _block_around(after):
        return True
    in_elements = before.next is None and after.prev is None
    return in_elements and first[-1:].islower() and (second[:1].isupper() or second[:1].isdigit())


def _block_around(node: LexborNode) -> int | None:
    ancestor = node.parent
    while ancestor is not None and ancestor.tag in INLINE:
        ancestor = ancestor.parent
    return ancestor.mem_id if ancestor is not None else None
