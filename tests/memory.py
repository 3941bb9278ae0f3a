"""Measure the memory of a worker's work, in the test's process and in those that read pages."""

import threading
from pathlib import Path
from typing import Self

import psutil

_EVERY_SECONDS = 0.05
_IDLE_WORKER_BYTES = 93 << 20
"""The memory in bytes of a process that does nothing yet.

It was measured after the process had imported the steps of the pipeline and loaded the data for
reading.
"""


class WorkerMemory:
    """A context manager that estimates the peak memory of a worker that runs its block.

    The test's process has more modules than a worker. Therefore only the growth of the memory of
    this process and its children is measured, and added to the memory of an idle worker.
    Proportional set sizes are measured, so that memory that forked processes share counts once. The
    memory of the test's servers counts, too, because they run in this process.
    """

    peak = 0
    """The highest memory so far, in bytes, including ``_IDLE_WORKER_BYTES``."""

    def __enter__(self) -> Self:
        self._before = _used_bytes()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="memory")
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stopped.wait(_EVERY_SECONDS):
            self.peak = max(self.peak, _used_bytes() - self._before + _IDLE_WORKER_BYTES)


def is_fork(process: psutil.Process) -> bool:
    """Return whether the process is a fork of this one, as the processes that read pages are.

    A fork has the same command line.
    """
    try:
        return process.cmdline() == psutil.Process().cmdline()
    except psutil.Error:  # the process has just ended, so its memory is free
        return False


def _used_bytes() -> int:
    """Return the memory in bytes that this process and its forks use together."""
    process = psutil.Process()
    forks = [child.pid for child in process.children(recursive=True) if is_fork(child)]
    return sum(map(_proportional_bytes, [process.pid, *forks]))


def _proportional_bytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:  # the process has just ended, so it uses no memory
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)
