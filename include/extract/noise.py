"""Remove the parts of a page that do not belong to the posting.

They are navigation, consent boxes, forms and other postings.

Tags such as ``nav`` mark only a few of these parts. Therefore the parts are also recognised by the
names of their elements (``boxes``), by their headings (``after_posting``), and by their content
(``links``). An element that contains the title as a heading always stays (ADR 43).
"""

from collections.abc import Iterable, Iterator, Mapping, Set
from itertools import chain, dropwhile

from selectolax.lexbor import LexborNode

from include.extract import after_posting, boxes, links
from include.extract.node_text import next_element

ELEMENTS_WITHOUT_TEXT = "script, style, noscript, template, iframe"
"""A CSS selector for the elements whose content is not text of the page, such as scripts."""
INPUTS = "select, input, textarea"
"""A CSS selector for the input elements of forms.

Call ``remove_forms`` before these elements are removed, because it recognises forms by some of
them.
"""
ASIDES = (
    "aside, [role=complementary], div[class*=sidebar], div[id*=sidebar], section[class*=sidebar], "
    "[data-automation-id=sidebar], [data-testid=sidebar], div[class*=widget-area], "
    "div#side, div#right, div#left, div#secondary"
)
"""A CSS selector for the elements beside the description, which may state facts of the posting."""
_FRAME_ELEMENTS = (
    "nav, header, footer, [hidden], [aria-hidden=true]:not(svg):not(i):not(span), "
    "[role]:is([role=navigation], [role=banner], [role=contentinfo], [role=alert], [role=dialog], "
    "[role=alertdialog], [role=search]), "
    "[style]:is([style*='display:none'], [style*='display: none']), "
    "[aria-label]:is([aria-label*=cookie i], [aria-label*=consent i])"
)
"""A CSS selector for the parts around the posting that a tag or an attribute marks.

The texts of these parts may differ in each response.

``[role]``, ``[style]`` and ``[aria-label]`` stand before the conditions on these attributes,
because they are fast to test and most elements have none of them.
"""
_MIN_SENTENCE_LENGTH = 80
"""The minimum length, in characters, of a line that counts as a sentence.

An element before the title that contains a sentence is a part of the posting, and stays.
"""
_POSTING_SHARE = 0.6
"""The share (0 to 1) of the text of the main element that the box of the posting must contain."""
_MAX_LEVELS_AROUND = 20
"""The maximum number of elements, each inside of the next, that are examined as boxes."""
_SUBHEADINGS = "h2, h3, h4, h5, h6"
_BOXES = frozenset({"div", "section", "article", "aside", "td", "main", "tr", "tbody", "table"})
_MAX_BOX_SHARE = 0.25
"""The maximum length of a box after the text, as a share (0 to 1) of the length of the text."""
_MIN_ITEMS = 2
_MIN_ITEM_LENGTH = 15
"""The minimum average length, in characters without spaces, of the items of a list of a posting."""
_MIN_POSTING_LENGTH = 200
"""The minimum length of the text of the box of the posting, in characters without spaces."""


def remove_noise(body: LexborNode, title: str | None, keep: Set[int]) -> None:
    """Remove the elements that are not part of the posting from ``body``, in place.

    Args:
        body: the body of the page.
        title: the title of the posting; None if it is unknown.
        keep: the ``mem_id`` of each element around the title.
    """
    length = len(body.text())
    # A ``header`` inside the main element stays, because it contains the title and facts of the
    # posting.
    headers = body.css("main header, article header, [role=main] header")
    header_ids = {node.mem_id for node in headers}
    frame_elements = [node for node in body.css(_FRAME_ELEMENTS) if node.mem_id not in header_ids]
    remove_all(chain(frame_elements, _from_footer(body)), keep)
    remove_all(chain(boxes.named_elements(body, keep, length), boxes.hidden_elements(body)), keep)
    remove_all(after_posting.sections_about_others(body, title, keep), keep)
    remove_all(chain(links.blocks_of_links(body, keep), links.cards(body)), keep)
    remove_all(chain(links.boxes_for_sharing(body, keep), boxes.quotations(body)), keep)
    remove_all(after_posting.footer(body, keep), keep)


def _from_footer(body: LexborNode) -> list[LexborNode]:
    """Return the first ``footer`` among the children of the body, and all children after it.

    The selector ``body > footer ~ *`` is not used, because it takes quadratic time for a body with
    many children.
    """
    return list(dropwhile(lambda node: node.tag != "footer", body.iter()))


