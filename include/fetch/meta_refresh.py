"""Pages that send their reader on by themselves (``<meta http-equiv="refresh">``), as the HTML
standard reads them (html.spec.whatwg.org, 4.2.5.3, "shared declarative refresh steps").
"""

import re
from html import unescape
from urllib.parse import urljoin

_LOOKED_AT = 16 * 1024
_LONGEST_DELAY = 10
"""Seconds; who waits for longer reads the page meanwhile."""
_MARK = re.compile(rb"http-equiv\s*=\s*[\"']?\s*refresh")
"""In lower case: to search without regard to case takes ten times as long."""
_UNREAD = re.compile(
    r"<!--.*?(?:-->|\Z)|<(noscript|script|style|template)\b.*?(?:</\1\s*>|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_META = re.compile(r"<meta\b[^>]*>", re.IGNORECASE)
_IS_REFRESH = re.compile(r"\bhttp-equiv\s*=\s*[\"']?\s*refresh\b", re.IGNORECASE)
_CONTENT = re.compile(r"\bcontent\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))", re.IGNORECASE)
_REFRESH = re.compile(
    r"\s*(\d{1,9})(?:\.[\d.]*)?\s*[;,]?\s*(?:url\s*=\s*)?[\"']?\s*([^\"'\s]+)", re.IGNORECASE
)


def refresh_target(url: str, body: bytes) -> str | None:
    """Where the page at ``url`` sends its reader at once; None if it is there to be read."""
    start = body[:_LOOKED_AT]
    if not _MARK.search(start.lower()):
        return None
    for tag in _META.findall(_UNREAD.sub("", start.decode("latin-1"))):
        content = _CONTENT.search(tag) if _IS_REFRESH.search(tag) else None
        found = content and _REFRESH.match(unescape(next(filter(None, content.groups()), "")))
        if not found or int(found[1]) > _LONGEST_DELAY:
            continue
        try:
            target = urljoin(url, found[2])
        except ValueError:
            return None
        return target if target.partition("#")[0] != url.partition("#")[0] else None
    return None
