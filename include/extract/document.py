"""Parse a page, and return its title, its main text and its attributes."""

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

UNREAD = "script, style, noscript, template, svg, iframe, button, select, input, textarea"
"""A selector of the elements that hold no text of the page itself."""
AROUND = (
    "nav, header, footer, aside, [hidden], [aria-hidden=true], [role=navigation], [role=banner], "
    "[role=contentinfo], [role=complementary], [role=alert], [role=dialog]"
)
"""A selector of the elements around the main text, which may change with every response."""

SHORTEST_MAIN = 200
"""The length of text, in characters, up to which an element that is marked as main is ignored."""


@dataclass(frozen=True, kw_only=True)
class Document:
    url: str
    html: str
    tree: LexborHTMLParser

    def text(self, selector: str) -> str | None:
        """Return the text of the first matching element that has any, on one line, or None."""
        for node in self.tree.css(selector):
            if text := text_of(node):
                return text
        return None

    def attribute(self, selector: str, name: str) -> str | None:
        """Return an attribute of the first matching element, on one line; None if it is blank."""
        node = self.tree.css_first(selector)
        return one_line(node.attributes.get(name) or "") or None if node else None

    @cached_property
    def title(self) -> str | None:
        """The title of the posting, from the page's headings or metadata.

        Read it before ``main_text`` is called, which removes elements from the page.
        """
        return title_of(self.tree)

    @property
    def language(self) -> str | None:
        return self.attribute("html[lang]", "lang")

    @property
    def canonical_url(self) -> str | None:
        url = self.attribute("link[rel=canonical]", "href")
        return url if url and is_http(url) else None

    def main_text(self) -> str:
        """Return the main text, with one line for each text node.

        The elements around the main text are removed from ``tree``, unless they contain the title
        as a heading.
        """
        title = self.title
        remove(self.tree, UNREAD)
        for selector in ("main", "[role=main]", "article"):
            node = self.tree.css_first(selector)
            if node and len(found := _main(node, title)) > SHORTEST_MAIN:
                return found
        return _main(self.tree.body, title)


def open_page(page: Page) -> Document:
    """Return the parsed page.

    Raises:
        ParseError: ``empty`` if the page has no content, ``not_html`` if its content is not a page,
            ``parse`` if its HTML is nested more than 1,000 levels deep.
    """
    if not page.body or page.body.isspace():
        raise ParseError("the page is empty", code="empty")
    refuse_binary(page.body, page.content_type)
    html = decode(page.body, page.content_type)
    refuse_deep(html)
    return Document(url=page.url, html=html, tree=LexborHTMLParser(html))


def remove(
    within: LexborHTMLParser | LexborNode, selector: str, *, title: str | None = None
) -> None:
    """Remove the elements that match ``selector``.

    An element stays if it has a heading whose text is ``title``.
    """
    # The order is from last to first, because removing a parent frees its children, too.
    for node in reversed(within.css(selector)):
        if title is None or all(text_of(each) != title for each in node.css(HEADINGS)):
            node.decompose()


def text_of(node: LexborNode) -> str:
    return one_line(node.text(separator=" "))


def _main(node: LexborNode | None, title: str | None) -> str:
    if node is None:
        return ""
    # A header inside the main element holds the title and facts of the posting.
    around = AROUND if node.tag == "body" else AROUND.replace("header, ", "")
    remove(node, around, title=title)
    return _text(node)


def _text(node: LexborNode | None) -> str:
    return lines(node.text(separator="\n")) if node else ""
