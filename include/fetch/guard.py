"""Check the URLs and addresses of requests, to prevent server-side request forgery (OWASP).

The URLs come from untrusted listings and redirects. Private networks are therefore refused, except
for hosts that an operator allows. A connection uses exactly the addresses that were checked, so
that a name cannot resolve to another address between the check and the connection.
"""

import socket
from collections.abc import Collection
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from include.core.fields.text_cache import cache_short_texts
from include.core.formats.urls import MAX_HOST_LENGTH, MAX_URL_LENGTH, site_of
from include.core.hosts.private_hosts import parse_private_hosts
from include.errors import FetchError
from include.failure_codes import FailureCode

_NAT64 = IPv6Network("64:ff9b::/96")
_UNICAST = IPv6Network("2000::/3")
"""The only IPv6 range that IANA has opened for public unicast addresses. All other ranges are local
or reserved, or embed IPv4 addresses."""
_SPECIAL = tuple(
    map(ip_network, ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "2002::/16", "3fff::/20"))
)
"""Networks for protocol assignments, 6to4 (RFC 7526) and documentation, from IANA's special-purpose
registries. They are refused here, because Python 3.11 counts some of them as public."""
_NO_WEB_PORTS = frozenset(
    {0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95}
    | {101, 102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179}
    | {389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601}
    | {636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6379}
    | {6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080}
)
"""The ports of servers that might execute parts of a request as commands, such as mail servers.
Browsers refuse these ports, too (fetch.spec.whatwg.org, 2.9), except for 6379, the port of
Redis."""


def check_length(url: str) -> None:
    """Raise FetchError ``url_too_long`` if ``url`` has more than ``MAX_URL_LENGTH`` characters."""
    if len(url) > MAX_URL_LENGTH:
        message = f"{url[:100]}… is longer than {MAX_URL_LENGTH} characters"
        raise FetchError(message, code=FailureCode.URL_TOO_LONG)


class AddressGuard:
    """A guard that allows all public addresses, and the private addresses of the allowed hosts.

    Args:
        allowed_private: the hosts that may have private addresses, in the forms of
            ``PrivateHost.parse``.
    """

    def __init__(self, allowed_private: Collection[str] = ()) -> None:
        self._allowed = parse_private_hosts(allowed_private)
        self._check_site = cache_short_texts(self._check_uncached_site)

    def limited_to(self, url: str) -> "AddressGuard":
        """Return a guard that allows at most one private host: the host and port of ``url``.

        The new guard allows this host only if the present guard allows it.
        """
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or _default_port(parts.scheme)
        return AddressGuard([f"[{host}]:{port}"] if self._allows(host, port) else [])

    def check_url(self, url: str) -> None:
        """Check a URL before it is requested.

        Raises:
            FetchError: the code is ``url_too_long`` if the URL or its host is too long. The code is
                ``blocked_address`` if the URL is not http(s), has userinfo or the port of another
                kind of server, or if its host is neither a name nor an allowed address.
        """
        check_length(url)
        self._check_site(site_of(url))

    def _check_uncached_site(self, site: str) -> None:
        try:
            parts = urlsplit(site)
            host, port = parts.hostname, parts.port
        except ValueError as error:
            raise _blocked(f"{site} is not a valid URL: {error}") from error
        if parts.scheme not in ("http", "https") or not host:
            raise _blocked(f"{site} is not http or https")
        if len(host) > MAX_HOST_LENGTH:
            message = f"the host {host[:100]}… is longer than {MAX_HOST_LENGTH} characters"
            raise FetchError(message, code=FailureCode.URL_TOO_LONG)
        if not host.isprintable():  # inet_aton raises ValueError for NUL
            raise _blocked(f"{site!r} is not a valid URL")
        if host[0] in "+-*":  # libcurl reads these as commands in its list of addresses
            raise _blocked(f"{host} is not a host name")
        if parts.username is not None:
            raise _blocked(f"{site} contains credentials")
        if port in _NO_WEB_PORTS:
            raise _blocked(f"{site} has a port that web servers do not use")
        if (literal := _literal(host)) is not None:
            self.check_addresses(host, port or _default_port(parts.scheme), [str(literal)])
        elif _is_disguised(host) or _ends_in_number(host):
            raise _blocked(f"{host} is not a host name, nor an IP address in its usual form")

    def check_addresses(self, host: str, port: int, addresses: Collection[str]) -> None:
        """Check the addresses of a host before a connection is made.

        Raises:
            FetchError: the code is ``blocked_address`` if any of the addresses is not public and
                the host is not one of the hosts that may have private addresses.
        """
        if self._allows(host.lower(), port):
            return
        for address in addresses:
            without_zone = address.partition("%")[0]
            if not is_public(ip_address(without_zone)):
                raise _blocked(f"{host} has the address {address}, which is not public")

    def _allows(self, host: str, port: int) -> bool:
        """Return whether the host, in lower case and without brackets, may be private."""
        return any(
            host == allowed.host and allowed.port in (None, port) for allowed in self._allowed
        )


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Return whether ``address`` is a public unicast address.

    A NAT64 address (RFC 6052) is public if the IPv4 address that it embeds is public.
    """
    if address in _NAT64:
        embedded_address = int(address) & 0xFFFFFFFF  # the last 32 bits
        return is_public(IPv4Address(embedded_address))
    if isinstance(address, IPv6Address) and address not in _UNICAST:
        return False
    special = any(address in network for network in _SPECIAL)
    return address.is_global and not address.is_multicast and not special


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    """Return the IP address that ``host`` is, or None if ``host`` is a name."""
    try:
        return ip_address(host.partition("%")[0])
    except ValueError:
        return None


def _is_disguised(host: str) -> bool:
    """Return whether C libraries read ``host`` as an address.

    Examples are ``0x7f.1`` and ``2130706433``.
    """
    try:
        socket.inet_aton(host)
    except OSError:
        return False
    return True


def _ends_in_number(host: str) -> bool:
    """Return whether the last label of ``host`` is a number.

    The last label of a name is never a number (url.spec.whatwg.org, 3.5).
    """
    return host.rstrip(".").rpartition(".")[2].isdecimal()


def _default_port(scheme: str) -> int:
    return 443 if scheme == "https" else 80


def _blocked(message: str) -> FetchError:
    return FetchError(message, code=FailureCode.BLOCKED_ADDRESS)
