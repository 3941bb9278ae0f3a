"""Convert a description's HTML to safe HTML, plain text and a list of requirements.

The package nh3 (a binding of ammonia) cleans the HTML and makes it well formed. The plain text is
made from the clean HTML by replacing the block tags that it may contain by line ends.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from html import escape, unescape

import nh3
from selectolax.lexbor import LexborHTMLParser, LexborNode

from include.core.formats.text import lines, one_line, storable
from include.errors import ParseError

_TAGS = {
    "a", "b", "blockquote", "br", "code", "dd", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4",
    "h5", "h6", "hr", "i", "li", "ol", "p", "pre", "s", "span", "strong", "sub", "sup", "table",
    "tbody", "td", "th", "thead", "tr", "u", "ul",
}  # fmt: skip
_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    attributes={"a": {"href", "title"}},
    url_schemes={"http", "https", "mailto"},
    link_rel="noopener noreferrer nofollow",
)
_BLOCKS = (
    *("blockquote", "br", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "ol"),
    *("p", "pre", "table", "tbody", "thead", "tr", "ul"),
)
_TAG_TEXTS = {
    **{f"{end}{name}": "\n" for name in _BLOCKS for end in ("", "/")},
    "li": "\n- ",
    "/li": "\n",
    "/td": " ",
    "/th": " ",
}
"""The text that replaces a tag in the plain text, by tag. All other tags are removed."""
_SAFE_TAG = re.compile(r"<(/?[a-z0-9]*)[^>]*>")
_ANY_TAG = re.compile(r"<[a-zA-Z/!]")
_ESCAPED_TAG = re.compile(r"&(?:amp;)?lt;/?[a-zA-Z]")
_LONE_BULLET = re.compile(r"^-\n(?!- )", re.MULTILINE)
_BULLET = re.compile(r"[-–•*·‣◦]\s+(?P<item>.+)")
_REQUIREMENTS = re.compile(
    r"requirement|qualification|you have\b|you(?:'|’)ll need|you will need|you bring|about you\b|"
    r"looking for|your profile|must[- ]have|good fit|your skills|skills and experience|"
    r"who you are|what you need|anforderung|dein profil|ihr profil|das bringst du|mitbringst|"
    r"profil recherché|votre profil|ton profil|requisitos|requisiti|il tuo profilo|"
    r"functie-?eisen|wat (?:wij|we) vragen",
    re.IGNORECASE,
)
_MAX_HEADING_LENGTH = 100
_MAX_HTML_LENGTH = 500_000
"""The maximum length of a description in characters. Text beyond it is dropped."""
_MAX_OCCURRENCES_PER_MARK = 50_000
"""The occurrence of each of ``_MARKS`` before which a description is cut."""
_MARKS = "&<>\u00a0"
"""The characters that nh3 escapes. Escaping one takes 6 µs, so their number is limited."""
_UNUSED_ATTRIBUTES = re.compile(
    r"\s(?:class|style|id|data-[\w-]{1,50})=(?:\"[^\"<>]*\"|'[^'<>]*')|(?<=[\"'])data:[^\s\"'<>]*"
)
"""A pattern of attributes and embedded images that are not read.

They are removed, because they could make HTML exceed ``_MAX_HTML_LENGTH`` although its text is
short.
"""
_MAX_DEPTH = 1_000
_MAX_OPTIONS = 1_000
"""The maximum number of ``<option>`` tags. If a page has more, all of them are replaced.

The reason is that the parser takes quadratic time for these tags: 70,000 of them in one
``<select>`` take more than 20 s.
"""
_OPTION_TAG = re.compile(r"</?[oO][pP][tT][iI][oO][nN](?=[\s/>])")
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)")
_MAX_ATTRIBUTES = 2_000
_MIN_CROWDED_LENGTH = 32_768
"""The length, in characters, of HTML above which the attributes of its elements are counted.

Shorter HTML is not checked, because its attributes cannot take much time.
"""
_VALUE = r"\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s>\"'][^\s>]*+)"
_REST_OF_TAG = rf"(?:[^>=]++|{_VALUE}|=)*+"
_WHOLE_TAG = re.compile(
    rf"<!--(?:[^-]++|-(?!->))*+|(<(?i:script|style)\b{_REST_OF_TAG})(?:[^<]++|<(?!/(?i:s[ct])))*+|"
    rf"(</?[a-zA-Z]{_REST_OF_TAG})"
)
"""A pattern for comments, for scripts and styles with their texts, and for other tags.

