"""Ports on 127.0.0.1: free ones for servers' internals; a check of those that are settings."""

import itertools
import os
import socket
from collections.abc import Mapping

from local.errors import PortTaken

_FIRST, _COUNT = 12_000, 10_000
"""Below Linux's ephemeral range (32768 and up), also after adding SeaweedFS's 10,000."""

_offsets = itertools.count(os.getpid() * 37)


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As servers do: a port in TIME_WAIT is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port p such that p and p + 10,000 are free, never the same twice in one process; other
    processes begin their search elsewhere."""
    for offset in _offsets:
        port = _FIRST + offset % _COUNT
        if is_free(port) and is_free(port + 10_000):
            return port
    raise AssertionError("the count is endless")


def check_free(ports: Mapping[str, int]) -> None:
    """By the name of their setting.

    Raises:
        PortTaken: the first that is taken, or that two settings name.
    """
    seen: set[int] = set()
    for setting, port in ports.items():
        if port in seen or not is_free(port):
            raise PortTaken(setting, port)
        seen.add(port)
