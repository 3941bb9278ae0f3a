"""Run a test with random inputs, each within limits of processor time and memory.

``make fuzz`` sets ``JOBHUNT_FUZZ_SECONDS``, the time in seconds for which each test is run. Without
this variable, each test is run with a few inputs, which are the same every time.
"""

import faulthandler
import os
import resource
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

SECONDS = float(os.environ.get("JOBHUNT_FUZZ_SECONDS", "0"))
EXAMPLES = 8
MAX_SECONDS = 5.0
"""The maximum processor time in seconds for one input. Even a slow machine needs less."""
MAX_MEMORY = 512 << 20
"""The maximum memory in bytes that one input may take. The limit is set only on Linux."""
_HANGS_AFTER = 120.0
"""The time in seconds after which a hanging process prints its stack and ends."""

TAGS = [
    "<div>", "</div>", "<main>", "<p>", "<li>", "<h1>", "</h1>", "<table>", "<script>", "</script>",
    "<!--", "-->", "<![CDATA[", "<title>", "<style>", "<svg>", "<template>", "<meta charset=",
    '<script type="application/ld+json">', '{"@type": "JobPosting", "title":', '"baseSalary": {',
    '<div itemscope itemtype="https://schema.org/JobPosting">', '<span itemprop="title">',
    '<meta http-equiv="refresh" content="0; url=', "&#x", "&amp;lt;", "\0", "\ud83d", "\u202e",
    "Salary: ", "$100k - $", "2026-13-45", "no longer available", "]", "}", '"', "'", "\n", " ",
    "9" * 40,
]  # fmt: skip
markup = st.lists(st.sampled_from(TAGS) | st.text(max_size=12), max_size=60).map("".join)
bodies = st.binary(max_size=300) | markup.map(lambda text: text.encode("utf-8", "surrogatepass"))


def repeated(parts: st.SearchStrategy[str], *, most: int) -> st.SearchStrategy[str]:
    """Return texts that repeat a part, between a part before it and one after it.

    The text up to the end of the repetition has at most ``most`` characters.
    """

    def text(before: str, repeated_part: str, after: str, size: int) -> str:
        times = size // max(len(repeated_part), 1)
        return (before + repeated_part * times)[:most] + after

    return st.builds(text, parts, parts, parts, st.integers(1, most))


def fuzzed(**inputs: st.SearchStrategy) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return a decorator that runs a test with random inputs, each within the limits."""

    def decorate(check: Callable[..., None]) -> Callable[..., None]:
        def bounded(**values: object) -> None:
            with _bounds():
                check(**values)

        run_some = settings(
            max_examples=200 if SECONDS else EXAMPLES,
            deadline=None,
            derandomize=not SECONDS,
            database=None,
            suppress_health_check=list(HealthCheck),
        )(given(**inputs)(bounded))

        def test() -> None:
            until = time.monotonic() + SECONDS
            run_some()
            while time.monotonic() < until:
                run_some()

        test.__name__ = check.__name__
        test.__doc__ = check.__doc__
        return test

    return decorate


@contextmanager
def _bounds() -> Generator[None]:
    """Raise MemoryError or AssertionError if the block exceeds the limit of memory or of time."""
    faulthandler.dump_traceback_later(_HANGS_AFTER, exit=True)
    began = time.process_time()
    try:
        with _limited_memory():
            yield
    finally:
        faulthandler.cancel_dump_traceback_later()
    assert time.process_time() - began < MAX_SECONDS


@contextmanager
def _limited_memory() -> Generator[None]:
    if sys.platform != "linux":
        yield
        return
    before = resource.getrlimit(resource.RLIMIT_AS)
    # The first number in this file is the size of the process in memory pages.
    present = int(Path("/proc/self/statm").read_bytes().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (present + MAX_MEMORY, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
