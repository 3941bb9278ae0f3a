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
"""A CSS selector for the parts around the posting that are marked by their tag or attributes.

Their texts may change with every response.

``[role]``, ``[style]`` and ``[aria-label]`` stand before the conditions on these attributes,
because they are fast to test and most elements have none of them.
"""
_MIN_SENTENCE = 80
"""The minimum length, in characters, of a line that counts as a sentence.

An element before the title that contains a sentence is a part of the posting, and stays.
"""

_POSTING_SHARE = 0.6
"""The share (0 to 1) of the text of the main element that the box of the posting must contain."""
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
    inner = {node.mem_id for node in body.css("main header, article header, [role=main] header")}
    around = [node for node in body.css(_FRAME_ELEMENTS) if node.mem_id not in inner]
    remove_all(chain(around, _after_footer(body)), keep)
    remove_all(chain(boxes.named_elements(body, keep, length), boxes.hidden_elements(body)), keep)
    remove_all(after_posting.sections_about_others(body, title, keep), keep)
    remove_all(chain(links.blocks_of_links(body, keep), links.cards(body)), keep)
    remove_all(chain(links.boxes_for_sharing(body, keep), boxes.quotations(body)), keep)
    remove_all(after_posting.footer(body, keep), keep)


def _after_footer(body: LexborNode) -> list[LexborNode]:
    """Return the first footer among the children of the body, and all children after it.

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
            if not _holds_sentence(before):
                yield before
            before = before.prev
        if part.parent is None:
            return
        part = part.parent


def box_of_posting(main: LexborNode, title: LexborNode) -> LexborNode:
    """Return the smallest element around the title that contains most of the text of ``main``.

    What stands outside of it, such as a box about the company, does not belong to the posting. If
    no such element is smaller than ``main``, or a part of ``main`` outside of it is long, return
    ``main``.

    Args:
        main: an element around the title.
        title: the element that shows the title.
    """
    length = _length(main)
    box, box_length = title, 0
    while (parent := box.parent) is not None and box.mem_id != main.mem_id:
        box, box_length = parent, _length(parent)
        if box_length >= _POSTING_SHARE * length and box_length >= _MIN_POSTING_LENGTH:
            return box
    return main


def _length(node: LexborNode) -> int:
    return len("".join(node.text().split()))


def _holds_sentence(node: LexborNode) -> bool:
    lines = node.text(separator="\n", strip=True).split("\n")
    return any(len(line) >= _MIN_SENTENCE for line in lines)


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
