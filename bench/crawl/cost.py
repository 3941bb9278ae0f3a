"""The cost of a crawl. A crawler's process measures it, and writes it as one line of JSON."""

import gc
import json
import resource
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass


@dataclass
class Cost:
    """The cost of a crawl of ``pages`` pages."""

    seconds: float = 0.0
    cpu_seconds: float = 0.0
    """The processor time in seconds of the process and its ended child processes."""
    resident_bytes: int = 0
    """The highest resident memory in bytes."""
    pages: int = 0
    read: int = 0
    """The number of pages whose posting was extracted."""

    @property
    def pages_per_second(self) -> float:
        return self.pages / self.seconds

    @property
    def cpu_ms_per_page(self) -> float:
        return self.cpu_seconds * 1000 / self.pages

    @property
    def pages_per_cpu_second(self) -> float:
        return self.pages / self.cpu_seconds


@contextmanager
def measured_cost(pages: int) -> Generator[Cost]:
    """Measure the block, and yield a ``Cost`` whose values are set when the block ends.

    Before the block, all existing objects are frozen (``gc.freeze``), as Airflow does before it
    forks workers. Therefore garbage collection in the block does not visit them.
    """
    gc.collect()
    gc.freeze()
    cost = Cost(pages=pages)
    cpu_before, began = _cpu_seconds(), time.monotonic()
    yield cost
    cost.seconds = time.monotonic() - began
    cost.cpu_seconds = _cpu_seconds() - cpu_before
    cost.resident_bytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _cpu_seconds() -> float:
    used = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)


def print_cost(cost: Cost) -> None:
    """Write the cost to stdout as one line of JSON."""
    sys.stdout.write(json.dumps(asdict(cost)) + "\n")
