"""Describe a server of the stack as a service, and start it.

A service can be started by itself or together with the others.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from local.errors import ServerFailed, StackError
from local.processes import Command, ServerProcess, describe_exit

Say = Callable[[str], None]
"""A function that shows text about the progress on the terminal."""


@dataclass(frozen=True, kw_only=True)
class Service:
    """A server of the stack: its command, and how to start it and to check that it is ready."""

    name: str
    command: Command
    is_ready: Callable[[datetime], bool]
    """A function that returns True if the server does real work.

    It gets the time at which the server was started. It is called until it returns True.
    """
    awaits: str
    """The event that ``is_ready`` waits for, in words that complete "waiting for …"."""
    works: Callable[[datetime], bool] | None = None
    """A function that returns True if the running server has done work since the given time.

    If None, ``is_ready`` is used.
    """
    needs: tuple[str, ...] = ()
    """The names of the services that must be ready before ``prepare`` is called.

    They are stopped after this service.
    """
    prepare: Callable[[Say], None] = lambda say: None
    """A function that is called before each start, when the needed services are ready.

    It reports its slow steps by the function that it gets.
    """
    ready_within: float = 60.0
    """The maximum time in seconds from the server's start until it is ready."""
    poll_seconds: float = 0.05
    """The pause in seconds between two calls of ``is_ready``."""


class StartCancelled(StackError):
    """The stack was stopped before one of its servers was ready."""


def start(
    service: Service,
    *,
    say: Say = lambda line: None,
    started: Callable[[ServerProcess], None] = lambda process: None,
    cancelled: threading.Event | None = None,
) -> ServerProcess:
    """Start the service's server, and return it when it is ready.

    Args:
        started: a function that gets the server as soon as it runs, before it is ready.
        cancelled: an event that ends the start when it is set.

    Raises:
        ServerFailed: the server ended, or was not ready in time and has been stopped.
        StartCancelled: ``cancelled`` was set, and the server has been stopped.
    """
    service.prepare(say)
    started_at = datetime.now(UTC)
    process = ServerProcess(service.command)
    try:
        started(process)
        _wait_ready(service, process, started_at, cancelled or threading.Event())
    except BaseException:
        process.stop()
        raise
    return process


def _wait_ready(
    service: Service, process: ServerProcess, started_at: datetime, cancelled: threading.Event
) -> None:
    log = service.command.log
    deadline = time.monotonic() + service.ready_within
    while not service.is_ready(started_at):
        if cancelled.wait(service.poll_seconds):
            raise StartCancelled(f"{service.name} was stopped before it was ready")
        if (code := process.exit_code()) is not None:
            raise ServerFailed(service.name, describe_exit(code), log)
        if time.monotonic() > deadline:
            failure = f"was not ready after {service.ready_within:.0f} s of waiting for"
            raise ServerFailed(service.name, f"{failure} {service.awaits}", log)
