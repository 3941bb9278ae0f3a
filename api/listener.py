"""Receive Postgres's notifications over one LISTEN connection for the whole process.

A notification may be lost while the listener reconnects. Therefore a notification only says that
the database must be read again, and carries no data. The function ``connected`` is called whenever
the listener has connected, so that everything is read again.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping

import psycopg
from psycopg import sql

_log = logging.getLogger(__name__)
_KEEPALIVE_SECONDS = 10.0
"""If no notification arrives for this number of seconds, a query tests the connection."""
_FIRST_PAUSE_SECONDS = 0.1
_MAX_PAUSE_SECONDS = 2.0


class Listener:
    def __init__(
        self,
        conninfo: str,
        channels: Mapping[str, Callable[[str], None]],
        *,
        connected: Callable[[], None],
    ):
        """Create a listener that is not running yet.

        Args:
            channels: the functions to call, by channel. A function gets the payload of each
                notification of its channel, and must not block.
            connected: a function that is called each time the listener has connected.
        """
        self._conninfo = conninfo
        self._channels = channels
        self._connected = connected
        self._pause = _FIRST_PAUSE_SECONDS

    async def run(self) -> None:
        """Listen until cancelled, and reconnect whenever the connection is lost."""
        while True:
            try:
                await self._listen()
            except (psycopg.Error, OSError, TimeoutError) as error:
                _log.warning("listen_lost", extra={"reason": type(error).__name__})
            await asyncio.sleep(self._pause)
            self._pause = min(self._pause * 2, _MAX_PAUSE_SECONDS)

    async def _listen(self) -> None:
        connection = await psycopg.AsyncConnection.connect(
            self._conninfo, autocommit=True, connect_timeout=5, application_name="jobhunt-listen"
        )
        async with connection:
            for channel in self._channels:
                await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
            self._pause = _FIRST_PAUSE_SECONDS
            self._connected()
            while True:
                async for notification in connection.notifies(timeout=_KEEPALIVE_SECONDS):
                    self._channels[notification.channel](notification.payload)
                async with asyncio.timeout(5):
                    await connection.execute("SELECT 1")
