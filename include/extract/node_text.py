"""Read the text of an element as a browser shows it, and find elements near an element."""

import re
from collections.abc import Callable, Set
from itertools import islice

from selectolax.lexbor import LexborHTMLParser, LexborNode

from include.core.formats.text import one_line

INLINE = frozenset({
    "a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "data", "em", "font", "i", "ins", "kbd",
    "mark", "q", "s", "small", "span", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
})  # fmt: skip
"""The inline elements, whose tags do not end a word (html.spec.whatwg.org, 15.3.4 and 15.3.7)."""
HEADINGS = "h1, h2, h3, h4, [role=heading]"
MAX_HEADINGS = 1_000
"""The maximum number of headings that are searched for the title."""
CONSENT_WORDS = re.compile(
    "cookie|consent|gdpr|onetrust|usercentrics|didomi|cmpbox|iubenda|osano|tarteaucitron|klaro|"
    "borlabs|cmplz|axeptio|termly",
    re.IGNORECASE,
)
"""A pattern of words in the classes, ids or labels of boxes that ask for consent to cookies."""
ROOTS = frozenset({"html", "body", "main", "article"})
"""The tags of elements that usually contain the whole posting."""
_MAX_NODES = 200
"""The maximum number of nodes of an element that are read.

This is enough, because titles and labels have fewer nodes.
"""


def text_of(node: LexborNode) -> str:
    """Return the text of ``node`` on one line.

    The tag of a block becomes a space. The tag of an inline element does not, because it may stand
    inside a word.

    There is one exception: If an inline element ends with a small letter, and the next one begins
    with a capital letter or a digit, a space is put between them, because sites use styles to show
    such elements on separate lines.

    If ``node`` has more than 200 nodes, return the text of the first 200.
    """
    child = node.first_child
    if child is None or (child.tag == "-text" and child.next is None):
        return one_line(node.text())
    texts: list[str] = []
    text_before: LexborNode | None = None
    for each in islice(node.traverse(include_text=True), _MAX_NODES):
        if each.tag == "-text":
            text = each.text()
            if texts and text_before and _is_space_between(text_before, each):
                texts.append(" ")
            texts.append(text)
            text_before = each
        elif each.tag not in INLINE and each.mem_id != node.mem_id:
            texts.append(" ")
    return one_line("".join(texts))


def block_texts(node: LexborNode) -> list[str]:
    """Return the texts of ``node`` that a browser shows on separate lines, without empty ones.

    If ``node`` has more than 200 nodes, return the texts of the first 200.
    """
    texts = [""]
    for each in islice(node.traverse(include_text=True), _MAX_NODES):
        if each.tag == "-text":
            texts[-1] += each.text()
        elif each.tag not in INLINE and texts[-1]:
            texts.append("")
    return list(filter(None, map(one_line, texts)))


def next_element(node: LexborNode) -> LexborNode | None:
    """Return the element after ``node``; None if there is none.

    The texts and comments between the two elements are skipped.
    """
    next_node = node.next
    while next_node is not None and (next_node.tag or "-").startswith(("-", "_", "!")):
        next_node = next_node.next
    return next_node


def largest_around(
    node: LexborNode, keep: Set[int], condition: Callable[[LexborNode], bool]
) -> LexborNode:
    """Return the largest element around ``node`` that fulfils a condition, or else ``node``.

    The search goes outwards from ``node``. It ends before the first element that does not fulfil
    the condition, is in ``keep``, or usually contains the whole posting (``ROOTS``).

    Args:
        node: the element from which the search starts.
        keep: the ``mem_id`` of each element that stays.
        condition: returns whether an element fulfils the condition.
    """
    largest = node
    while (
        (parent := largest.parent) is not None
        and parent.mem_id not in keep
        and parent.tag not in ROOTS
        and condition(parent)
    ):
        largest = parent
    return largest


def _is_space_between(before: LexborNode, after: LexborNode) -> bool:
    """Return whether a space divides two text nodes, of which ``after`` follows ``before``."""
    if _block_id(before) != _block_id(after):
        return True
    if before.next is not None or after.prev is not None:  # not in two inline elements
        return False
    last, first = before.text()[-1:], after.text()[:1]
    return last.islower() and (first.isupper() or first.isdigit())


def _block_id(node: LexborNode) -> int | None:
    """Return the ``mem_id`` of the nearest element around ``node`` that is not inline."""
    ancestor = node.parent
    while ancestor is not None and ancestor.tag in INLINE:
        ancestor = ancestor.parent
    return ancestor.mem_id if ancestor is not None else None


def shown_length(tree: LexborHTMLParser) -> int:
    """Return the number of characters that a page shows in its body, without spaces."""
    if tree.body is None:
        return 0
    unshown = tree.body.css("script, style, noscript, template")
    return _text_length(tree.body) - sum(map(_text_length, unshown))


def _text_length(node: LexborNode) -> int:
    return len("".join(node.text().split()))
