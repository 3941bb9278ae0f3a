"""A check of the URLs and addresses that we connect to.

Strangers' listings and redirects name the URLs that we fetch, so private networks are refused
unless an operator names the host (OWASP SSRF prevention). The check is made on the very addresses
that the connection then uses, so that a name cannot resolve to something else in between.
"""

import socket
from collections.abc import Collection
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from include.core.recall import recalled
from include.core.urls import MAX_HOST_LENGTH, MAX_URL_LENGTH, site_of
from include.errors import FetchError
from include.failure_codes import FailureCode

_NAT64 = IPv6Network("64:ff9b::/96")
_UNICAST = IPv6Network("2000::/3")
"""The whole of IPv6 that IANA has assigned. The rest is local, reserved or embeds IPv4."""
_SPECIAL = tuple(
    map(ip_network, ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "2002::/16", "3fff::/20"))
)
"""Networks for protocol assignments, 6to4 (RFC 7526) and documentation, from IANA's special-purpose
registries. Python 3.11 takes some of them for public."""
_NO_WEB_PORTS = frozenset(
    {0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95}
    | {101, 102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179}
    | {389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601}
    | {636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6379}
    | {6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080}
)
"""The ports of mail and other servers, which might take a request for a command. Browsers refuse
them (fetch.spec.whatwg.org, 2.9), except for that of Redis."""


def check_length(url: str) -> None:
    """Raise FetchError ``url_too_long`` if ``url`` has more than ``MAX_URL_LENGTH`` characters."""
    if len(url) > MAX_URL_LENGTH:
        message = f"{url[:100]}… is longer than {MAX_URL_LENGTH} characters"
        raise FetchError(message, code=FailureCode.URL_TOO_LONG)


class AddressGuard:
    """A guard that allows public addresses, and the private ones of some hosts.

    Args:
        allowed_private: ``host`` or ``host:port``, as the URL has them.
    """

    def __init__(self, allowed_private: Collection[str] = ()) -> None:
        self._allowed = frozenset(name.lower() for name in allowed_private)
        self._check_site = recalled(self._look_at_site)

    def limited_to(self, url: str) -> "AddressGuard":
        """Return a guard that allows no private host but that of ``url``, at its port alone."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        site = f"{host}:{parts.port or _default_port(parts.scheme)}"
        return AddressGuard([site] if self._allowed & {host, site} else [])

    def check_url(self, url: str) -> None:
        """Check a URL before it is asked for.

        Raises:
            FetchError: the code is ``blocked_address`` for anything but http(s) to a host without
                userinfo that is a name or an allowed address, and ``url_too_long`` for a URL or
                host over its bound.
        """
        check_length(url)
        self._check_site(site_of(url))

    def _look_at_site(self, site: str) -> None:
        try:
            parts = urlsplit(site)
            host, port = parts.hostname, parts.port
        except ValueError as error:
            raise _blocked(f"{site} is no valid URL: {error}") from error
        if parts.scheme not in ("http", "https") or not host:
            raise _blocked(f"{site} is not http or https")
        if len(host) > MAX_HOST_LENGTH:
            message = f"the host {host[:100]}… is longer than {MAX_HOST_LENGTH} characters"
            raise FetchError(message, code=FailureCode.URL_TOO_LONG)
        if not host.isprintable():  # the C library's readers of addresses raise at NUL
            raise _blocked(f"{site!r} is no valid URL")
        if host[0] in "+-*":  # libcurl's list of addresses reads these as commands
            raise _blocked(f"{host} is no name of a host")
        if parts.username is not None:
            raise _blocked(f"{site} carries credentials")
        if port in _NO_WEB_PORTS:
            raise _blocked(f"{site} is at a port where no web server is")
        if (literal := _literal(host)) is not None:
            self.check_addresses(host, port or _default_port(parts.scheme), [str(literal)])
        elif _is_disguised(host) or _ends_in_number(host):
            raise _blocked(f"{host} is an address in disguise, or none")

    def check_addresses(self, host: str, port: int, addresses: Collection[str]) -> None:
        """Raise FetchError ``blocked_address`` if any of a host's addresses is not public."""
        host = host.lower()
        if host in self._allowed or f"{host}:{port}" in self._allowed:
            return
        private = [a for a in addresses if not is_public(ip_address(a.partition("%")[0]))]
        if private:
            raise _blocked(f"{host} is at {private[0]}, which is not a public address")


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Return whether it is a public unicast address.

    An address of NAT64 (RFC 6052) is as public as the IPv4 address within it.
    """
    if address in _NAT64:
        return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
    if isinstance(address, IPv6Address) and address not in _UNICAST:
        return False
    special = any(address in network for network in _SPECIAL)
    return address.is_global and not address.is_multicast and not special


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host.partition("%")[0])
    except ValueError:
        return None


def _is_disguised(host: str) -> bool:
    """Return whether C libraries read it as an address, such as ``0x7f.1`` or ``2130706433``."""
    try:
        socket.inet_aton(host)
    except OSError:
        return False
    return True


def _ends_in_number(host: str) -> bool:
    """Return whether the last label is a number, which no name has (url.spec.whatwg.org, 3.5)."""
    return host.rstrip(".").rpartition(".")[2].isdecimal()


def _default_port(scheme: str) -> int:
    return 443 if scheme == "https" else 80


def _blocked(message: str) -> FetchError:
    return FetchError(message, code=FailureCode.BLOCKED_ADDRESS)
