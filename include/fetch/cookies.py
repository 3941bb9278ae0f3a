"""Cookies that the servers of one page set on its way (RFC 6265), kept as browsers do."""

from __future__ import annotations

from email.message import Message
from http.cookiejar import CookieJar
from typing import TYPE_CHECKING, cast
from urllib.request import Request

if TYPE_CHECKING:
    from collections.abc import Sequence
    from http.client import HTTPResponse

    from yarl import URL


class Cookies:
    def __init__(self) -> None:
        self._jar: CookieJar | None = None

    def keep(self, set_cookies: Sequence[str], url: URL) -> None:
        """What the answer of ``url`` sets by its ``Set-Cookie`` headers."""
        if not set_cookies:
            return
        self._jar = self._jar or CookieJar()
        answer = cast("HTTPResponse", _HeadersOnly(set_cookies))
        self._jar.extract_cookies(answer, Request(str(url)))  # noqa: S310 # asks nobody

    def sent_to(self, url: URL) -> str | None:
        """The ``Cookie`` header of a request for ``url``; None for want of any."""
        if self._jar is None:
            return None
        request = Request(str(url))  # noqa: S310 # as above
        self._jar.add_cookie_header(request)
        return request.get_header("Cookie")


class _HeadersOnly:
    """All that a cookie jar wants to see of an answer."""

    def __init__(self, set_cookies: Sequence[str]) -> None:
        self._headers = Message()
        for each in set_cookies:
            self._headers["Set-Cookie"] = each

    def info(self) -> Message:
        return self._headers
