"""Distinguish a full disk from a broken server, and report when the disk has room again.

If Postgres, SeaweedFS and Airflow cannot write, they may end, or may continue without doing any
work. ADR 31 has the reasons.
"""

import shutil
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from local.services import Say

_MIN_FREE_BYTES = 100 * 2**20
"""The free space in bytes below which the disk counts as full.

It is well above 16 MiB, the size of a file that Postgres writes.
"""
_POLL_SECONDS = 1.0
"""The time in seconds between two checks of the free space."""


class Disk:
    """The disk that holds the stack's home."""

    def __init__(self, home: Path, say: Say):
        self._home = home
        self._say = say

    def has_room(self) -> bool:
        return self._free_bytes() >= _MIN_FREE_BYTES

    def _free_bytes(self) -> int:
        """Return the free space in bytes.

        A file system without any space of its own, such as /proc, does not count as full.
        """
        existing = next(path for path in (self._home, *self._home.parents) if path.exists())
        usage = shutil.disk_usage(existing)
        return usage.free if usage.total else _MIN_FREE_BYTES

    def wait_for_room(self, stopping: threading.Event) -> datetime:
        """Report that the disk is full, wait for free space, and return the time of the wait's end.

        If ``stopping`` is set, the wait ends at once.
        """
        self._say(
            f"the disk of {self._home} is full ({self._free_bytes() // 2**20} MiB free), so runs"
            f" and servers can fail. Make room: from {_MIN_FREE_BYTES // 2**20} MiB"
            " the stack goes on by itself"
        )
        while not self.has_room() and not stopping.wait(_POLL_SECONDS):
            pass
        if not stopping.is_set():
            self._say("the disk has room again")
        return datetime.now(UTC)

    def watch(self, stopping: threading.Event, has_room_again: Callable[[datetime], None]) -> None:
        """Call ``has_room_again`` each time that the disk was full and has room again.

        Return when ``stopping`` is set.
        """
        while not stopping.wait(_POLL_SECONDS):
            if not self.has_room():
                since = self.wait_for_room(stopping)
                if not stopping.is_set():
                    has_room_again(since)
