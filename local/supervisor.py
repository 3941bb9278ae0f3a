"""Keeps the stack's servers running: starts each as soon as what it needs is ready, reports one
that dies with the tail of its log, starts it again, and gives up after a few tries in a row.

Each server has one thread for its whole life: on Linux a guardian may be told of the death of
the thread that started it, and the thread has nothing else to wait for anyway.
"""

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from local.errors import ServerFailed, StackError
from local.processes import GuardedProcess, describe_exit
from local.services import Say, Service, StartCancelled, start

T = TypeVar("T")

TRIES = 4
"""Failures in a row, the first included, after which the stack gives up."""
STEADY_AFTER = 60.0
"""Seconds of running after which an earlier failure no longer counts."""


class Supervisor:
    """Not reusable: ``start``, then ``stop``, once each."""

    def __init__(
        self,
        services: Iterable[Service],
        *,
        say: Say,
        changed: Callable[[Mapping[str, GuardedProcess]], None] = lambda running: None,
        gave_up: Callable[[], None] = lambda: None,
        first_pause: float = 0.5,
    ):
        """``changed`` is called, never twice at once, with the servers that run whenever one
        was started or has died; ``gave_up`` once ``failure`` is set. ``first_pause`` is the
        seconds before a first new start; each later one in a row doubles it."""
        self.failure: StackError | None = None
        self._services = {service.name: service for service in services}
        self._say = say
        self._changed = changed
        self._gave_up = gave_up
        self._first_pause = first_pause
        self._running: dict[str, GuardedProcess] = {}
        self._ready: set[str] = set()
        self._stopping = threading.Event()
        self._news = threading.Condition(threading.RLock())
        self._threads = {
            name: threading.Thread(target=self._keep, args=(service,), name=name, daemon=True)
            for name, service in self._services.items()
        }

    def start(self) -> None:
        """Returns when all are ready.

        Raises:
            StackError: one could not be started, or ``stop`` was called.
        """
        for thread in self._threads.values():
            thread.start()
        with self._news:
            self._news.wait_for(
                lambda: self.failure or self._stopping.is_set() or self._all_ready()
            )
            if not self._all_ready():
                raise self.failure or StartCancelled("the stack was stopped before it was ready")

    def _all_ready(self) -> bool:
        return self._ready == set(self._services)

    def look(self, view: Callable[[Mapping[str, GuardedProcess]], T]) -> T:
        """At the servers that run, while none comes or goes."""
        with self._news:
            return view(self._running)

    def stop(self) -> None:
        """Stops every server, those that others need last."""
        self._stopping.set()
        with self._news:
            self._news.notify_all()
        remaining = dict(self._services)
        while remaining:
            needed = {need for service in remaining.values() for need in service.needs}
            now = [name for name in remaining if name not in needed]
            for name in now:
                del remaining[name]
                self._request_stop(name)
            for name in now:
                if self._threads[name].ident is not None:
                    self._threads[name].join()

    def _request_stop(self, name: str) -> None:
        with self._news:
            if process := self._running.get(name):
                process.request_stop()

    def _keep(self, service: Service) -> None:
        failures = 0
        while self._needs_met(service):
            ready_at = None
            try:
                process = self._bring_up(service)
                ready_at = time.monotonic()
                code = process.wait()
                error = ServerFailed(service.name, describe_exit(code), service.command.log)
            except StartCancelled:
                return
            except Exception as failed:  # whatever it is: in a thread, no one else would hear of it
                error = failed
            finally:
                self._note_gone(service.name)
            if self._stopping.is_set():
                return
            steady = ready_at is not None and time.monotonic() - ready_at > STEADY_AFTER
            failures = 1 if steady else failures + 1
            if not self._try_again(service, failures, error):
                return

    def _needs_met(self, service: Service) -> bool:
        """Waits for them; False if the stack stops instead."""
        with self._news:
            self._news.wait_for(
                lambda: self._stopping.is_set() or self._ready.issuperset(service.needs)
            )
        return not self._stopping.is_set()

    def _bring_up(self, service: Service) -> GuardedProcess:
        began = time.monotonic()
        self._say(f"{service.name}: waiting for {service.awaits}…")
        process = start(
            service,
            say=self._say,
            started=lambda process: self._note_started(service.name, process),
            cancelled=self._stopping,
        )
        self._note_ready(service.name)
        self._say(f"{service.name} ready in {time.monotonic() - began:.1f} s")
        return process

    def _try_again(self, service: Service, failures: int, error: Exception) -> bool:
        """Reports the failure and waits; False when the stack gives up or stops."""
        if not isinstance(error, StackError):
            error = StackError(f"{service.name}: {type(error).__name__}: {error}")
        if failures < TRIES:
            pause = self._first_pause * 2 ** (failures - 1)
            self._say(f"{error}\n{service.name}: starting it again in {pause:.1f} s")
            return not self._stopping.wait(pause)
        with self._news:
            self.failure = StackError(f"{error}\n{service.name} failed {failures} times in a row")
            self._news.notify_all()
        self._gave_up()
        return False

    def _note_started(self, name: str, process: GuardedProcess) -> None:
        with self._news:
            self._running[name] = process
            self._changed(self._running)

    def _note_ready(self, name: str) -> None:
        with self._news:
            self._ready.add(name)
            self._news.notify_all()

    def _note_gone(self, name: str) -> None:
        with self._news:
            self._ready.discard(name)
            if self._running.pop(name, None):
                self._changed(self._running)
