"""When the server is asked to stop.

uvicorn tells an application so only after its last connection is closed, which a stream never is
by itself. So its own flag is looked at; it is found by the handler that uvicorn has set for
SIGTERM, from the shell as from code. A server run in another thread than the main one sets none:
there streams end with ``timeout_graceful_shutdown``.
"""

import asyncio
import signal

import uvicorn

_LOOK_EVERY = 0.2


async def server_stops() -> None:
    """Returns when it does; never, where there is no telling."""
    while not _is_stopping():  # noqa: ASYNC110 - nothing of uvicorn's can be awaited
        await asyncio.sleep(_LOOK_EVERY)


def _is_stopping() -> bool:
    server = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)
    return isinstance(server, uvicorn.Server) and server.should_exit
