"""Find the target of a redirect in a page's markup, ``<meta http-equiv="refresh">``.

The rules are those of the HTML standard (html.spec.whatwg.org, 4.2.5.3, "shared declarative refresh
steps"). Pages are untrusted, and a page could make a regular expression backtrack for very long. To
prevent this, the repeats are possessive (``*+``).
"""

import re
from html import unescape
from urllib.parse import urljoin

_HEAD_BYTES = 16 * 1024
"""The length of the beginning of a page in which a redirect is searched for."""
_MAX_DELAY = 10
"""The maximum delay of a redirect in seconds. A page that states a longer delay is meant to be
read, so it does not count as a redirect."""
_QUICK_TEST = re.compile(rb"http-equiv\s*+=\s*+[\"']?+\s*+refresh")
"""A quick test for a refresh. It is applied to lower-case text, because a pattern that ignores case
would take ten times as long."""
_IGNORED_MARKUP = re.compile(
    r"<!--.*?(?:-->|\Z)|<(noscript|script|style|template)\b.*?(?:</\1\s*+>|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_META = re.compile(r"<meta\b", re.IGNORECASE)
_REFRESH_ATTRIBUTE = re.compile(r"\bhttp-equiv\s*+=\s*+[\"']?+\s*+refresh\b", re.IGNORECASE)
_CONTENT = re.compile(r"\bcontent\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s>]++))", re.IGNORECASE)
_REFRESH = re.compile(
    r"\s*+(\d{1,9}+)(?:\.[\d.]*+)?+\s*+[;,]?+\s*+(?:url\s*+=\s*+)?+[\"']?+\s*+([^\"'\s]++)",
    re.IGNORECASE,
)


def refresh_target(url: str, body: bytes) -> str | None:
    """Return the URL to which the page at ``url`` redirects, or None if it does not redirect."""
    start = body[:_HEAD_BYTES]
    if not _QUICK_TEST.search(start.lower()):
        return None
    for text_after_meta in _META.split(_IGNORED_MARKUP.sub("", start.decode("latin-1")))[1:]:
        tag, is_whole, _ = text_after_meta.partition(">")
        if not (is_whole and _REFRESH_ATTRIBUTE.search(tag)):
            continue
        content = _CONTENT.search(tag)
        try:
            # One group of the pattern has the value, depending on its quotation marks.
            value = next(filter(None, content.groups()), "") if content else ""
            refresh = _REFRESH.match(unescape(value))
            if not refresh or int(refresh[1]) > _MAX_DELAY:
                continue
            target = urljoin(url, refresh[2])
        # The target is not a URL, or a character reference (&#…;) has more digits than int accepts.
        except ValueError:
            return None
        # A page that only reloads itself does not redirect.
        return target if target.partition("#")[0] != url.partition("#")[0] else None
    return None
