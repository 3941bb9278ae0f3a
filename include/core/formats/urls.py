"""Normalise URLs, so that they can be compared, and return the parts of URLs.

URLs are normalised as in RFC 3986, sections 6.2.2 and 6.2.3. This concerns the case of the scheme,
the host and percent-escapes, escapes of characters that need none, dot segments, and the default
port. Internationalised hosts are converted as in UTS 46. The fragment and tracking parameters are
removed. The order of the other parameters, a trailing slash and the case of the path are kept,
because URLs that differ in them may be different pages.
"""

import re
from urllib.parse import SplitResult, parse_qsl, quote, urljoin, urlsplit, urlunsplit

import idna

from include.core.fields.text_cache import cache_short_texts
from include.errors import SettingError

_DEFAULT_PORTS = {"http": 80, "https": 443}
_TRACKING_PARAMETERS = frozenset({
    "fbclid", "gclid", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "mc_cid", "mc_eid", "_ga",
    "_gl", "_hsenc", "_hsmi", "igshid", "gh_src", "lever-source", "lever-origin", "lever-via",
    "trk", "trackingid", "refid",
})  # fmt: skip
_TRACKING_PREFIX = "utm_"
_PATH_SAFE = "/%:@!$&'()*+,;=~-._"
_QUERY_SAFE = _PATH_SAFE + "?"
_ESCAPE = re.compile("%([0-9a-fA-F]{2})")
_UNRESERVED = frozenset("-._~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_SITE = re.compile("[^/?#]*//[^/?#]*")
MAX_URL_LENGTH = 2048
"""The maximum length, in characters, of a URL that is requested.

Some browsers and servers refuse longer URLs.
"""
MAX_HOST_LENGTH = 253
"""The maximum length, in characters, of a host. It is that of a name in DNS (RFC 1035, 2.3.4).

A limit is needed, because hosts are stored in indexes of Postgres, which refuse long values.
"""


def canonical_url(url: str) -> str:
    """Return ``url`` in a normal form, which is the same for all spellings of one page's URL.

    A URL that cannot be parsed is returned as it is.
    """
    try:
        parts = urlsplit(url.strip())
        host = _netloc(parts)
    except ValueError:
        return url
    if not is_http(url):
        return url
    kept_parameters = [
        pair
        for pair in parts.query.split("&")
        if pair and not _is_tracking(parse_qsl(pair, keep_blank_values=True))
    ]
    path = _without_dots(_escaped_least(quote(parts.path, safe=_PATH_SAFE))) or "/"
    query = _escaped_least(quote("&".join(kept_parameters), safe=_QUERY_SAFE))
    return urlunsplit((parts.scheme.lower(), host, path, query, ""))


def requested_url(url: str) -> str:
    """Return ``url`` in the form in which it is sent to the server.

    The host is converted to IDNA. The fragment and dot segments are removed. Characters that no URL
    may contain are escaped. Everything else stays as it is written. In particular, escapes are
    kept, because a server may treat an escape and its character differently.

    Raises:
        ValueError: the URL has no host, or one that is too long or not printable.
    """
    parts = urlsplit(url.strip())
    path = _without_dots(quote(parts.path, safe=_PATH_SAFE)) or "/"
    query = quote(parts.query, safe=_QUERY_SAFE)
    return urlunsplit((parts.scheme.lower(), _netloc(parts), path, query, ""))


def _escaped_least(text: str) -> str:
    """Return ``text`` with normalised percent-escapes.

    Escapes are converted to upper case (RFC 3986, 6.2.2.1). An escape of an unreserved character is
    replaced by the character (6.2.2.2).
    """
    return _ESCAPE.sub(_least_escape, text) if "%" in text else text


def _least_escape(escape: re.Match[str]) -> str:
    character = chr(int(escape[1], 16))
    return character if character in _UNRESERVED else escape[0].upper()


def _without_dots(path: str) -> str:
    """Return ``path`` without the segments ``.`` and ``..`` (RFC 3986, 5.2.4)."""
    if "/." not in path:
        return path
    kept_segments: list[str] = []
    segments = path.split("/")
    for segment in segments:
        if segment == "..":
            if len(kept_segments) > 1:
                kept_segments.pop()
        elif segment != ".":
            kept_segments.append(segment)
    if segments[-1] in (".", ".."):
        kept_segments.append("")
    return "/".join(kept_segments)


def site_of(url: str) -> str:
    """Return the part of ``url`` before the path: scheme, host and port."""
    site = _SITE.match(url)
    return site[0] if site else url


def origin_of(url: str) -> str:
    """Return the origin of an absolute URL: its scheme, host and port.

    One robots.txt applies to all URLs of an origin.
    """
    parts = urlsplit(site_of(url))
    return f"{parts.scheme}://{parts.netloc}"


def host_key(url: str) -> str:
    """Return the host of the URL, and ``:port`` if the port is not the default of the scheme.

    The userinfo is left out.

    Raises:
        ValueError: the URL has no host, or one that is too long or not printable.
    """
    return _host_key(site_of(url))


@cache_short_texts
def _host_key(site: str) -> str:
    return _netloc(urlsplit(site.strip()), userinfo=False)


def is_http(url: str) -> bool:
    """Return whether ``url`` is an absolute http or https URL that has a valid host."""
    return _is_http(site_of(url))


@cache_short_texts
def _is_http(site: str) -> bool:
    try:
        parts = urlsplit(site.strip())
        return parts.scheme.lower() in _DEFAULT_PORTS and bool(_netloc(parts))
    except ValueError:
        return False


def absolute(base: str, reference: str | None) -> str | None:
    """Return the absolute URL of the link ``reference`` on a page at ``base``.

    Return None if ``reference`` is blank, or the URL is not http(s), such as ``javascript:…``.
    """
    try:
        url = urljoin(base, (reference or "").strip())
    except ValueError:
        return None
    return url if reference and is_http(url) else None


def rebase(url: str, base_url: str | None) -> str:
    """Return ``url`` moved below ``base_url``; unchanged if ``base_url`` is None.

    The scheme and host are those of ``base_url``. The path is that of ``base_url``, followed by
    that of ``url``.

    A URL that already lies below ``base_url`` stays as it is.

    Raises:
        SettingError: ``base_url`` is not an absolute http(s) URL, or has a query or a fragment.
    """
    if base_url is None:
        return url
    base = urlsplit(base_url.strip())
    if not is_http(base_url) or base.query or base.fragment:
        raise SettingError(
            "config.base_url",
            f"{base_url} is not an absolute http(s) URL without query and fragment",
        )
    parts = urlsplit(url)
    prefix = base.path.rstrip("/")
    below = parts.path == prefix or parts.path.startswith(f"{prefix}/")
    if below and (parts.scheme, parts.netloc) == (base.scheme, base.netloc):
        return url
    path = prefix + (parts.path if parts.path.startswith("/") else f"/{parts.path}")
    return urlunsplit((base.scheme, base.netloc, path, parts.query, parts.fragment))


def _netloc(parts: SplitResult, *, userinfo: bool = True) -> str:
    host = parts.hostname
    if not host:
        raise ValueError(f"no host in {urlunsplit(parts)}")
    if not host.isascii():
        host = idna.encode(host, uts46=True).decode()
    if not host.isprintable():
        raise ValueError("the host holds characters that Postgres or DNS refuse")
    if len(host) > MAX_HOST_LENGTH:
        raise ValueError(f"the host is longer than {MAX_HOST_LENGTH} characters")
    if ":" in host:
        host = f"[{host}]"
    if parts.port is not None and parts.port != _DEFAULT_PORTS.get(parts.scheme.lower()):
        host = f"{host}:{parts.port}"
    if userinfo and "@" in parts.netloc:
        return f"{parts.netloc.rpartition('@')[0]}@{host}"
    return host


def _is_tracking(pair: list[tuple[str, str]]) -> bool:
    name = pair[0][0].lower() if pair else ""
    return name.startswith(_TRACKING_PREFIX) or name in _TRACKING_PARAMETERS
