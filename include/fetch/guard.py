"""Which addresses we may connect to. Strangers' listings and redirects name the URLs we fetch, so
private networks are refused unless an operator names the host (OWASP SSRF prevention).

The check is made on the very addresses that the connection then uses, so that a name can't
resolve to something else in between.
"""

from collections.abc import Collection
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from include.errors import FetchError

_NAT64 = IPv6Network("64:ff9b::/96")


class AddressGuard:
    """``allowed_private`` holds ``host`` or ``host:port`` as the URL has them."""

    def __init__(self, allowed_private: Collection[str] = ()) -> None:
        self._allowed = frozenset(name.lower() for name in allowed_private)

    def check_url(self, url: str) -> None:
        """Raises FetchError ``blocked_address`` for anything but http(s) to a host without
        userinfo that is a name or an allowed address."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError as error:
            raise _blocked(f"{url} is no valid URL: {error}") from error
        if parts.scheme not in ("http", "https") or not host:
            raise _blocked(f"{url} is not http or https")
        if parts.username is not None:
            raise _blocked(f"{url} carries credentials")
        literal = _literal(host)
        if literal is not None:
            self.check_addresses(host, port or _default_port(parts.scheme), [str(literal)])

    def check_addresses(self, host: str, port: int, addresses: Collection[str]) -> None:
        """Raises FetchError ``blocked_address`` if any of a host's addresses isn't public."""
        host = host.lower()
        if host in self._allowed or f"{host}:{port}" in self._allowed:
            return
        private = [a for a in addresses if not is_public(ip_address(a.partition("%")[0]))]
        if private:
            raise _blocked(f"{host} is at {private[0]}, which is not a public address")


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether it is a public unicast address, also of what an IPv6 address embeds."""
    if not address.is_global or address.is_multicast or address.is_reserved:
        return False
    if isinstance(address, IPv6Address):
        embedded = address.ipv4_mapped or address.sixtofour
        if address.teredo:
            embedded = address.teredo[1]
        if address in _NAT64:
            embedded = IPv4Address(int(address) & 0xFFFFFFFF)
        return embedded is None or is_public(embedded)
    return True


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host.partition("%")[0])
    except ValueError:
        return None


def _default_port(scheme: str) -> int:
    return 443 if scheme == "https" else 80


def _blocked(message: str) -> FetchError:
    return FetchError(message, code="blocked_address")
