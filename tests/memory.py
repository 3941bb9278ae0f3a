"""The memory of a worker under test: the test's process and its reading processes."""

import threading
from pathlib import Path
from typing import Self

import psutil

_EVERY_SECONDS = 0.05


class WorkerMemory:
    """A context manager that measures the peak memory of this process and its children.

    It measures proportional set sizes, so that memory which forked processes share counts once. The
    servers of a test run in its process, so their memory counts, too.
    """

    peak = 0
    """The highest measured number of bytes so far."""

    def __enter__(self) -> Self:
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="memory")
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()

    def _watch(self) -> None:
        process = psutil.Process()
        while not self._stopped.wait(_EVERY_SECONDS):
            readers = [child for child in process.children(recursive=True) if is_fork(child)]
            total = sum(map(_proportional_bytes, [process.pid, *(each.pid for each in readers)]))
            self.peak = max(self.peak, total)


def is_fork(process: psutil.Process) -> bool:
    """Return whether the process runs the same program as this one, as reading processes do."""
    try:
        return process.cmdline() == psutil.Process().cmdline()
    except psutil.Error:  # it has just ended
        return False


def _proportional_bytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:  # it has just ended
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)
