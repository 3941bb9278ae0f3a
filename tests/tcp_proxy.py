"""Run a TCP proxy on 127.0.0.1, in a thread of its own. The proxy can cut and stall connections."""

import asyncio
import threading
from collections.abc import Coroutine, Generator
from contextlib import contextmanager


class TcpProxy:
    """A proxy that relays every connection to the port ``target``.

    Its methods return at once. They may be called from any thread, and from a signal handler.
    """

    def __init__(self, *, port: int, target: int) -> None:
        self._port = port
        self._target = target
        self._loop = asyncio.new_event_loop()
        self._connections: set[asyncio.Task[None]] = set()
        self._flows = asyncio.Event()
        """Set while bytes are passed on."""
        self._reachable = True
        """False while new connections are reset."""

    def cut(self, seconds: float) -> None:
        """Reset all connections. For ``seconds``, also reset each new one."""
        self._schedule(self._cut(seconds))

    def stall(self, seconds: float) -> None:
        """Hold back all bytes for ``seconds``, and then pass them on."""
        self._schedule(self._stall(seconds))

    def _schedule(self, fault: Coroutine[object, object, None]) -> None:
        asyncio.run_coroutine_threadsafe(fault, self._loop)

    async def _cut(self, seconds: float) -> None:
        self._reachable = False
        for connection in self._connections:
            connection.cancel()
        await asyncio.sleep(seconds)
        self._reachable = True

    async def _stall(self, seconds: float) -> None:
        self._flows.clear()
        await asyncio.sleep(seconds)
        self._flows.set()

    def serve(self, ready: threading.Event) -> None:
        """Run the proxy until ``stop`` is called.

        Set ``ready`` when the proxy accepts connections.
        """
        asyncio.set_event_loop(self._loop)
        self._flows.set()
        server = self._loop.run_until_complete(
            asyncio.start_server(self._relay, "127.0.0.1", self._port)
        )
        ready.set()
        self._loop.run_forever()
        server.close()
        for connection in self._connections:
            connection.cancel()
        self._loop.run_until_complete(asyncio.gather(*self._connections, return_exceptions=True))
        self._loop.close()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Relay the bytes of one connection in both directions until one side closes it."""
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            if self._reachable:
                from_target, to_target = await asyncio.open_connection("127.0.0.1", self._target)
                try:
                    await _first(self._pump(reader, to_target), self._pump(from_target, writer))
                finally:
                    to_target.transport.abort()
        except (OSError, asyncio.CancelledError):
            pass  # not an error: the client, the server or the proxy has closed the connection
        finally:
            writer.transport.abort()
            self._connections.discard(task)

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        while chunk := await source.read(65536):
            await self._flows.wait()
            sink.write(chunk)
            await sink.drain()


async def _first(*pumps: Coroutine[object, object, None]) -> None:
    """Run the pumps until one of them ends. Then cancel the others."""
    tasks = [asyncio.ensure_future(pump) for pump in pumps]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@contextmanager
def tcp_proxy(*, port: int, target: int) -> Generator[TcpProxy]:
    """Run a proxy on ``port``, in front of the server on port ``target``, until the block ends."""
    proxy = TcpProxy(port=port, target=target)
    ready = threading.Event()
    thread = threading.Thread(target=proxy.serve, args=(ready,), name="tcp-proxy", daemon=True)
    thread.start()
    ready.wait()
    try:
        yield proxy
    finally:
        proxy.stop()
        thread.join()
