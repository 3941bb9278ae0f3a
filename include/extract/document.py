"""Parse a page, and find its title, its main text and its metadata.

The frame of a site consists of the lines that most pages of the board have (``Template``).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from selectolax.lexbor import LexborHTMLParser, LexborNode

from include.core.fields.template import PageBlocks, Template, line_hash
from include.core.formats.decoding import decode, refuse_binary
from include.core.formats.markup import parse_html
from include.core.formats.text import lines, one_line
from include.core.formats.urls import is_http
from include.core.models import Page
from include.errors import ParseError
from include.extract.flight import html_of_elements
from include.extract.frame import remove_frame
from include.extract.node_text import HEADINGS, MAX_HEADINGS, shown_length, text_of
from include.extract.noise import (
    ASIDES,
    ELEMENTS_WITHOUT_TEXT,
    INPUTS,
    before_title,
    box_of_posting,
    boxes_after_text,
    remove_all,
    remove_forms,
    remove_noise,
)
from include.extract.title import Title, find_title
from include.failure_codes import FailureCode

_BODY_TAG = re.compile(r"<body\b[^<>]{0,2000}>", re.IGNORECASE)
_MAX_TEXT_LENGTH = 500_000
"""The maximum length, in characters, of a main text. What exceeds it is not read."""
_MAX_LINES = 5_000
"""The maximum number of lines of a page from which a template is learned."""
_MAX_HEADING_LINES = 100
"""The maximum number of headings of a page from which a template is learned."""
_MAX_TOP_LINES = 300
"""The number of lines, from the top of the main text, from which labels are learned."""
_MAX_TOP_LENGTH = 120
"""The maximum length, in characters, of a line from which a label is learned."""
_PUBLISHED_TIME = (
    "time[datetime]:is([class*=published], [class*=entry-date], [pubdate]), "
    ":is([class*=entry-meta], [class*=post-meta], [class*=news-meta], [class*=article-meta], "
    "[class*=posted-on]) time[datetime]"
)
_PUBLISHED = (
    ":is(span, time, p):is([class=published], [class*=entry-date], [class*=post-date], "
    "[class*=posted-on])"
)
"""A CSS selector for elements in which blog software states a date of publication as text."""
_PUBLISHED_PAGE = re.compile(
    r'"@type"\s*:\s*(?:\[[^\]]{0,100})?"(?:WebPage|ItemPage|Article|BlogPosting|NewsArticle)"'
    r'(?:[^{}]|\{[^{}]{0,500}\}){0,2000}?"datePublished"\s*:\s*"([^"]{8,40})"'
)
"""A pattern of the date of publication that JSON-LD states for a page or its article."""
_SHORTEST_MAIN = 200
"""The length, in characters, that the text of a ``main`` or ``article`` element must exceed.

