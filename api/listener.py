"""Postgres's notifications, over the one LISTEN connection of this process.

A notification may be lost while the connection is being made again, so whoever is woken by it
looks at the database, and everyone is woken after each reconnection.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping

import psycopg
from psycopg import sql

_log = logging.getLogger(__name__)
_QUIET = 10.0
"""Seconds without a notification after which the connection is asked whether it is alive."""
_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 2.0


class Listener:
    def __init__(
        self,
        conninfo: str,
        channels: Mapping[str, Callable[[str], None]],
        *,
        connected: Callable[[], None],
    ):
        """
        Args:
            channels: what to call with the payload, by channel; must not block.
            connected: called each time that notifications start to flow.
        """
        self._conninfo = conninfo
        self._channels = channels
        self._connected = connected
        self._pause = _FIRST_PAUSE

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            try:
                await self._listen()
            except (psycopg.Error, OSError, TimeoutError) as error:
                _log.warning("listen_lost", extra={"reason": type(error).__name__})
            await asyncio.sleep(self._pause)
            self._pause = min(self._pause * 2, _LONGEST_PAUSE)

    async def _listen(self) -> None:
        connection = await psycopg.AsyncConnection.connect(
            self._conninfo, autocommit=True, connect_timeout=5, application_name="jobhunt-listen"
        )
        async with connection:
            for channel in self._channels:
                await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
            self._pause = _FIRST_PAUSE
            self._connected()
            while True:
                async for notification in connection.notifies(timeout=_QUIET):
                    self._channels[notification.channel](notification.payload)
                async with asyncio.timeout(5):
                    await connection.execute("SELECT 1")
