"""Find the parts of a page whose content is mostly links.

They are navigation, buttons to share the page, requests to log in, and cards of other postings.
"""

import re
from collections.abc import Iterator, Set

from selectolax.lexbor import LexborNode

from include.core.formats.text import one_line
from include.extract.labels import field_of_label
from include.extract.named import fields_of_names
from include.extract.node_text import ROOTS, largest_around, next_element, text_of

_LINKS = "a:not([name])"
"""A CSS selector for links, and for ``a`` elements that are controls.

An ``a`` element without an address is a control, for example to share the page. An ``a`` element
that has a name is left out, because it only marks a place in the text.
"""
_MAX_LINKS = 400
_CONTACTS = ("mailto:", "tel:")
_CARDS = "div:has(h2, h3, h4, h5, h6), article:has(h2, h3, h4, h5, h6), li:has(h2, h3, h4, h5, h6)"
_MAX_CARDS = 1_000
_MAX_CARD_LENGTH = 200
_NETWORK = re.compile(
    r"facebook|twitter|x|linkedin|whatsapp|telegram|xing|pinterest|reddit|line|zalo|viber|"
    r"messenger|vk|weibo|kakaotalk|bluesky|e-?mail",
    re.IGNORECASE,
)
"""A pattern of the text of a link by which readers share a page."""
_SHARING_ADDRESS = re.compile(
    r"sharer|sharearticle|share-offsite|/share\?|/intent/|"
    r"wa\.me/\?|api\.whatsapp|pin/create|mailto:\?",
    re.IGNORECASE,
)
"""A pattern of the address of a link by which readers share a page."""
_LOGIN_ADDRESS = re.compile(r"/(?:log-?in|sign-?(?:in|up)|register)\b", re.IGNORECASE)
"""A pattern of the address of a link by which readers log in."""
_MAX_BOX_LENGTH = 120
"""The maximum length, in characters, of a box for sharing the page or for logging in."""
_LINK_TAGS = frozenset({"a", "i", "title"})
"""The tags of links, of the icons inside or beside links, and of the names of these icons."""
_SEPARATORS = " \n\t\xa0·•,/–—-"
"""Characters between links that are not a text of their own."""


def blocks_of_links(body: LexborNode, keep: Set[int]) -> Iterator[LexborNode]:
    """Yield the blocks that consist mostly of links."""
    for link in body.css(_LINKS)[:_MAX_LINKS]:
        if (block := _dense_block(link, keep)) is not None:
            yield block


def _dense_block(link: LexborNode, keep: Set[int]) -> LexborNode | None:
    """Return the largest block around the link in which at least half of the text is in links.

    If the block contains a label of a fact, at least two thirds of its text must be in links.
    Return None if there is no such block. Return None, too, if the link is a contact (an email
    address or a phone number) or the value of a fact.
    """
    if (link.attrs.get("href") or "").startswith(_CONTACTS) or _is_fact(link):
        return None
    densest: LexborNode | None = None
    around: LexborNode | None = link.parent
    while around is not None and around.mem_id not in keep and around.tag not in ROOTS:
        linked_length = sum(len(each.text()) for each in around.css(_LINKS))
        length = len(around.text())
        if 2 * linked_length < length or (3 * linked_length < 2 * length and _holds_label(around)):
            break
        densest = around
        around = around.parent
    return densest


def _holds_label(block: LexborNode) -> bool:
    """Return whether a text node in the block is a known label that ends with a colon."""
    texts = block.text(separator="\n", strip=True).split("\n")
    return any(text.endswith((":", "：")) and field_of_label(text) for text in texts)


def _is_fact(link: LexborNode) -> bool:
    """Return whether the link is the value of a fact, which a known label or name shows.

    Examples are ``<dt>Place</dt><dd><a>Berlin</a></dd>``, ``Place: <a>Berlin</a>`` and
    ``<span class="location"><a>Berlin</a></span>``.
    """
    block = link.parent
    if block is None:
        return False
    in_cell = block.tag in ("dd", "td")
    label = block.prev if in_cell else link.prev
    while label is not None and label.tag == "-text" and not label.text().strip():
        label = label.prev
    if label is not None and field_of_label(text_of(label)):
        return in_cell or len(block.css(_LINKS)) == 1
    name = label or block
    return len(block.css(_LINKS)) == 1 and bool(fields_of_names(name.attributes.get("class")))


def boxes_for_sharing(body: LexborNode, keep: Set[int]) -> Iterator[LexborNode]:
    """Yield the boxes by which readers share the page, and the lines that ask them to log in."""
    previous_box: LexborNode | None = None
    for link in body.css("a")[:_MAX_LINKS]:
        address = link.attrs.get("href") or ""
        if _SHARING_ADDRESS.search(address):
            yield _box_of_links(link, keep)
        elif _LOGIN_ADDRESS.search(address):
            line = link.parent
            is_short = line is not None and len(line.text()) <= _MAX_BOX_LENGTH
            yield line if line is not None and line.tag == "p" and is_short else link
        elif _NETWORK.fullmatch(one_line(link.text())):
            # A single link with the name of a network may lead to a profile in a sentence.
            box = _box_of_links(link, keep)
            if previous_box is not None and previous_box.mem_id == box.mem_id:
                yield box
            previous_box = box


def _box_of_links(link: LexborNode, keep: Set[int]) -> LexborNode:
    """Return the largest short element around the link that has at most one text besides links.

    An element with several such texts is not returned, because they may be facts of the posting.
    """
    return largest_around(
        link,
        keep,
        lambda box: len(box.text()) <= _MAX_BOX_LENGTH and _number_of_other_texts(box) <= 1,
    )


def _number_of_other_texts(node: LexborNode) -> int:
    """Return the number of texts outside of links. The character "|" divides texts."""
    texts = (
        each.text()
        for each in node.traverse(include_text=True)
        if each.tag == "-text" and each.parent is not None and each.parent.tag not in _LINK_TAGS
    )
    return sum(bool(part.strip(_SEPARATORS)) for text in texts for part in text.split("|"))


def cards(body: LexborNode) -> Iterator[LexborNode]:
    """Yield neighbouring elements that each have a heading and a link, such as other postings."""
    for first in body.css(_CARDS)[:_MAX_CARDS]:
        second = _next_card(first)
        if second is not None and _is_card(first) and _is_card(second):
            yield first
            yield second


def _next_card(node: LexborNode) -> LexborNode | None:
    """Return the next element if it has the tag and the classes of ``node``, otherwise None."""
    neighbour = next_element(node)
    is_alike = (
        neighbour is not None
        and neighbour.tag == node.tag
        and neighbour.attrs.get("class") == node.attrs.get("class")
    )
    return neighbour if is_alike else None


def _is_card(node: LexborNode) -> bool:
    """Return whether the node is short and has a link to another page."""
    return (
        len(node.text()) <= _MAX_CARD_LENGTH
        and (link := node.css_first("a[href]")) is not None
        and not (link.attrs.get("href") or "").startswith((*_CONTACTS, "#"))
    )
