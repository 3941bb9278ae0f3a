"""Remove the frame of a site, which its template knows, from the main element of a page."""

from collections.abc import Mapping, Sequence, Set
from itertools import islice

from selectolax.lexbor import LexborNode

from include.core.fields.employment import is_employment_type
from include.core.fields.template import line_hash
from include.core.formats.text import lines
from include.core.pay.money import stated_sums
from include.core.places.workplaces import items_at_the_top, workplace_among_items
from include.extract.labels import labelled
from include.extract.node_text import INLINE, text_of
from include.extract.title import HEADINGS

_MAX_NODES = 10_000
"""The maximum number of nodes of an element whose frame is removed."""
_MAX_LABEL_LENGTH = 80
_MAX_BETWEEN = 20
"""The maximum number of nodes without text between two parts of the same sentence."""
_WITHOUT_TEXT = frozenset({"br", "hr", "img", "wbr", "-comment", "_comment"})


def remove_frame(
    main: LexborNode, frame: Set[int], *, title: str | None, labels: Mapping[str, str]
) -> None:
    """Remove those elements and texts of ``main`` that only have lines in ``frame``.

    An element stays if it states a fact, if it is a short heading or label of what follows it, or
    if it is a part of a sentence.

    Args:
        main: the element that holds the posting.
        frame: the hashes of the lines of the frame.
        title: the title of the posting. The line before the title is removed even if it looks like
            a label.
        labels: the labels that the template has learned.
    """
    nodes = list(islice(main.traverse(include_text=True), _MAX_NODES + 1))
    if len(nodes) > _MAX_NODES:
        return
    own = _own(main, nodes, frame)
    for node in reversed(nodes):
        # Children of a removed element are skipped, because their parent is not in ``own``.
        if node.mem_id in own or node.parent is None or node.parent.mem_id not in own:
            continue
        found = lines(node.text(separator="\n")).splitlines()
        if found and not _is_needed(node, found, own, title) and not _states_fact(found, labels):
            node.decompose()


def _own(main: LexborNode, nodes: Sequence[LexborNode], frame: Set[int]) -> set[int]:
    """Return the ids of the texts that are not in the frame, and of all elements around them."""
    own = {main.mem_id}
    for node in nodes:
        if node.tag == "-text" and any(
            line_hash(line) not in frame for line in lines(node.text()).splitlines()
        ):
            around: LexborNode | None = node
            while around is not None and around.mem_id not in own:
                own.add(around.mem_id)
                around = around.parent
    return own


def _is_needed(node: LexborNode, found: Sequence[str], own: Set[int], title: str | None) -> bool:
    """Return whether the node must stay, because a part of the posting beside it needs it.

    That is so if both are parts of one sentence, or if the node is a short label or heading of the
    next part.
    """
    after = _beside(node, forwards=True)
    if _is_inline(node):
        before = _beside(node, forwards=False)
        return any(each and each.mem_id in own and _is_inline(each) for each in (before, after))
    return (
        after is not None
        and after.mem_id in own
        and len(found) == 1
        and len(found[0]) <= _MAX_LABEL_LENGTH
        and not _holds_title(after, title)
    )


def _beside(node: LexborNode, *, forwards: bool) -> LexborNode | None:
    """Return the next node with text before or after ``node``, inside of the same parent.

    Return None if there is none, or if more than ``_MAX_BETWEEN`` nodes without text come first.
    """
    beside = node
    for _ in range(_MAX_BETWEEN + 1):
        beside = beside.next if forwards else beside.prev
        if beside is None or not (
            beside.tag in _WITHOUT_TEXT or (beside.tag == "-text" and not beside.text().strip())
        ):
            return beside
    return None


def _is_inline(node: LexborNode) -> bool:
    return node.tag == "-text" or node.tag in INLINE


def _holds_title(node: LexborNode, title: str | None) -> bool:
    headings = (node, *node.css(HEADINGS)) if node.tag != "-text" else (node,)
    return any(text_of(each) == title for each in headings)


def _states_fact(found: Sequence[str], labels: Mapping[str, str]) -> bool:
    items = items_at_the_top(found)
    return bool(
        workplace_among_items(items)
        or any(map(is_employment_type, items))
        or labelled(found)
        or labelled(found, labels)
        or stated_sums("\n".join(found))
    )
