"""A page opened for reading."""

from dataclasses import dataclass
from functools import cached_property

from selectolax.lexbor import LexborHTMLParser, LexborNode

from include.core.decoding import decode, refuse_binary
from include.core.markup import refuse_deep
from include.core.models import Page
from include.core.text import lines, one_line
from include.core.urls import is_http
from include.errors import ParseError
from include.extract.title import HEADINGS, title_of
from include.failure_codes import FailureCode

UNREAD = "script, style, noscript, template, svg, iframe, button, select, input, textarea"
"""What holds no text of the page's own."""
AROUND = (
    "nav, header, footer, aside, [hidden], [aria-hidden=true], [role=navigation], [role=banner], "
    "[role=contentinfo], [role=complementary], [role=alert], [role=dialog]"
)
"""What stands around the main text and changes from one answer to the next."""

SHORTEST_MAIN = 200
"""Characters up to which an element called main is taken for a mistake."""


@dataclass(frozen=True, kw_only=True)
class Document:
    url: str
    html: str
    tree: LexborHTMLParser

    def text(self, selector: str) -> str | None:
        """Of the first element that has any, on one line."""
        for node in self.tree.css(selector):
            if text := text_of(node):
                return text
        return None

    def attribute(self, selector: str, name: str) -> str | None:
        node = self.tree.css_first(selector)
        return one_line(node.attributes.get(name) or "") or None if node else None

    @cached_property
    def title(self) -> str | None:
        """As its heading says, or as it names itself to others; to be asked for before
        ``main_text`` takes the page apart."""
        return title_of(self.tree)

    @property
    def language(self) -> str | None:
        return self.attribute("html[lang]", "lang")

    @property
    def canonical_url(self) -> str | None:
        url = self.attribute("link[rel=canonical]", "href")
        return url if url and is_http(url) else None

    def main_text(self) -> str:
        """A line a text node, without what stands around the main text, which is taken out of
        the tree. What holds the title stands around nothing."""
        title = self.title
        remove(self.tree, UNREAD)
        for selector in ("main", "[role=main]", "article"):
            node = self.tree.css_first(selector)
            if node and len(found := _main(node, title)) > SHORTEST_MAIN:
                return found
        return _main(self.tree.body, title)


def open_page(page: Page) -> Document:
    """Raises ParseError: ``not_html`` for other content, ``empty`` for none, ``parse`` for
    nesting beyond reason."""
    if not page.body or page.body.isspace():
        raise ParseError("the page is empty", code=FailureCode.EMPTY)
    refuse_binary(page.body, page.content_type)
    html = decode(page.body, page.content_type)
    refuse_deep(html)
    return Document(url=page.url, html=html, tree=LexborHTMLParser(html))


def remove(
    within: LexborHTMLParser | LexborNode, selector: str, *, title: str | None = None
) -> None:
    """Takes out what ``selector`` finds, but for that which has ``title`` as a heading."""
    # From the last to the first: a parent's removal would free its children under our hands.
    for node in reversed(within.css(selector)):
        if title is None or all(text_of(each) != title for each in node.css(HEADINGS)):
            node.decompose()


def text_of(node: LexborNode) -> str:
    return one_line(node.text(separator=" "))


def _main(node: LexborNode | None, title: str | None) -> str:
    if node is None:
        return ""
    # A header inside the main text holds the posting's own title and facts.
    around = AROUND if node.tag == "body" else AROUND.replace("header, ", "")
    remove(node, around, title=title)
    return _text(node)


def _text(node: LexborNode | None) -> str:
    return lines(node.text(separator="\n")) if node else ""
