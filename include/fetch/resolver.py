"""Resolve names, and return only addresses that the address guard accepts."""

import asyncio
import socket
from collections import defaultdict
from collections.abc import Sequence
from time import monotonic
from typing import Protocol

from include.errors import FetchError
from include.failure_codes import FailureCode
from include.fetch.guard import AddressGuard

_TTL_SECONDS = 300.0
"""The time in seconds for which the addresses of a name are cached."""

SocketAddress = tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]
AddressInfo = tuple[socket.AddressFamily, socket.SocketKind, int, str, SocketAddress]


class Resolver(Protocol):
    async def __call__(self, host: str, port: int) -> Sequence[AddressInfo]:
        """Return the addresses in the form of ``socket.getaddrinfo``.

        Raise OSError if the name cannot be resolved.
        """
        ...


class CheckedResolver:
    """A resolver that caches addresses and never resolves the same name twice at the same time."""

    def __init__(self, guard: AddressGuard, resolve: Resolver) -> None:
        self._guard = guard
        self._resolve = resolve
        self._cache: dict[tuple[str, int], tuple[float, list[str]]] = {}
        self._locks = defaultdict[tuple[str, int], asyncio.Lock](asyncio.Lock)

    async def addresses(self, host: str, port: int) -> list[str]:
        """Return the addresses of ``host``.

        Raises:
            FetchError: the code is ``dns`` if the name cannot be resolved, and ``blocked_address``
                if the guard refuses any of the addresses.
        """
        async with self._locks[host, port]:
            expires_at, addresses = self._cache.get((host, port), (0.0, []))
            if monotonic() < expires_at:
                return addresses
            try:
                infos = _literal(host, port) or await self._resolve(host, port)
            except (OSError, UnicodeError) as error:
                message = f"the name {host} could not be resolved: {error}"
                raise FetchError(message, code=FailureCode.DNS) from error
            addresses = [str(address[0]) for *_, address in infos]
            self._guard.check_addresses(host, port, addresses)
            self._cache[host, port] = (monotonic() + _TTL_SECONDS, addresses)
            return addresses


def _literal(host: str, port: int) -> Sequence[AddressInfo]:
    """Return ``host`` as an address. If ``host`` is a name, return an empty sequence."""
    try:
        return socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
        )
    except socket.gaierror:
        return ()


async def resolve_by_system(host: str, port: int) -> Sequence[AddressInfo]:
    """Return the addresses that the system's resolver finds. This implements ``Resolver``."""
    return await asyncio.get_running_loop().getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG
    )