Otherwise the element does not count as the main element.
"""


@dataclass(frozen=True, kw_only=True)
class Document:
    """A parsed page, from whose tree the parts around the posting are removed step by step.

    Most properties must therefore be read in a certain order, which their docstrings state.
    """

    url: str
    tree: LexborHTMLParser
    source: str
    """The HTML of the page."""
    template: Template | None = None
    """The template of the page's board; None if the board has none."""

    def text(self, selector: str) -> str | None:
        """Return the text, on one line, of the first matching element that has text.

        Return None if no matching element has text.
        """
        for node in self.tree.css(selector):
            if text := text_of(node):
                return text
        return None

    def attribute(self, selector: str, name: str) -> str | None:
        """Return the attribute of the first matching element, on one line.

        Return None if no element matches, or if the attribute is missing or blank.
        """
        node = self.tree.css_first(selector)
        return one_line(node.attrs.get(name) or "") or None if node else None

    @property
    def title(self) -> str | None:
        """The title of the posting; None if nothing on the page can be the title.

        Read this before ``main_text``, because reading ``main_text`` removes elements from the
        page.
        """
        return self._title.text if self._title else None

    @cached_property
    def _title(self) -> Title | None:
        constant = self.template.constant if self.template else frozenset[int]()
        return find_title(self.tree, url=self.url, constant=constant)

    def _title_elements(self, node: LexborNode) -> list[LexborNode]:
        """Return the elements inside of ``node`` that show the title, the main one first."""
        title = self._title
        if title is None:
            return []
        headings = [
            each for each in node.css(HEADINGS)[:MAX_HEADINGS] if text_of(each) == title.text
        ]
        title_node = title.node
        around = title_node.parent if title_node is not None else None
        while around is not None and around.mem_id != node.mem_id:
            around = around.parent
        if title_node is None or around is None:
            return headings
        return [title_node, *(each for each in headings if each.mem_id != title_node.mem_id)]

    @property
    def language(self) -> str | None:
        return self.attribute("html[lang]", "lang")

    @property
    def canonical_url(self) -> str | None:
        url = self.attribute("link[rel=canonical]", "href")
        return url if url and is_http(url) else None

    @cached_property
    def published(self) -> str | None:
        """The raw date of publication that the page states in a form that articles use, or None.

        ``body`` reads this date before it removes elements, because some of them, such as scripts,
        may contain the date.
        """
        return (
            self.attribute('meta[property="article:published_time"]', "content")
            or self.attribute("[itemprop=datePublished]", "content")
            or self.attribute("[itemprop=datePublished]", "datetime")
            or self._published_in_scripts()
            or self.attribute(_PUBLISHED_TIME, "datetime")
            or self.text(_PUBLISHED)
        )

    def _published_in_scripts(self) -> str | None:
        scripts = (node.text() for node in self.tree.css('script[type="application/ld+json"]'))
        matches = (_PUBLISHED_PAGE.search(text) for text in scripts if '"datePublished"' in text)
        return next((match[1] for match in matches if match), None)

    @cached_property
    def main_text(self) -> str:
        """The main text, in which each text node is one line. Read this before ``main_html``."""
        return _text(self.main)

    def own_text(self) -> str:
        """Return the main text without the lines that belong to the frame of the site."""
        if not self._frame:
            return self.main_text
        hashed_lines = zip(self.main_text.splitlines(), self._hashes, strict=True)
        return "\n".join(line for line, hashed in hashed_lines if hashed not in self._frame)

    def blocks(self) -> PageBlocks:
        """Return the parts of the page from which the template of its board is learned."""
        top = self.main_text.splitlines()[:_MAX_TOP_LINES]
        return PageBlocks(
            lines=frozenset(map(line_hash, (*self._shown_lines[:_MAX_LINES], *self._headings))),
            top=tuple(line for line in top if len(line) <= _MAX_TOP_LENGTH),
        )

    @cached_property
    def _hashes(self) -> list[int]:
        """The hashes of the lines of the main text."""
        return list(map(line_hash, self.main_text.splitlines()))

    @cached_property
    def _frame(self) -> frozenset[int]:
        """The hashes of the lines of the frame, which ``own_text`` and ``main_html`` leave out."""
        if self.template is None:
            return frozenset()
        return self.template.frame_of(self.main_text.splitlines(), self._hashes)

    def main_html(self) -> str:
        """Return the HTML of the main element without the title, any ``h1`` and the site's frame.

        These parts are removed from ``tree``. Read ``main_text`` first, because it would lack these
        parts.
        """
        node = self.main
        if node is None:
            return ""
        if self.template and self._frame:
            remove_frame(node, self._frame, title=self.title, labels=self.template.labels)
        h1s = node.css("h1")[:MAX_HEADINGS]
        remove_all((*self._title_elements(node), *h1s))
        return node.inner_html or ""

    @cached_property
    def _headings(self) -> tuple[str, ...]:
        """The texts of the headings of the whole page."""
        return tuple(map(text_of, self.tree.css(HEADINGS)[:_MAX_HEADING_LINES]))

    @cached_property
    def _shown_lines(self) -> list[str]:
        """The lines of the whole page, including its navigation.

        ``body`` reads these lines before it removes the navigation.
        """
        remove_all(self.tree.css(ELEMENTS_WITHOUT_TEXT))
        return _text(self.tree.body).splitlines()

    @cached_property
    def body(self) -> LexborNode | None:
        """The body of the page without parts such as navigation and other postings.

        These parts are removed from ``tree``. A part that contains the title as a heading stays.
        """
        # These cached properties need the elements that are removed below.
        title, _, _, _ = self.title, self._headings, self.published, self._shown_lines
        body = self.tree.body
        if body is None:
            return None
        keep = _ids_around(self._title_elements(body))
        remove_forms(body, keep)
        remove_all(body.css(INPUTS))
        remove_noise(body, title, keep)
        return body

    @cached_property
    def page_lines(self) -> list[str]:
        """The lines of ``body``, one for each text node.

        Read this before ``main``, because reading ``main`` removes further elements.
        """
        return _text(self.body).splitlines()

    @property
    def aside_text(self) -> str:
        """The text of the elements beside the description, such as sidebars.

        Read this before ``main``, because reading ``main`` removes these elements.
        """
        return "\n".join(_text(node) for node in self.body.css(ASIDES)) if self.body else ""

    @cached_property
    def main(self) -> LexborNode | None:
        """The element that contains the posting, without the elements beside the description.

        The search starts from the first ``main`` element, or else the first ``article`` element. If
        neither has enough text, it starts from the body. Inside of this element, the box of the
        title (``box_of_posting``) is chosen. If no element shows the title, the element itself is.

        The elements beside the description, elements before the title that contain no sentence, and
        boxes after the text are removed from ``tree``. An element that contains the title as a
        heading stays.
        """
        body = self.body
        if body is None:
            return None
        keep = _ids_around(self._title_elements(body))
        remove_all((node for node in body.css(ASIDES) if node.tag != "header"), keep)
        remove_all(body.css("svg"))
        main = body
        for selector in ("main, [role=main]", "article"):
            node = body.css_first(selector)
            if node and len(_text(node)) > _SHORTEST_MAIN:
                main = node
                break
        titles = self._title_elements(main)
        if titles:
            remove_all(before_title(main, titles[0]))
            main = box_of_posting(main, titles[0])
            remove_all(boxes_after_text(main, keep))
        return main


