"""A blocking front end of the rate limiter, for threads such as those that list boards."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Generator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager
from typing import Any, Self, TypeVar

from include.errors import JobhuntError
from include.fetch.limits.limiter import HostLimiter, LeaseStore
from include.fetch.limits.policy import PolitenessPolicy

_CALL_SECONDS = 1.0

R = TypeVar("R")


class BlockingLimiter:
    """A context manager that runs a ``HostLimiter`` in a thread, for any number of other threads.

    All threads share one set of leases, so no thread waits for a lease that another thread holds.
    """

    def __init__(self, store: LeaseStore, policy: PolitenessPolicy) -> None:
        self.limiter = HostLimiter(store, policy)
        """The limiter, for coroutines that ``call`` runs."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="host-limiter")

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self.limiter.__aenter__(), self._loop).result()
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self.limiter.__aexit__(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def call(
        self, coroutine: Coroutine[Any, Any, R], *, on_wait: Callable[[], None] = lambda: None
    ) -> R:
        """Run the coroutine in the limiter's event loop, and return its result.

        Args:
            on_wait: called every second until the result is there. If it raises, the coroutine is
                cancelled.
        """
        result = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        try:
            while not wait([result], _CALL_SECONDS).done:
                on_wait()
        except BaseException:
            result.cancel()
            raise
        return result.result()

    @contextmanager
    def request(self, host: str, *, on_wait: Callable[[], None] = lambda: None) -> Generator[None]:
        """Hold a permit while the block sends a request, and record the outcome for the host.

        Args:
            on_wait: called every second until the request may be sent. If it raises, the wait
                ends with that error.

        Raises:
            FetchError, SQLAlchemyError: the same errors as ``HostLimiter.acquire``.
        """
        granted, ended = Future[None](), Future[None]()

        async def hold() -> None:
            async with self.limiter.request(host):
                granted.set_result(None)
                await asyncio.wrap_future(ended)

        holding = asyncio.run_coroutine_threadsafe(hold(), self._loop)
        try:
            while not wait([granted, holding], _CALL_SECONDS, FIRST_COMPLETED).done:
                on_wait()
            if not granted.done():
                holding.result()  # raises the reason why there is no permit
            yield
        except JobhuntError as error:
            (ended.set_exception(error) if granted.done() else holding.cancel())
            raise
        except BaseException:
            holding.cancel()
            raise
        else:
            ended.set_result(None)
        finally:
            wait([holding])
