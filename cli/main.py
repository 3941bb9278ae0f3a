"""Define the ``jobhunt`` command, a client of the HTTP API that also runs the one-machine stack."""

import sys
from typing import Annotated

import typer

from cli import (
    companies,
    doctor,
    postings,
    reextract,
    runs,
    scaffold,
    searches,
    stack,
    storage,
    terminal,
)
from cli.errors import CommandError, ExitCode
from include import __version__
from include.errors import JobhuntError, SettingError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Keeps your list of job postings up to date. Calls the API of the stack that `make up`"
    " runs, or the API at JOBHUNT_API_URL.",
)


def _print_version(is_wanted: bool) -> None:
    if is_wanted:
        terminal.results().print(f"jobhunt {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version and exit.", is_eager=True, callback=_print_version
        ),
    ] = False,
) -> None:
    """Accept the options that precede a command."""


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
app.command()(postings.track)
app.add_typer(companies.app, name="companies")
app.add_typer(searches.app, name="searches")
app.command()(stack.token)
app.command()(doctor.doctor)
app.add_typer(storage.app, name="storage")


def run() -> None:
    """Run the console script.

    If this system raises an error on purpose, only the error's message is shown. A traceback is
    shown only if there is a bug.
    """
    try:
        app(standalone_mode=True)
    except JobhuntError as error:
        terminal.say(f"jobhunt: {error.message}")
        sys.exit(_exit_code(error))


def _exit_code(error: JobhuntError) -> ExitCode:
    if isinstance(error, CommandError):
        return error.exit_code
    return ExitCode.USAGE if isinstance(error, SettingError) else ExitCode.FAILED
