"""What a server of the stack is, and how one is brought up, with or without the rest."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from local.errors import ServerFailed
from local.processes import Command, GuardedProcess, describe_exit


@dataclass(frozen=True, kw_only=True)
class Service:
    name: str
    command: Command
    is_ready: Callable[[], bool]
    """Asks the server something real; called until it says yes. Must not block for long."""
    awaits: str
    """What ``is_ready`` looks for, as in "waiting for …"."""
    needs: tuple[str, ...] = ()
    """Names of the services that must be ready before ``prepare`` is called."""
    prepare: Callable[[], None] = lambda: None
    """What must be done before each start, once its needs are met."""
    ready_within: float = 60.0
    """Seconds."""


def start(service: Service) -> GuardedProcess:
    """Returns the running, ready server.

    Raises:
        ServerFailed: it died, or was not ready in time (it is stopped then).
    """
    service.prepare()
    process = GuardedProcess(service.command)
    try:
        wait_ready(service, process)
    except BaseException:
        process.stop()
        raise
    return process


def wait_ready(service: Service, process: GuardedProcess) -> None:
    """Returns when the server answers.

    Raises:
        ServerFailed: it died, or did not answer in time.
    """
    log = service.command.log
    deadline = time.monotonic() + service.ready_within
    while not service.is_ready():
        if (code := process.exit_code()) is not None:
            raise ServerFailed(service.name, describe_exit(code), log)
        if time.monotonic() > deadline:
            what = f"was not ready after {service.ready_within:.0f} s of waiting for"
            raise ServerFailed(service.name, f"{what} {service.awaits}", log)
        time.sleep(0.05)
