"""Which of a page's headings is the posting's title.

Mostly the first ``h1``. But many sites keep that for their own name (Avature's, in the page's
header) and give the job an ``h2``, ``h3`` or ``h4`` (Jobvite's, HRPeak's); then what the page
calls itself to others, in ``og:title`` and ``title``, tells which heading is the job's.
"""

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from include.core.text import one_line

_MAIN = "main h1, article h1, [role=main] h1"
HEADINGS = "h1, h2, h3, h4"
_AROUND = frozenset({"header", "nav", "footer", "aside"})
_BETWEEN = re.compile(r"\s+[–—·:-]\s+|\s*[|»›]\s*")
"""What stands between the job and the site in a page's name."""


def title_of(tree: LexborHTMLParser) -> str | None:
    site = _content(tree, "og:site_name")
    if heading := _heading(tree.css(_MAIN), site):
        return heading
    headings = tree.css("h1")
    inside = [each for each in headings if not _stands_around(each)]
    return (
        _heading(inside, site)
        or _named_by_the_page(tree, site)
        or _heading(headings, site)
        or _heading(tree.css("[itemprop=title]"), site)
        or _content(tree, "og:title")
    )


def _named_by_the_page(tree: LexborHTMLParser, site: str | None) -> str | None:
    """The heading that is word for word the page's name, or the first part of it that is one."""
    headings = {_folded(text): text for node in tree.css(HEADINGS) if (text := _text(node))}
    headings.pop(_folded(site or ""), None)
    return next((headings[part] for part in _parts_of_name(tree) if part in headings), None)


def _parts_of_name(tree: LexborHTMLParser) -> Iterator[str]:
    name = tree.css_first("title")
    for stated in (_content(tree, "og:title"), _text(name) if name else None):
        if stated:
            yield _folded(stated)
            yield from map(_folded, _BETWEEN.split(stated))


def _heading(nodes: list[LexborNode], site: str | None) -> str | None:
    """The first that says anything but the site's name."""
    texts = (_text(node) for node in nodes)
    return next((text for text in texts if text and _folded(text) != _folded(site or "")), None)


def _stands_around(node: LexborNode) -> bool:
    ancestor = node.parent
    while ancestor is not None:
        if ancestor.tag in _AROUND:
            return True
        ancestor = ancestor.parent
    return False


def _content(tree: LexborHTMLParser, name: str) -> str | None:
    node = tree.css_first(f'meta[property="{name}"]')
    return one_line(node.attributes.get("content") or "") or None if node else None


def _text(node: LexborNode) -> str:
    return one_line(node.text(separator=" "))


def _folded(text: str) -> str:
    return one_line(text).casefold()
