"""An event loop in a thread of its own. All threads that list boards share it (ADR 45)."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, contextmanager
from typing import Any, Self, TypeVar

_CHECK_SECONDS = 1.0
"""The interval in seconds between two calls of ``check``."""
_MAX_THREADS = 32
"""The maximum number of threads for calls that would block the event loop: name lookups, which may
be slow, and calls of the robots.txt store."""

R = TypeVar("R")


class EventLoopThread:
    """A context manager that runs an event loop in a thread of its own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._loop.set_default_executor(ThreadPoolExecutor(_MAX_THREADS))
        self._thread = threading.Thread(target=self._loop.run_forever, name="event-loop")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def call(
        self, coroutine: Coroutine[Any, Any, R], *, check: Callable[[], None] = lambda: None
    ) -> R:
        """Run the coroutine in the event loop, and return its result.

        Args:
            check: a function that is called every second in the event loop until the coroutine has
                ended. If the function raises an error, the coroutine is cancelled, and ``call``
                raises the same error.
        """
        return asyncio.run_coroutine_threadsafe(
            _await_with_checks(coroutine, check), self._loop
        ).result()

    @contextmanager
    def entered(self, resource: AbstractAsyncContextManager[R]) -> Generator[R]:
        """Enter an async context manager in the event loop, and exit it there after the block."""
        entered = self.call(resource.__aenter__())
        try:
            yield entered
        finally:
            self.call(resource.__aexit__(None, None, None))


async def _await_with_checks(coroutine: Coroutine[Any, Any, R], check: Callable[[], None]) -> R:
    """Return the result of the coroutine, and call ``check`` every second until it has ended."""
    task = asyncio.create_task(coroutine)
    try:
        await asyncio.wait([task], timeout=_CHECK_SECONDS)
        while not task.done():
            check()
            await asyncio.wait([task], timeout=_CHECK_SECONDS)
        return task.result()
    finally:
        task.cancel()
        await asyncio.wait([task])
