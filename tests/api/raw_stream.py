"""Connect clients to the progress stream on bare sockets.

Such clients are cheap, so a test can connect hundreds. Some of them read nothing.
"""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from api.app import BASE
from tests.api.conftest import make_token


def request(run_id: int, user: str = "ada") -> bytes:
    lines = (
        f"GET {BASE}/progress/{run_id} HTTP/1.1",
        "Host: 127.0.0.1",
        f"Authorization: Bearer {make_token(user)}",
    )
    return "\r\n".join([*lines, "", ""]).encode()


@asynccontextmanager
async def raw_stream(
    port: int, run_id: int, user: str = "ada"
) -> AsyncIterator[asyncio.StreamReader]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request(run_id, user))
    try:
        yield reader
    finally:
        writer.transport.abort()


@asynccontextmanager
async def unreading_client(port: int, run_id: int) -> AsyncIterator[socket.socket]:
    """Request the stream and read nothing. The receive buffer is as small as possible."""
    loop = asyncio.get_running_loop()
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.setblocking(False)
        await loop.sock_connect(connection, ("127.0.0.1", port))
        await loop.sock_sendall(connection, request(run_id))
        yield connection