def open_page(page: Page, template: Template | None = None) -> Document:
    """Return the parsed page.

    Raises:
        ParseError: the code is ``empty`` if the page has no content, and ``not_html`` if its
            content is not a page. The code is ``parse`` if its HTML is nested more than 1,000
            levels deep, or if an element has more than 2,000 attributes.
    """
    if not page.body or page.body.isspace():
        raise ParseError("the page is empty", code=FailureCode.EMPTY)
    refuse_binary(page.body, page.content_type)
    source = decode(page.body, page.content_type)
    tree = parse_html(source)
    if "__next_f" in source and not shown_length(tree):
        source, tree = _with_streamed_elements(source, tree)
    return Document(url=page.url, tree=tree, source=source, template=template)


def _with_streamed_elements(source: str, tree: LexborHTMLParser) -> tuple[str, LexborHTMLParser]:
    """Return the HTML and the tree of a page, with the streamed elements added to its body.

    The elements stand at the beginning of the body.
    """
    body = _BODY_TAG.search(source)
    streamed = html_of_elements(tree) if body else ""
    if body is None or not streamed:
        return source, tree
    source = source[: body.end()] + streamed + source[body.end() :]
    return source, parse_html(source)


def _ids_around(nodes: Iterable[LexborNode]) -> set[int]:
    """Return the ``mem_id`` of each of the nodes, and of all elements around them."""
    ids: set[int] = set()
    for node in nodes:
        ancestor: LexborNode | None = node
        while ancestor is not None and ancestor.mem_id not in ids:
            ids.add(ancestor.mem_id)
            ancestor = ancestor.parent
    return ids


def _text(node: LexborNode | None) -> str:
    """Return the text of ``node``, in which each text node is one line; empty for None."""
    return lines(node.text(separator="\n")[:_MAX_TEXT_LENGTH]) if node else ""
