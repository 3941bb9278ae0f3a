"""Detect that the server has been asked to stop.

uvicorn notifies an application only after the last connection is closed, but a stream keeps its
connection open. Therefore we read uvicorn's own flag, ``should_exit``. The server object is found
through uvicorn's handler for SIGTERM. uvicorn sets this handler whether it was started from the
shell or from code. A server that does not run in the main thread sets no handler. Its streams end
only when ``timeout_graceful_shutdown`` is over.
"""

import asyncio
import signal

import uvicorn

_POLL_SECONDS = 0.2


async def server_stops() -> None:
    """Wait until the server has been asked to stop.

    If the server object cannot be found, wait forever.
    """
    while not _is_stopping():  # noqa: ASYNC110 - uvicorn has no event that could be awaited
        await asyncio.sleep(_POLL_SECONDS)


def _is_stopping() -> bool:
    server = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
    return isinstance(server, uvicorn.Server) and server.should_exit
