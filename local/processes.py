"""Start and stop the stack's servers, each of them under a reaper (reaper.py)."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Self, cast

from local.errors import ServerFailed

_REAPER = Path(__file__).with_name("reaper.py")


@dataclass(frozen=True, kw_only=True)
class Command:
    """A program to run: its arguments, its environment, its log, and the way to stop it."""

    argv: tuple[str, ...]
    log: Path
    """The file to which the program's output is appended."""
    env: Mapping[str, str] = field(default_factory=dict[str, str])
    """Variables that are added to this process's environment."""
    cwd: Path | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    grace: float = 8.0
    """The time in seconds between ``stop_signal`` and SIGKILL.

    It is below 15, because all programs must end within 15 s after their parent was killed.
    """
    without_root: bool = False
    """True if the program refuses uid 0. If this process is root, the program gets another uid."""


class ServerProcess:
    """A running program. It is stopped when ``stop`` is called or when this process dies."""

    pid: int
    """The pid of the program, not of its reaper."""

    def __init__(self, command: Command):
        self.command = command
        options = {
            "stop_signal": command.stop_signal,
            "grace": command.grace,
            "without_root": command.without_root,
        }
        with command.log.open("ab") as log:
            self._reaper = subprocess.Popen(
                [sys.executable, "-I", "-S", _REAPER, json.dumps(options), *command.argv],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env={**os.environ, **command.env},
                cwd=command.cwd,
                start_new_session=True,  # Ctrl-C then reaches only the stack.
            )
        self._stdin = cast("IO[bytes]", self._reaper.stdin)
        with cast("IO[bytes]", self._reaper.stdout) as reaper_output:
            pid_line = reaper_output.readline()
        if not pid_line:
            raise ServerFailed(command.argv[0], "could not be started", command.log)
        self.pid = int(pid_line)

    @property
    def reaper_pid(self) -> int:
        return self._reaper.pid

    def exit_code(self) -> int | None:
        """Return the program's exit code.

        It is None while the program runs. If a signal killed the program, it is 128 + the signal's
        number.
        """
        return self._reaper.poll()

    def wait(self, timeout: float | None = None) -> int:
        """Wait until the program has ended, and return its exit code.

        Raises:
            subprocess.TimeoutExpired: the program has not ended within ``timeout`` seconds.
        """
        code = self._reaper.wait(timeout)
        self._stdin.close()
        return code

    def request_stop(self) -> None:
        """Ask the program to stop, and return at once.

        ``wait`` returns when the program has ended.
        """
        self._stdin.close()

    def stop(self) -> int:
        self.request_stop()
        return self.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def run_to_end(name: str, command: Command, timeout: float) -> None:
    """Run a command that ends by itself, and wait for its end.

    Raises:
        ServerFailed: the command's exit code is not 0, or it did not end within ``timeout``
            seconds.
    """
    with ServerProcess(command) as process:
        try:
            code = process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise ServerFailed(name, f"took more than {timeout:.0f} s", command.log) from None
    if code != 0:
        raise ServerFailed(name, describe_exit(code), command.log)


def describe_exit(code: int) -> str:
    """Return words that say how a program ended. They complete a sentence with the program's name.

    Args:
        code: the exit code, or 128 + the number of the signal that killed the program.
    """
    try:
        return f"was killed ({signal.Signals(code - 128).name})"
    except ValueError:
        return f"exited with code {code}"
