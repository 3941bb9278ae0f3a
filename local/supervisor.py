"""Keep the stack's servers running.

Each server is started as soon as the servers that it needs are ready. If a server ends, the
supervisor reports this and the last lines of the server's log, and starts the server again. If a
server fails a few times in a row, the stack gives up. Failures while the disk is full do not count.
The server then waits for free space.

Each server has one thread, which starts the server's reaper and waits for its end. On Linux, a
parent-death signal (PR_SET_PDEATHSIG in prctl(2)) is sent to a process when the thread that started
it ends, even if the other threads go on. Therefore this thread must not end before the reaper.
"""

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TypeVar

from local.errors import ServerFailed, StackError
from local.processes import ServerProcess, describe_exit
from local.services import Say, Service, StartCancelled, start

T = TypeVar("T")

MAX_FAILURES = 4
"""The number of failures of one server in a row after which the stack gives up."""
STABLE_AFTER_SECONDS = 60.0
"""The time in seconds after which the earlier failures of a running server no longer count."""
_DISK_POLL_SECONDS = 1.0
"""The time in seconds between two checks of the disk's free space."""


class Supervisor:
    """A supervisor, which starts the services and keeps them running.

    ``start`` and ``stop`` can be called once each.
    """

    def __init__(
        self,
        services: Iterable[Service],
        *,
        say: Say,
        changed: Callable[[Mapping[str, ServerProcess]], None] = lambda running: None,
        gave_up: Callable[[], None] = lambda: None,
        has_room: Callable[[], bool] = lambda: True,
        first_pause: float = 0.5,
    ):
        """Create a supervisor of ``services``.

        Args:
            changed: a function that gets the running servers whenever one was started or has ended.
                It is never called twice at once. If it fails, this is reported.
            gave_up: a function that is called after ``failure`` was set.
            has_room: a function that returns False while the disk is full. It is called before a
                server is started again.
            first_pause: the pause in seconds before a server is started again. Each failure in a
                row doubles it.
        """
        self.failure: StackError | None = None
        """The error because of which the stack gave up; None if it did not."""
        self._services = {service.name: service for service in services}
        self._say = say
        self._changed = changed
        self._gave_up = gave_up
        self._has_room = has_room
        self._first_pause = first_pause
        self._running: dict[str, ServerProcess] = {}
        self._ready: set[str] = set()
        self._stopping = threading.Event()
        self._state_changed = threading.Condition(threading.RLock())
        self._threads = {
            name: threading.Thread(
                target=self._keep_running, args=(service,), name=name, daemon=True
            )
            for name, service in self._services.items()
        }

    def start(self) -> None:
        """Start all services, and return when all are ready.

        Raises:
            StackError: a service could not be started, or ``stop`` was called.
        """
        for thread in self._threads.values():
            thread.start()
        with self._state_changed:
            self._state_changed.wait_for(
                lambda: self.failure or self._stopping.is_set() or self._all_ready()
            )
            if not self._all_ready():
                raise self.failure or StartCancelled("the stack was stopped before it was ready")

    def _all_ready(self) -> bool:
        return self._ready == set(self._services)

    def read_running(self, read: Callable[[Mapping[str, ServerProcess]], T]) -> T:
        """Return the result of ``read`` for the running servers.

        No server is added or removed during the call.
        """
        with self._state_changed:
            return read(self._running)

    def stop(self) -> None:
        """Stop every server. A server is stopped after the servers that need it."""
        self._stopping.set()
        with self._state_changed:
            self._state_changed.notify_all()
        remaining = dict(self._services)
        while remaining:
            needed_services = {need for service in remaining.values() for need in service.needs}
            unneeded = [name for name in remaining if name not in needed_services]
            for name in unneeded:
                del remaining[name]
                self._request_stop(name)
            for name in unneeded:
                if self._threads[name].ident is not None:
                    self._threads[name].join()

    def _request_stop(self, name: str) -> None:
        with self._state_changed:
            if process := self._running.get(name):
                process.request_stop()

    def _keep_running(self, service: Service) -> None:
        """Start the service's server whenever it does not run, until the stack stops."""
        failures = 0
        while self._wait_for_needs(service):
            ready_at = None
            try:
                process = self._start_and_wait(service)
                ready_at = time.monotonic()
                code = process.wait()
                error = ServerFailed(service.name, describe_exit(code), service.command.log)
            except StartCancelled:
                return
            except Exception as failed:  # An exception that leaves the thread would be lost.
                error = failed
            finally:
                self._note_ended(service.name)
            if self._stopping.is_set():
                return
            was_stable = ready_at is not None and time.monotonic() - ready_at > STABLE_AFTER_SECONDS
            if not self._has_room():
                failures = 0
                self._say(f"{error}\n{service.name}: waiting for room on the disk…")
                if self._wait_for_room():
                    continue
                return
            # The failures before a stable time do not count. This failure always counts.
            failures = 1 if was_stable else failures + 1
            if not self._try_again(service, failures, error):
                return

    def _wait_for_needs(self, service: Service) -> bool:
        """Wait for the services that ``service`` needs. Return False if the stack stops instead."""
        with self._state_changed:
            self._state_changed.wait_for(
                lambda: self._stopping.is_set() or self._ready.issuperset(service.needs)
            )
        return not self._stopping.is_set()

    def _start_and_wait(self, service: Service) -> ServerProcess:
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
        """Report the failure and wait before the next try. Return False if there is no next try."""
        if not isinstance(error, StackError):
            error = StackError(f"{service.name}: {type(error).__name__}: {error}")
        if failures < MAX_FAILURES:
            pause = self._first_pause * 2 ** (failures - 1)
            self._say(f"{error}\n{service.name}: starting it again in {pause:.1f} s")
            return not self._stopping.wait(pause)
        with self._state_changed:
            self.failure = StackError(f"{error}\n{service.name} failed {failures} times in a row")
            self._state_changed.notify_all()
        self._gave_up()
        return False

    def _wait_for_room(self) -> bool:
        """Wait until the disk has room. Return False if the stack stops instead."""
        while not self._has_room():
            if self._stopping.wait(_DISK_POLL_SECONDS):
                return False
        return True

    def restart_idle(self, since: datetime, *, timeout: float) -> None:
        """Stop the servers that were ready and do no work any more. They are then started again.

        Args:
            since: the time after which a server must have done work.
            timeout: the number of seconds for which this waits until the servers have done work.
        """
        idle = self.read_running(
            lambda running: {name: each for name, each in running.items() if name in self._ready}
        )
        deadline = time.monotonic() + timeout
        while idle and time.monotonic() < deadline and not self._stopping.wait(1.0):
            idle = {name: process for name, process in idle.items() if not self._works(name, since)}
        for name, process in idle.items():
            if not self._stopping.is_set() and process.exit_code() is None:
                self._say(f"{name} runs but does no work; starting it again")
                process.request_stop()

    def _works(self, name: str, since: datetime) -> bool:
        service = self._services[name]
        return (service.works or service.is_ready)(since)

    def _note_started(self, name: str, process: ServerProcess) -> None:
        with self._state_changed:
            self._running[name] = process
            self.report()

    def _note_ready(self, name: str) -> None:
        with self._state_changed:
            self._ready.add(name)
            self._state_changed.notify_all()

    def _note_ended(self, name: str) -> None:
        with self._state_changed:
            self._ready.discard(name)
            if self._running.pop(name, None):
                self.report()

    def report(self) -> None:
        """Call ``changed`` with the running servers. An error of this call is only reported."""
        with self._state_changed:
            try:
                self._changed(self._running)
            except Exception as error:  # Otherwise the server's thread would end.
                self._say(f"the running servers can't be recorded: {error}")
