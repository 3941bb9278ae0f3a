"""What a command can end in, and the exit codes that scripts rely on."""

from enum import IntEnum

from include.core.run_state import RunStatus
from include.errors import JobhuntError
from include.failure_codes import FailureCode


class ExitCode(IntEnum):
    FINISHED = 0
    FAILED = 1
    """The run ended in error, or the API refused."""
    USAGE = 2
    ABORTED = 3
    CONNECTION_LOST = 4
    INTERRUPTED = 130
    """Ctrl-C, as shells have it: 128 + SIGINT."""


class CommandError(JobhuntError):
    """The message is for the person at the terminal."""

    code = FailureCode.COMMAND
    exit_code = ExitCode.FAILED


class UsageError(CommandError):
    """Something on the command line can't be meant as it stands."""

    code = FailureCode.USAGE
    exit_code = ExitCode.USAGE


class ApiRefused(CommandError):
    """The API answered with an error; its title and detail are the message."""

    code = FailureCode.REFUSED

    def __init__(self, status: int, message: str, problem: dict[str, object]):
        super().__init__(message)
        self.status = status
        self.problem = problem
        """The problem+json document (RFC 9457); empty if it was none."""


class ConnectionLost(CommandError):
    """The API can't be reached, or not any more."""

    code = FailureCode.CONNECTION_LOST
    exit_code = ExitCode.CONNECTION_LOST


class StoppedWatching(CommandError):
    """Ctrl-C ends the watching, not the run."""

    code = FailureCode.INTERRUPTED
    exit_code = ExitCode.INTERRUPTED

    def __init__(self, run_id: int):
        super().__init__(
            f"run {run_id} goes on without you: `jobhunt watch {run_id}` comes back to it,"
            f" `jobhunt abort {run_id}` ends it"
        )


def exit_code_of(status: RunStatus) -> ExitCode:
    """For a command that saw a run to its end."""
    match status:
        case RunStatus.FINISHED:
            return ExitCode.FINISHED
        case RunStatus.ABORTED:
            return ExitCode.ABORTED
        case _:
            return ExitCode.FAILED
