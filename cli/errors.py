"""Define the errors that a command can end with, and the exit codes that scripts rely on."""

from enum import IntEnum

from include.core.runs.run_state import RunStatus
from include.errors import JobhuntError
from include.failure_codes import FailureCode


class ExitCode(IntEnum):
    """The exit codes of ``jobhunt``."""

    FINISHED = 0
    FAILED = 1
    """The run ended in error, or the API answered with an error."""
    USAGE = 2
    ABORTED = 3
    CONNECTION_LOST = 4
    INTERRUPTED = 130
    """The user pressed Ctrl-C. The number is 128 + SIGINT, as in shells."""


class CommandError(JobhuntError):
    """The base class of errors that end a command. The message is shown on the terminal."""

    code = FailureCode.COMMAND
    exit_code = ExitCode.FAILED


class UsageError(CommandError):
    """A command cannot begin, because one of its arguments or settings is unusable.

    For example, a file that an argument names is missing or malformed.
    """

    code = FailureCode.USAGE
    exit_code = ExitCode.USAGE


class ApiRefused(CommandError):
    """The API answered with an error. The message is the error's title and detail."""

    code = FailureCode.REFUSED

    def __init__(self, status: int, message: str, problem: dict[str, object]):
        super().__init__(message)
        self.status = status
        self.problem = problem
        """The problem+json document (RFC 9457). It is empty if the response contained none."""


class ConnectionLost(CommandError):
    """The API can't be reached, or the connection to it broke and can't be made again."""

    code = FailureCode.CONNECTION_LOST
    exit_code = ExitCode.CONNECTION_LOST


class StoppedWatching(CommandError):
    """The user pressed Ctrl-C while watching a run. The run continues."""

    code = FailureCode.INTERRUPTED
    exit_code = ExitCode.INTERRUPTED

    def __init__(self, run_id: int):
        super().__init__(
            f"run {run_id} continues: `jobhunt watch {run_id}` shows it again,"
            f" `jobhunt abort {run_id}` ends it"
        )


def exit_code_of(status: RunStatus) -> ExitCode:
    """Return the exit code of a command that watched a run until it ended with ``status``."""
    match status:
        case RunStatus.FINISHED:
            return ExitCode.FINISHED
        case RunStatus.ABORTED:
            return ExitCode.ABORTED
        case _:
            return ExitCode.FAILED
