"""Remove the frame of a site from the main element of a page, using the board's template.

The frame consists of the lines that most pages of the board have, such as menus and slogans.
"""

from collections.abc import Mapping, Sequence, Set
from itertools import islice

from selectolax.lexbor import LexborNode

from include.core.fields.employment import is_employment_type
from include.core.fields.template import line_hash
from include.core.formats.text import lines
from include.core.pay.money import stated_sums
from include.core.places.workplaces import items_at_the_top, workplace_among_items
from include.extract.labels import labelled_values
from include.extract.node_text import HEADINGS, INLINE, text_of

_MAX_NODES = 10_000
"""The maximum number of nodes of a main element from which the frame is removed.

A larger element is kept whole.
"""
_MAX_LABEL_LENGTH = 80
_MAX_NODES_BETWEEN = 20
"""The maximum number of nodes without text, such as ``br``, between two nodes beside each other."""
_WITHOUT_TEXT = frozenset({"br", "hr", "img", "wbr", "-comment", "_comment"})


def remove_frame(
    main: LexborNode, frame: Set[int], *, title: str | None, labels: Mapping[str, str]
) -> None:
    """Remove the elements and texts of ``main`` all of whose lines belong to the frame.

    Such an element stays if it states a fact of the posting, if it is a short heading or label of
    the next element, or if it is a part of a sentence whose other part is not in the frame.

    Args:
        main: the element that contains the posting.
        frame: the hashes of the lines of the frame.
        title: the title of the posting; None if it is unknown. A line before the title is not taken
            for its label.
        labels: the fields of the posting, by the labels that the template has learned for them.
    """
    nodes = list(islice(main.traverse(include_text=True), _MAX_NODES + 1))
    if len(nodes) > _MAX_NODES:
        return
    kept_ids = _ids_outside_frame(main, nodes, frame)
    for node in reversed(nodes):
        # Children of an element that will be removed are skipped here. Their parent is not in
        # ``kept_ids``.
        if node.mem_id in kept_ids or node.parent is None or node.parent.mem_id not in kept_ids:
            continue
        found_lines = lines(node.text(separator="\n")).splitlines()
        if (
            found_lines
            and not _is_needed(node, found_lines, kept_ids, title)
            and not _states_fact(found_lines, labels)
        ):
            node.decompose()


def _ids_outside_frame(main: LexborNode, nodes: Sequence[LexborNode], frame: Set[int]) -> set[int]:
    """Return the ``mem_id`` of each node that stays.

    These are the texts that have a line outside of the frame, and all elements around them.
    """
    kept_ids = {main.mem_id}
    for node in nodes:
        if node.tag == "-text" and any(
            line_hash(line) not in frame for line in lines(node.text()).splitlines()
        ):
            ancestor: LexborNode | None = node
            while ancestor is not None and ancestor.mem_id not in kept_ids:
                kept_ids.add(ancestor.mem_id)
                ancestor = ancestor.parent
    return kept_ids


def _is_needed(
    node: LexborNode, found_lines: Sequence[str], kept_ids: Set[int], title: str | None
) -> bool:
    """Return whether ``node`` must stay, because it belongs to a neighbour that stays.

    It belongs to a neighbour if both are parts of one sentence, or if ``node`` is a short label or
    heading of the next node.
    """
    after = _beside(node, forwards=True)
    if _is_inline(node):
        before = _beside(node, forwards=False)
        return any(
            each and each.mem_id in kept_ids and _is_inline(each) for each in (before, after)
        )
    return (
        after is not None
        and after.mem_id in kept_ids
        and len(found_lines) == 1
        and len(found_lines[0]) <= _MAX_LABEL_LENGTH
        and not _contains_title(after, title)
    )


def _beside(node: LexborNode, *, forwards: bool) -> LexborNode | None:
    """Return the nearest node after or before ``node`` that has text and the same parent.

    At most ``_MAX_NODES_BETWEEN`` nodes without text are passed. Return None if there is no such
    node.
    """
    beside = node
    for _ in range(_MAX_NODES_BETWEEN + 1):
        beside = beside.next if forwards else beside.prev
        if beside is None or not (
            beside.tag in _WITHOUT_TEXT or (beside.tag == "-text" and not beside.text().strip())
        ):
            return beside
    return None


def _is_inline(node: LexborNode) -> bool:
    return node.tag == "-text" or node.tag in INLINE


def _contains_title(node: LexborNode, title: str | None) -> bool:
    headings = (node, *node.css(HEADINGS)) if node.tag != "-text" else (node,)
    return any(text_of(each) == title for each in headings)


def _states_fact(found_lines: Sequence[str], labels: Mapping[str, str]) -> bool:
    items = items_at_the_top(found_lines)
    return bool(
        workplace_among_items(items)
        or any(map(is_employment_type, items))
        or labelled_values(found_lines)
        or labelled_values(found_lines, labels)
        or stated_sums("\n".join(found_lines))
    )
