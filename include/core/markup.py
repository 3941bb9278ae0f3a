"""A posting's description: safe HTML, plain text, and the requirements it lists.

The HTML is cleaned by nh3 (ammonia), so what is kept is well formed, and the text can be made from
it by turning its few block tags into line ends.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape, unescape

import nh3
from selectolax.lexbor import LexborHTMLParser

from include.core.text import lines, one_line, storable
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
_IN_TEXT = {
    **{f"{end}{name}": "\n" for name in _BLOCKS for end in ("", "/")},
    "li": "\n- ",
    "/li": "\n",
    "/td": " ",
    "/th": " ",
}
"""What stands in the text for a tag; for any other, nothing."""
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
_LONGEST_HEADING = 100
_DEEPEST = 1_000
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)")
_NEVER_DEEP = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr", "p", "li", "dt", "dd", "option", "tr", "td", "th", "thead", "tbody", "tfoot",
})  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Description:
    html: str
    """Sanitised."""
    text: str
    """A line a block, list items marked with ``- ``."""
    requirements: tuple[str, ...]


def describe(html: str) -> Description:
    """Of the HTML, or plain text, of one posting's description. Raises ParseError when it nests
    deeper than any page does."""
    if not _ANY_TAG.search(html):
        html = html.replace("\n", "<br>")
    safe = sanitise(html)
    text = _text_of(safe)
    return Description(html=safe, text=text, requirements=requirements(text))


def sanitise(html: str) -> str:
    """Formatting, lists, tables and web links alone; links open apart and pass on no referrer."""
    refuse_deep(html)
    return _CLEANER.clean(storable(html)).strip()


def words_of(html: str) -> str:
    """All text of ``html`` in reading order, fast and without lines: to compare, not to show."""
    refuse_deep(html)
    if not _ANY_TAG.search(html):
        return unescape(html)
    body = LexborHTMLParser(html).body
    return body.text(separator=" ") if body else ""


def unescaped(html: str) -> str:
    """HTML that arrived entity-escaped, once or twice, as HTML; other HTML as it is."""
    for _ in range(2):
        if _ANY_TAG.search(html) or not _ESCAPED_TAG.search(html):
            break
        html = unescape(html)
    return html


def section(heading: str | None, content: str) -> str:
    """HTML of one titled part; bare list items are given their list."""
    if "<li" in content and not re.search(r"<[uo]l\b", content):
        content = f"<ul>{content}</ul>"
    return f"<h3>{escape(heading, quote=False)}</h3>{content}" if heading else content


def requirements(text: str) -> tuple[str, ...]:
    """The list items of ``text`` below a heading that announces what is asked for."""
    found: list[str] = []
    heading = ""
    for line in text.splitlines():
        item = _BULLET.match(line)
        if item is None:
            heading = line
        elif len(heading) <= _LONGEST_HEADING and _REQUIREMENTS.search(heading):
            found.append(item["item"])
    return tuple(dict.fromkeys(found))


def refuse_deep(html: str) -> None:
    """Raises ParseError for HTML nested over a thousand deep, on which parsers take quadratic
    time (100,000 open ``<div>`` cost 20 s)."""
    if html.count("<") <= _DEEPEST:
        return
    if max(_depths(html), default=0) > _DEEPEST:
        raise ParseError(f"HTML nested over {_DEEPEST} deep")


def _depths(html: str) -> Iterable[int]:
    depth = 0
    for closing, tag in _TAG.findall(html):
        if tag.lower() not in _NEVER_DEEP:
            depth = max(depth - 1, 0) if closing else depth + 1
            yield depth


def _text_of(safe: str) -> str:
    parts = _SAFE_TAG.split(one_line(safe))
    parts[1::2] = [_IN_TEXT.get(tag, "") for tag in parts[1::2]]
    flat = lines(unescape("".join(parts)))
    if "-\n" in flat:  # the expression takes ten times as long to find none
        flat = _LONE_BULLET.sub("- ", flat)
    return flat.removesuffix("\n-")
