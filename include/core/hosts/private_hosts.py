"""Read the setting of the hosts that may have a private address."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Self

_ENTRY = re.compile(r"(?:\[(?P<address>[^\[\]]+)\]|(?P<name>[^\[\]:]+))(?::(?P<port>\d{1,5}))?")
"""The forms ``host``, ``host:port``, ``[address]`` and ``[address]:port``."""


@dataclass(frozen=True, kw_only=True)
class PrivateHost:
    """A host that may have a private address."""

    host: str
    """The name or address in lower case. An IPv6 address has no brackets."""
    port: int | None
    """The only port of the host that requests may use; None if they may use any port."""

    @classmethod
    def parse(cls, entry: str) -> Self:
        """Return the host of an entry, which has one of the forms of a URL's host and port.

        An IPv6 address may also stand without brackets. It then has no port. An entry of another
        form matches no host.
        """
        entry = entry.lower()
        parts = _ENTRY.fullmatch(entry)
        if parts is None:
            return cls(host=entry, port=None)
        port = parts["port"]
        return cls(host=parts["address"] or parts["name"], port=int(port) if port else None)


def parse_private_hosts(entries: Collection[str]) -> frozenset[PrivateHost]:
    """Return the hosts of the setting's entries (``PrivateHost.parse``)."""
    return frozenset(map(PrivateHost.parse, entries))
