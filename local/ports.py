"""Find free ports on 127.0.0.1, and check that the ports of the settings are free."""

import itertools
import os
import socket
from collections.abc import Mapping

from local.errors import PortTaken

_FIRST_PORT, _PORT_COUNT = 12_000, 10_000
"""The ports that ``free_port`` chooses from: the first one, and their number.

They are below Linux's ephemeral range (32768 and up). They stay below it when SeaweedFS adds
10,000.
"""

_offsets = itertools.count(os.getpid() * 37)


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
    """Return a port p such that p and p + 10,000 are free.

    No port is returned twice in one process. Different processes begin their search at different
    ports.
    """
    for offset in _offsets:
        port = _FIRST_PORT + offset % _PORT_COUNT
        if is_free(port) and is_free(port + 10_000):
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
