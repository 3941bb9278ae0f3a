"""The options that the HTTP clients and the browser share."""

from dataclasses import dataclass

from pydantic import SecretStr

from include.fetch.guard import AddressGuard
from include.fetch.resolver import Resolver, resolve_by_system


@dataclass(frozen=True, kw_only=True)
class FetchOptions:
    guard: AddressGuard
    user_agent: str
    deadline: float
    """The maximum time in seconds for one page, from the first name lookup to the last byte,
    including all redirects. The same limit applies to the rendering of a page, and to each response
    that the page's scripts request."""
    max_bytes: int
    """The maximum size of a response, both before and after decoding."""
    proxy: SecretStr | None = None
    """The URL of an HTTP, HTTPS or SOCKS5 proxy, including credentials if the proxy needs any. If
    None, no proxy is used. The proxy resolves the names itself. The browser does not use the
    proxy."""
    resolver: Resolver = resolve_by_system
    """The function that resolves names."""