The first group is the opening tag of a script or style, and the second group is any other tag. A
search takes linear time, because the repeats in the pattern are possessive.
"""
_ATTRIBUTE = re.compile(rf"[^\s/>=]++(?:{_VALUE})?+")
_NOT_NESTING = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr", "p", "li", "dt", "dd", "option", "tr", "td", "th", "thead", "tbody", "tfoot",
})  # fmt: skip
"""Tags that are not counted as a level of nesting, because they need no closing tag."""


@dataclass(frozen=True, kw_only=True)
class Description:
    html: str
    """The sanitised HTML."""
    text: str
    """The plain text, in which each block is one line. List items begin with ``- ``."""
    requirements: tuple[str, ...]


def describe(html: str) -> Description:
    """Return the description that ``html`` contains. ``html`` may also be plain text.

    What exceeds 500,000 characters is left out. Raise ParseError if the HTML is nested more than
    1,000 levels deep, or if one of its elements has more than 2,000 attributes.
    """
    if not _ANY_TAG.search(html):
        html = html.replace("\n", "<br>")
    safe = sanitise(html)
    text = _text_of(safe)
    return Description(html=safe, text=text, requirements=requirements(text))


def sanitise(html: str) -> str:
    """Return only the text, formatting, lists, tables, and web and mail links of ``html``.

    Each link gets ``rel="noopener noreferrer nofollow"``. The page that it opens then has no access
    to our page, and learns nothing about it from a referrer. What exceeds 500,000 characters is
    left out. Raise the errors of ``describe``.
    """
    html = _shortened(html)
    _refuse_excess(html)
    return _CLEANER.clean(storable(html)).strip()


def text_of_html(html: str) -> str:
    """Return all text of ``html`` in reading order, for comparisons only.

    This is faster than ``describe``, and does not divide the text into lines. What exceeds 500,000
    characters is left out. Raise the errors of ``describe``.
    """
    html = _shortened(html)
    if not _ANY_TAG.search(html):
        return unescape(html)
    body = parse_html(html).body
    return body.text(separator=" ") if body else ""


def _shortened(html: str) -> str:
    """Return ``html``, cut to ``_MAX_HTML_LENGTH`` characters.

    If it is longer, the attributes and embedded images that are not read are removed before. The
    result is also cut so that it has fewer than ``_MAX_OCCURRENCES_PER_MARK`` of each mark.
    """
    if len(html) > _MAX_HTML_LENGTH:
        html = _UNUSED_ATTRIBUTES.sub("", html)[:_MAX_HTML_LENGTH]
    if len(html) > _MAX_OCCURRENCES_PER_MARK:
        for mark in _MARKS:
            parts = html.split(mark, _MAX_OCCURRENCES_PER_MARK)
            html = mark.join(parts[:_MAX_OCCURRENCES_PER_MARK])
    return html


def node_text(node: LexborNode) -> str:
    """Return the text inside the node on one line."""
    return one_line(node.text(separator=" "))


def unescaped(html: str) -> str:
    """Return HTML whose tags were escaped once or twice (``&lt;p&gt;``) without these escapes.

    Return other HTML unchanged.
    """
    for _ in range(2):
        if _ANY_TAG.search(html) or not _ESCAPED_TAG.search(html):
            break
        html = unescape(html)
    return html


def section(heading: str | None, content: str) -> str:
    """Return the HTML of one section: its heading, if it has one, and its content.

    If the content has list items outside of a list, it is put into a ``<ul>``.
    """
    if "<li" in content and not re.search(r"<[uo]l\b", content):
        content = f"<ul>{content}</ul>"
    return f"<h3>{escape(heading, quote=False)}</h3>{content}" if heading else content


def requirements(text: str) -> tuple[str, ...]:
    """Return the list items of ``text`` that stand below a heading for requirements, each once."""
    items: list[str] = []
    heading, announces = "", None
    for line in text.splitlines():
        item = _BULLET.match(line)
        if item is None:
            heading, announces = line, None
            continue
        if announces is None:  # The line is the first item below the heading.
            announces = len(heading) <= _MAX_HEADING_LENGTH and _announces_requirements(heading)
        if announces:
            items.append(item["item"])
    return tuple(dict.fromkeys(items))


@lru_cache(maxsize=1_000)
def _announces_requirements(heading: str) -> bool:
    return _REQUIREMENTS.search(heading) is not None


def parse_html(html: str) -> LexborHTMLParser:
    """Return the parsed HTML. Raise the errors of ``describe``.

    If the HTML has more than 1,000 ``<option>`` tags, all of them are replaced by ``<wbr>``. The
    texts of the options stay in the ``<select>``.
    """
    _refuse_excess(html)
    if html.count("<") > _MAX_OPTIONS:
        html_without_options, removed_count = _OPTION_TAG.subn("<wbr", html)
        html = html_without_options if removed_count > _MAX_OPTIONS else html
    return LexborHTMLParser(html)


def _refuse_excess(html: str) -> None:
    """Raise ParseError if ``html`` is nested too deeply, or one element has too many attributes.

    A parser takes quadratic time for both. For example, 100,000 nested ``<div>`` take 20 s, and so
    does an element that has 100,000 attributes.
    """
    if html.count("<") > _MAX_DEPTH and max(_depths(html), default=0) > _MAX_DEPTH:
        raise ParseError(f"the HTML is nested more than {_MAX_DEPTH} levels deep")
    if len(html) > _MIN_CROWDED_LENGTH and any(
        _is_crowded(script or tag) for script, tag in _WHOLE_TAG.findall(html)
    ):
        raise ParseError(f"an element has more than {_MAX_ATTRIBUTES} attributes")


def _is_crowded(tag: str) -> bool:
    """Return whether the tag has more than 2,000 attributes."""
    return (
        len(tag) > 2 * _MAX_ATTRIBUTES
        and sum(1 for _ in _ATTRIBUTE.finditer(tag)) > _MAX_ATTRIBUTES
    )


def _depths(html: str) -> Iterable[int]:
    depth = 0
    for closing, tag in _TAG.findall(html):
        if tag.lower() not in _NOT_NESTING:
            depth = max(depth - 1, 0) if closing else depth + 1
            yield depth


def _text_of(safe: str) -> str:
    parts = _SAFE_TAG.split(one_line(safe))
    parts[1::2] = [_TAG_TEXTS.get(tag, "") for tag in parts[1::2]]
    flat = lines(unescape("".join(parts)))
    if "-\n" in flat:  # ten times as fast as a search for the pattern
        flat = _LONE_BULLET.sub("- ", flat)
    return flat.removesuffix("\n-")
