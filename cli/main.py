"""The ``jobhunt`` command: a client of the HTTP API, and the way to the one-machine stack."""

import sys

import typer

from cli import companies, doctor, postings, reextract, runs, scaffold, stack, storage, terminal
from cli.errors import CommandError, ExitCode
from include.errors import JobhuntError, SettingError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Keeps your list of job postings true. Talks to the stack that `make up` runs, or to the"
    " API that JOBHUNT_API_URL names.",
)
app.command()(stack.up)
app.command()(stack.demo)
app.command()(runs.ingest)
app.command()(runs.watch)
app.command()(runs.history)
app.command()(runs.abort)
app.command()(runs.retry)
app.command()(reextract.reextract)
app.command("scaffold-adapter")(scaffold.scaffold_adapter)
app.command("dry-run")(postings.dry_run)
app.command()(postings.detect)
app.command()(postings.jobs)
app.add_typer(companies.app, name="companies")
app.command()(stack.token)
app.command()(doctor.doctor)
app.add_typer(storage.app, name="storage")


def run() -> None:
    """The console script. Errors are shown as their message; a traceback is a bug."""
    try:
        app(standalone_mode=True)
    except JobhuntError as error:
        terminal.say(f"jobhunt: {error.message}")
        sys.exit(_exit_code(error))


def _exit_code(error: JobhuntError) -> ExitCode:
    if isinstance(error, CommandError):
        return error.exit_code
    return ExitCode.USAGE if isinstance(error, SettingError) else ExitCode.FAILED