def remove_forms(body: LexborNode, keep: Set[int]) -> None:
    """Remove forms and their headings, boxes that ask for consent, and buttons, in place.

    Args:
        body: the body of the page.
        keep: the ``mem_id`` of each element that stays.
    """
    text = body.text()
    remove_all(boxes.forms(body, keep, len(text) // 2), keep)
    remove_all(boxes.boxes_with_consent_button(body, keep), keep)
    if boxes.may_ask_for_consent(text):
        remove_all(boxes.consent_texts(body), keep)
    remove_all(boxes.buttons(body), keep)


def before_title(main: LexborNode, title: LexborNode) -> Iterator[LexborNode]:
    """Yield the nodes before the title that contain no sentence, such as links to other pages.

    Args:
        main: an element around the title.
        title: the element that shows the title.
    """
    part = title
    while part.mem_id != main.mem_id:
        before = part.prev
        while before is not None:
            if not _contains_sentence(before):
                yield before
            before = before.prev
        if part.parent is None:
            return
        part = part.parent


def box_of_posting(main: LexborNode, title: LexborNode) -> LexborNode:
    """Return the smallest element around the title that contains most of the text of ``main``.

    The elements outside of this box, such as a box about the company, do not belong to the posting.
    An element after the box that has a list without links may be a section of the posting;
    therefore the box is enlarged until no such element stands outside of it.

    Args:
        main: an element around the title.
        title: the element that shows the title.
    """
    min_length = max(_POSTING_SHARE * _length(main), _MIN_POSTING_LENGTH)
    box = title
    for _ in range(_MAX_LEVELS_AROUND):
        parent = box.parent
        if parent is None or parent.mem_id == main.mem_id:
            break
        box = parent
        if _length(box) >= min_length and not any(map(_contains_plain_list, _beside(box, main))):
            return box
    return main


def boxes_after_text(box: LexborNode, keep: Set[int]) -> Iterator[LexborNode]:
    """Yield the short boxes after the text of the posting, such as news or requests for donations.

    The text is an element inside of ``box`` that has most of its characters. A box after the text
    does not belong to the posting if its heading has another level than the headings of the text.
    All elements after such a box do not belong to the posting, either. The search ends at the first
    element that is long, has a list without links, or is in ``keep``.

    Args:
        box: the element that contains the posting.
        keep: the ``mem_id`` of each element that stays.
    """
    min_length, text = _POSTING_SHARE * _length(box), box
    for _ in range(_MAX_LEVELS_AROUND):
        child = _large_child(text, min_length)
        if child is None:
            return
        text = child
        if text.mem_id in keep:
            continue
        levels = {each.tag for each in text.css(_SUBHEADINGS)} | set(_tags_before(text))
        max_length = _MAX_BOX_SHARE * _length(text)
        posting_has_ended = False
        for after in list(_after(text)):
            heading = after.css_first(_SUBHEADINGS)
            has_other_level = heading is not None and heading.tag not in levels
            if _contains_plain_list(after) or _length(after) > max_length or after.mem_id in keep:
                return
            posting_has_ended = posting_has_ended or (after.tag in _BOXES and has_other_level)
            if posting_has_ended:
                yield after


def _large_child(node: LexborNode, min_length: float) -> LexborNode | None:
    """Return the first box in ``node`` that has at least ``min_length`` characters, or None."""
    children = (each for each in node.iter() if each.tag in _BOXES)
    return next((each for each in children if _length(each) >= min_length), None)


def _tags_before(node: LexborNode) -> Iterator[str]:
    """Yield the tags of the elements before ``node`` in its parent."""
    before = node.prev
    while before is not None:
        yield before.tag or ""
        before = before.prev


def _after(node: LexborNode) -> Iterator[LexborNode]:
    """Yield the elements after ``node`` in its parent."""
    after = next_element(node)
    while after is not None:
        yield after
        after = next_element(after)


def _beside(box: LexborNode, main: LexborNode) -> Iterator[LexborNode]:
    """Yield the elements inside of ``main`` after ``box`` and after each element around ``box``."""
    part: LexborNode | None = box
    while part is not None and part.mem_id != main.mem_id:
        yield from _after(part)
        part = part.parent


def _contains_plain_list(node: LexborNode) -> bool:
    """Return whether the node has a list of several long items without links."""
    lists = node.css("ul, ol")
    return any(
        len(items := each.css("li")) >= _MIN_ITEMS
        and each.css_first("a[href]") is None
        and _length(each) >= _MIN_ITEM_LENGTH * len(items)
        for each in lists
    )


def _length(node: LexborNode) -> int:
    """Return the number of characters of the text of ``node`` without spaces."""
    return len("".join(node.text().split()))


def _contains_sentence(node: LexborNode) -> bool:
    lines = node.text(separator="\n", strip=True).split("\n")
    return any(len(line) >= _MIN_SENTENCE_LENGTH for line in lines)


def remove_all(nodes: Iterable[LexborNode], keep: Set[int] = frozenset()) -> None:
    """Remove the elements, except those whose ``mem_id`` is in ``keep``."""
    chosen_nodes = {node.mem_id: node for node in nodes if node.mem_id not in keep}
    # Only the outermost of the chosen elements are removed, because removing an element also frees
    # the elements inside of it.
    for node in [node for node in chosen_nodes.values() if not _is_inside(node, chosen_nodes)]:
        node.decompose()


def _is_inside(node: LexborNode, chosen_nodes: Mapping[int, LexborNode]) -> bool:
    around = node.parent
    while around is not None and around.mem_id not in chosen_nodes:
        around = around.parent
    return around is not None
