"""What can go wrong with the one-machine stack; messages are for the person at the terminal."""

from pathlib import Path

from include.errors import JobhuntError
from include.failure_codes import FailureCode


class StackError(JobhuntError):
    """The stack can't start or can't go on."""

    code = FailureCode.STACK


class PortTaken(StackError):
    """Something else listens where one of our servers should."""

    def __init__(self, setting: str, port: int):
        super().__init__(f"{setting}: {port} is taken by another program; set it to a free port")
        self.setting = setting
        self.port = port


class ServerFailed(StackError):
    """A server died or did not get ready in time; the message ends with the tail of its log."""

    def __init__(self, name: str, what: str, log: Path):
        super().__init__(f"{name} {what}; the end of {log}:\n{log_tail(log)}")
        self.name = name


def log_tail(log: Path, lines: int = 20) -> str:
    """The last lines of a log, indented; reads no more than the last 16 KiB."""
    if not log.exists():
        return "  (no log)"
    with log.open("rb") as stream:
        stream.seek(max(0, log.stat().st_size - 16_384))
        text = stream.read().decode(errors="replace")
    return "\n".join(f"  {line}" for line in text.splitlines()[-lines:]) or "  (empty)"
