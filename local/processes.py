"""Starting and stopping the stack's servers, each under its guardian (guardian.py)."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Self, cast

from local.errors import ServerFailed

_GUARDIAN = Path(__file__).with_name("guardian.py")


@dataclass(frozen=True, kw_only=True)
class Command:
    """How to run one program."""

    argv: tuple[str, ...]
    log: Path
    """Where its output is appended."""
    env: Mapping[str, str] = field(default_factory=dict[str, str])
    """Added to this process's environment."""
    cwd: Path | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    grace: float = 8.0
    """Seconds from ``stop_signal`` to SIGKILL; all is over within 15 s of a killed parent."""
    without_root: bool = False
    """For programs that refuse uid 0: run as someone else if we are root."""


class GuardedProcess:
    """A running program; it ends when ``stop`` is called or when this process dies."""

    pid: int
    """Of the program; its children are its own."""

    def __init__(self, command: Command):
        self.command = command
        options = {
            "stop_signal": command.stop_signal,
            "grace": command.grace,
            "without_root": command.without_root,
        }
        with command.log.open("ab") as log:
            self._guardian = subprocess.Popen(
                [sys.executable, "-I", "-S", _GUARDIAN, json.dumps(options), *command.argv],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env={**os.environ, **command.env},
                cwd=command.cwd,
                start_new_session=True,  # Ctrl-C is for the stack alone
            )
        self._lifeline = cast("IO[bytes]", self._guardian.stdin)
        with cast("IO[bytes]", self._guardian.stdout) as announcement:
            line = announcement.readline()
        if not line:
            raise ServerFailed(command.argv[0], "could not be started", command.log)
        self.pid = int(line)

    @property
    def guardian_pid(self) -> int:
        return self._guardian.pid

    def exit_code(self) -> int | None:
        """None while it runs; 128 + the signal if one killed it."""
        return self._guardian.poll()

    def wait(self, timeout: float | None = None) -> int:
        code = self._guardian.wait(timeout)
        self._lifeline.close()
        return code

    def request_stop(self) -> None:
        """Returns at once; ``wait`` for the end."""
        self._lifeline.close()

    def stop(self) -> int:
        self.request_stop()
        return self.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def run_to_end(name: str, command: Command, timeout: float) -> None:
    """Runs a command that ends by itself.

    Raises:
        ServerFailed: it exited with anything but 0, or not within ``timeout`` seconds.
    """
    with GuardedProcess(command) as process:
        try:
            code = process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise ServerFailed(name, f"took more than {timeout:.0f} s", command.log) from None
    if code != 0:
        raise ServerFailed(name, describe_exit(code), command.log)


def describe_exit(code: int) -> str:
    try:
        return f"was killed ({signal.Signals(code - 128).name})"
    except ValueError:
        return f"exited with code {code}"
