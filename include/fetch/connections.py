"""Connections to web servers, over which pages are asked for: HTTP/1.1 (RFC 9112), one request
at a time on each. A connection is made to the very addresses that the guard has checked, and kept
for the next request to its origin.

Why not a client library: ADR 20.
"""

import asyncio
import socket
import ssl
from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from time import monotonic
from typing import NamedTuple, Protocol, cast

from aiohappyeyeballs import (
    start_connection,  # pyright: ignore[reportUnknownVariableType] # partly untyped
)
from yarl import URL

from include.errors import FetchError
from include.fetch.answer import Answer, AnswerReader
from include.fetch.guard import AddressGuard

_KEPT_SECONDS = 15.0
"""A connection that has been idle for longer is likely to be cut without a word."""
_KNOWN_SECONDS = 300.0
"""For which addresses of a name are not asked for again."""
_NEXT_ADDRESS_AFTER = 0.25
"""Seconds, as RFC 8305 has it."""
_AT_ONCE = 4
"""To an origin. More are made only if none is free ``_SOON``: a host that answers at once needs no
more, and to make one costs both sides more than a request."""
_SOON = 0.02
"""Seconds."""


SocketAddress = tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]
AddressInfo = tuple[socket.AddressFamily, socket.SocketKind, int, str, SocketAddress]


class Resolver(Protocol):
    async def __call__(self, host: str, port: int) -> Sequence[AddressInfo]:
        """As ``socket.getaddrinfo``; raises OSError."""
        ...


class Origin(NamedTuple):
    scheme: str
    host: str
    port: int


