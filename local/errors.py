"""Define the errors of the one-machine stack. Their messages are shown on the terminal."""

from pathlib import Path

from include.errors import JobhuntError
from include.failure_codes import FailureCode


class StackError(JobhuntError):
    """The stack can't start or can't continue."""

    code = FailureCode.STACK


class PortTaken(StackError):
    """Another program listens on the port of one of our servers, or two settings name one port."""

    def __init__(self, setting: str, port: int):
        super().__init__(f"{setting}: {port} is taken by another program; set it to a free port")
        self.setting = setting
        self.port = port


class ServerFailed(StackError):
    """A server ended or was not ready in time. The message ends with the last lines of its log."""

    def __init__(self, name: str, failure: str, log: Path):
        super().__init__(f"{name} {failure}; the end of {log}:\n{log_tail(log)}")
        self.name = name


def log_tail(log: Path) -> str:
    """Return the last 20 lines of a log, indented. At most the last 16 KiB are read."""
    if not log.exists():
        return "  (no log)"
    with log.open("rb") as stream:
        stream.seek(max(0, log.stat().st_size - 16_384))
        text = stream.read().decode(errors="replace")
    return "\n".join(f"  {line}" for line in text.splitlines()[-20:]) or "  (empty)"
