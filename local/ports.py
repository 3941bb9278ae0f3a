"""Find free ports on 127.0.0.1, and check that the ports of the settings are free."""

import itertools
import os
import socket
from collections import deque
from collections.abc import Mapping

from local.errors import PortTaken

_FIRST_PORT, _PORT_COUNT = 12_000, 10_000
"""The ports that ``free_port`` chooses from: the first one, and their number.

They are below Linux's ephemeral range (32768 and up). They stay below it when SeaweedFS adds
10,000.
"""

_HELD_PORTS = 100
"""The number of chosen ports that a process holds. Each takes two file descriptors."""

_offsets = itertools.count(os.getpid() * 37)
"""The next offsets from the first port. Processes start at different offsets."""
_held_sockets: deque[tuple[int, int]] = deque()
"""The sockets that keep other processes from choosing the ports that this process chose last.

They are file descriptors, because they stay open until the process ends.
"""


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        # With this option, a port in TIME_WAIT counts as free. It is free for our servers, because
        # they set the option, too.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """Return a port p such that both p and p + 10,000, which SeaweedFS uses, too, are free.

    This process holds the last 100 ports, so no other process chooses them before a server listens.
    The server must set SO_REUSEADDR.
    """
    for offset in _offsets:
        port = _FIRST_PORT + offset % _PORT_COUNT
        sockets = (socket.socket(), socket.socket())
        try:
            for held, number in zip(sockets, (port, port + 10_000), strict=True):
                # Without SO_REUSEADDR, this fails if another process holds the port.
                held.bind(("127.0.0.1", number))
                # With it, a server that sets the option, too, can listen at the held port.
                held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        except OSError:
            for held in sockets:
                held.close()
        else:
            if len(_held_sockets) == _HELD_PORTS:
                for descriptor in _held_sockets.popleft():
                    os.close(descriptor)
            _held_sockets.append((sockets[0].detach(), sockets[1].detach()))
            return port
    raise AssertionError("_offsets never ends")


def check_free(ports: Mapping[str, int]) -> None:
    """Check that the ports are free. The keys of ``ports`` are the names of their settings.

    Raises:
        PortTaken: a port is taken, or two settings name it. The error names the first such port.
    """
    named_ports: set[int] = set()
    for setting, port in ports.items():
        if port in named_ports or not is_free(port):
            raise PortTaken(setting, port)
        named_ports.add(port)
