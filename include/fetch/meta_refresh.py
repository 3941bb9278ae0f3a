"""Reads where a page sends its reader by itself (``<meta http-equiv="refresh">``), as the HTML
standard does (html.spec.whatwg.org, 4.2.5.3, "shared declarative refresh steps").

Strangers write the pages, so no expression may backtrack: repeats are possessive (``*+``).
"""

import re
from html import unescape
from urllib.parse import urljoin

_HEAD_BYTES = 16 * 1024
_MAX_DELAY = 10
"""Seconds. A page that waits for longer is there to be read."""
_MARK = re.compile(rb"http-equiv\s*+=\s*+[\"']?+\s*+refresh")
"""Searched in lower-case text: to ignore the case takes ten times as long."""
_UNREAD = re.compile(
    r"<!--.*?(?:-->|\Z)|<(noscript|script|style|template)\b.*?(?:</\1\s*+>|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_META = re.compile(r"<meta\b", re.IGNORECASE)
_IS_REFRESH = re.compile(r"\bhttp-equiv\s*+=\s*+[\"']?+\s*+refresh\b", re.IGNORECASE)
_CONTENT = re.compile(r"\bcontent\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s>]++))", re.IGNORECASE)
_REFRESH = re.compile(
    r"\s*+(\d{1,9}+)(?:\.[\d.]*+)?+\s*+[;,]?+\s*+(?:url\s*+=\s*+)?+[\"']?+\s*+([^\"'\s]++)",
    re.IGNORECASE,
)


def refresh_target(url: str, body: bytes) -> str | None:
    """Return where the page at ``url`` sends its reader at once; None if it is to be read."""
    start = body[:_HEAD_BYTES]
    if not _MARK.search(start.lower()):
        return None
    for after in _META.split(_UNREAD.sub("", start.decode("latin-1")))[1:]:
        tag, is_whole, _ = after.partition(">")
        content = _CONTENT.search(tag) if is_whole and _IS_REFRESH.search(tag) else None
        try:
            found = content and _REFRESH.match(unescape(next(filter(None, content.groups()), "")))
            if not found or int(found[1]) > _MAX_DELAY:
                continue
            target = urljoin(url, found[2])
        except ValueError:  # no URL, or a character reference of thousands of digits
            return None
        return target if target.partition("#")[0] != url.partition("#")[0] else None
    return None
