"""Wait until other processes have done something."""

import time
from collections.abc import Callable

import psutil


def eventually(
    condition: Callable[[], object], *, within: float = 60.0, every: float = 0.02
) -> None:
    """Return as soon as ``condition`` returns a true value.

    Fail the test after ``within`` seconds.
    """
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, f"not so within {within} s"
        time.sleep(every)


def runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
