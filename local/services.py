"""What a server of the stack is, and how one is brought up, with or without the rest."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from local.errors import ServerFailed, StackError
from local.processes import Command, GuardedProcess, describe_exit

Say = Callable[[str], None]
"""Takes a line of progress for the person at the terminal."""


@dataclass(frozen=True, kw_only=True)
class Service:
    name: str
    command: Command
    is_ready: Callable[[datetime], bool]
    """Asks the server, started at the given time, something real; called until it says yes."""
    awaits: str
    """What ``is_ready`` looks for, as in "waiting for …"."""
    needs: tuple[str, ...] = ()
    """Services that must be ready before ``prepare`` is called, and are stopped later."""
    prepare: Callable[[Say], None] = lambda say: None
    """What must be done before each start, once its needs are met; says what takes long."""
    ready_within: float = 60.0
    """Seconds."""
    ask_every: float = 0.05
    """Seconds between calls of ``is_ready``."""


class StartCancelled(StackError):
    """The stack stops while a server of it is still starting."""


def start(
    service: Service,
    *,
    say: Say = lambda line: None,
    started: Callable[[GuardedProcess], None] = lambda process: None,
    cancelled: threading.Event | None = None,
) -> GuardedProcess:
    """Returns the running, ready server; ``started`` is told of it before it is ready.

    Raises:
        ServerFailed: it died, or was not ready in time (it is stopped then).
        StartCancelled: ``cancelled`` was set meanwhile (it is stopped then).
    """
    service.prepare(say)
    started_at = datetime.now(UTC)
    process = GuardedProcess(service.command)
    try:
        started(process)
        _wait_ready(service, process, started_at, cancelled or threading.Event())
    except BaseException:
        process.stop()
        raise
    return process


def _wait_ready(
    service: Service, process: GuardedProcess, started_at: datetime, cancelled: threading.Event
) -> None:
    log = service.command.log
    deadline = time.monotonic() + service.ready_within
    while not service.is_ready(started_at):
        if cancelled.wait(service.ask_every):
            raise StartCancelled(f"{service.name} was stopped before it was ready")
        if (code := process.exit_code()) is not None:
            raise ServerFailed(service.name, describe_exit(code), log)
        if time.monotonic() > deadline:
            what = f"was not ready after {service.ready_within:.0f} s of waiting for"
            raise ServerFailed(service.name, f"{what} {service.awaits}", log)