class Connections:
    """Within one event loop; to be closed there.

    Args:
        max_bytes: of an answer's body, before and after it is unpacked.
        headers: sent with every request.
    """

    def __init__(
        self,
        guard: AddressGuard,
        *,
        max_bytes: int,
        headers: Mapping[str, str],
        resolver: Resolver | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._max_bytes = max_bytes
        self._headers = _lines(headers)
        self._addresses = _Addresses(guard, resolver or _ask_system)
        self._tls = tls
        self._pools = defaultdict[Origin, _Pool](_Pool)

    async def get(
        self, target: URL, headers: Mapping[str, str], *, on_connected: Callable[[], None]
    ) -> Answer:
        """What the server answers, whatever its status.

        Args:
            on_connected: called when there is a connection.

        Raises:
            FetchError: there is no answer, or it is too large or broken.
        """
        origin = Origin(target.scheme, target.raw_host or "", target.port or 0)
        pool = self._pools[origin]
        request = (
            f"GET {target.raw_path_qs} HTTP/1.1\r\nHost: {target.host_port_subcomponent}\r\n"
            f"{self._headers}{_lines(headers)}\r\n"
        ).encode("utf-8", "surrogateescape")
        if kept := await pool.take():
            on_connected()
            reader = AnswerReader(self._max_bytes)
            try:
                return await _ask(pool, kept, request, reader)
            except FetchError:
                # Its server may just have closed it (RFC 9112, 9.3.1). Any other request that
                # breaks off waits for its turn at the host before it is made again.
                if reader.has_begun:
                    raise
        connection = await self._connect(origin, pool)
        on_connected()
        return await _ask(pool, connection, request, AnswerReader(self._max_bytes))

    async def close(self) -> None:
        open_ones = [each for pool in self._pools.values() for each in pool.open]
        for connection in open_ones:
            connection.abort()
        await asyncio.gather(*(connection.lost for connection in open_ones))

    async def _connect(self, origin: Origin, pool: "_Pool") -> "_Connection":
        pool.opening += 1
        try:
            addresses = await self._addresses.of(origin.host, origin.port)
            is_tls = origin.scheme == "https"
            plain = await start_connection(addresses, happy_eyeballs_delay=_NEXT_ADDRESS_AFTER)
            _, connection = await asyncio.get_running_loop().create_connection(
                lambda: _Connection(pool.open),
                sock=plain,
                ssl=(self._tls or system_tls()) if is_tls else None,
                server_hostname=origin.host.rstrip(".") if is_tls else None,
            )
        except ssl.SSLError as error:
            raise FetchError(f"TLS: {error}", code="tls") from error
        except OSError as error:
            raise FetchError(f"no connection: {error}", code="connect", retryable=True) from error
        finally:
            pool.opening -= 1
        # Not sooner: of one that is cancelled on its way, uvloop never says that it is lost.
        pool.open.add(connection)
        return connection


async def _ask(
    pool: "_Pool", connection: "_Connection", request: bytes, reader: AnswerReader
) -> Answer:
    try:
        answer = await connection.ask(request, reader)
    except BaseException:
        connection.abort()
        raise
    if answer.keeps_alive:
        pool.put(connection)
    else:
        connection.abort()
    return answer


@cache
def system_tls() -> ssl.SSLContext:
    """Trusts whom the system trusts; to read all their certificates takes a while."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    return context


class _Pool:
    """The connections to one origin."""

    def __init__(self) -> None:
        self.open: set[_Connection] = set()
        self.opening = 0
        self._idle: list[_Connection] = []
        self._waiting = deque[asyncio.Future[_Connection | None]]()

    async def take(self) -> "_Connection | None":
        """One that was kept. None when another is to be made."""
        loop = asyncio.get_running_loop()
        while self._idle:
            kept = self._idle.pop()
            if not kept.lost.done() and monotonic() < kept.idle_since + _KEPT_SECONDS:
                return kept
            kept.abort()
        if len(self.open) + self.opening < _AT_ONCE:
            return None
        waiting: asyncio.Future[_Connection | None] = loop.create_future()
        self._waiting.append(waiting)
        timer = loop.call_later(_SOON, _give_up, waiting)
        try:
            return await waiting
        except asyncio.CancelledError:
            if not waiting.cancelled() and (kept := waiting.result()):
                self.put(kept)
            raise
        finally:
            timer.cancel()

    def put(self, connection: "_Connection") -> None:
        """Keeps it for whoever comes next, or waits."""
        while self._waiting:
            waiting = self._waiting.popleft()
            if not waiting.done():
                waiting.set_result(connection)
                return
        connection.idle_since = monotonic()
        self._idle.append(connection)


def _give_up(waiting: "asyncio.Future[_Connection | None]") -> None:
    if not waiting.done():
        waiting.set_result(None)


class _Connection(asyncio.Protocol):
    """Leaves ``open_ones`` when it may no longer be used."""

    def __init__(self, open_ones: "set[_Connection]") -> None:
        self._open_ones = open_ones
        self._reader: AnswerReader
        self._answer: asyncio.Future[Answer] | None = None
        self.lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.idle_since = 0.0

    async def ask(self, request: bytes, reader: AnswerReader) -> Answer:
        """Raises FetchError."""
        if self.lost.done():
            raise FetchError("the connection was closed", code="protocol", retryable=True)
        self._reader = reader
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        try:
            return await self._answer
        finally:
            del self._reader  # and the page with it

    def abort(self) -> None:
        self._open_ones.discard(self)
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        if self._answer is None or self._answer.done():
            self.abort()  # nothing was asked for
            return
        try:
            answer = self._reader.feed(data)
        except FetchError as error:
            self._answer.set_exception(error)
        else:
            if answer:
                self._answer.set_result(answer)

    def connection_lost(self, exc: Exception | None) -> None:
        self._open_ones.discard(self)
        self.lost.set_result(None)
        if self._answer is None or self._answer.done():
            return
        try:
            if exc:
                message = f"broken answer: {exc}"
                raise FetchError(message, code="protocol", retryable=True) from exc
            self._answer.set_result(self._reader.end())
        except FetchError as error:
            self._answer.set_exception(error)


class _Addresses:
    """Of names; none but those that the guard lets through."""

    def __init__(self, guard: AddressGuard, resolve: Resolver) -> None:
        self._guard = guard
        self._resolve = resolve
        self._known: dict[tuple[str, int], tuple[float, Sequence[AddressInfo]]] = {}
        self._asking = defaultdict[tuple[str, int], asyncio.Lock](asyncio.Lock)

    async def of(self, host: str, port: int) -> Sequence[AddressInfo]:
        """Raises FetchError ``dns`` or ``blocked_address``."""
        async with self._asking[host, port]:
            until, addresses = self._known.get((host, port), (0.0, ()))
            if monotonic() < until:
                return addresses
            try:
                addresses = _as_written(host, port) or await self._resolve(host, port)
            except (OSError, UnicodeError) as error:
                message = f"its name does not resolve: {error}"
                raise FetchError(message, code="dns", retryable=True) from error
            self._guard.check_addresses(host, port, [str(address[0]) for *_, address in addresses])
            self._known[host, port] = (monotonic() + _KNOWN_SECONDS, addresses)
            return addresses


def _as_written(host: str, port: int) -> Sequence[AddressInfo]:
    """Of a host that is an address itself."""
    try:
        return socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
        )
    except socket.gaierror:
        return ()


async def _ask_system(host: str, port: int) -> Sequence[AddressInfo]:
    return await asyncio.get_running_loop().getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG
    )


def _lines(headers: Mapping[str, str]) -> str:
    return "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
