"""Watch a run until it ends."""

from collections.abc import Callable

import typer

from cli import terminal
from cli.client import IngestionApi
from cli.display import run_display
from cli.errors import StoppedWatching, exit_code_of
from cli.outcome import Outcome, read_outcome
from cli.progress import watched_progress
from cli.stream import run_events
from include.core.runs.progress import WatchedRun, fold


def watch_run(api: IngestionApi, run_id: int) -> Outcome:
    """Show the run's progress until it ends, and return its outcome.

    Raises:
        ApiRefused: there is no such run, or it belongs to another user.
        ConnectionLost: the API can no longer be reached.
    """
    run = api.run(run_id)
    if not run.ended:
        watched = WatchedRun()
        with run_display(terminal.progress()) as display:
            display.show(watched_progress(run, watched))
            for event in run_events(api.http, run_id):
                watched = fold(watched, event.event, event.data)
                display.show(watched_progress(run, watched))
        run = api.run(run_id)
    return read_outcome(api, run)


def report_started_run(
    api: IngestionApi,
    run_id: int,
    *,
    watch: bool,
    as_json: bool,
    print_outcome: Callable[[Outcome], None],
) -> None:
    """Report a run that has just been started.

    If ``watch`` is true, call ``watch_and_exit``. Otherwise print the run's id.
    """
    if watch:
        watch_and_exit(api, run_id, print_outcome)
    else:
        text = f"run {run_id} started: jobhunt watch {run_id}"
        terminal.print_result(text, {"run_id": run_id}, as_json=as_json)


def watch_and_exit(
    api: IngestionApi, run_id: int, print_outcome: Callable[[Outcome], None]
) -> None:
    """Watch a run until it ends, print its outcome with ``print_outcome``, and end the command.

    Raises:
        typer.Exit: always. Its exit code depends on the run's final status.
        StoppedWatching: the user pressed Ctrl-C. The run continues.
    """
    try:
        outcome = watch_run(api, run_id)
    except KeyboardInterrupt:
        raise StoppedWatching(run_id) from None
    print_outcome(outcome)
    raise typer.Exit(exit_code_of(outcome.run.status))
