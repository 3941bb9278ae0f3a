"""Following a run to its end."""

from cli import terminal
from cli.client import IngestionApi
from cli.display import run_display
from cli.outcome import Outcome, read_outcome
from cli.progress import seen
from cli.stream import run_events
from include.core.progress import WatchedRun, fold


def watch_run(api: IngestionApi, run_id: int) -> Outcome:
    """Shows the run's progress; returns when it has ended, in whatever way.

    Raises:
        ApiRefused: there is no such run, or it is someone else's.
        ConnectionLost: the API can't be reached any more.
    """
    run = api.run(run_id)
    if not run.ended:
        watched = WatchedRun()
        with run_display(terminal.progress()) as display:
            display.show(seen(run, watched))
            for event in run_events(api.http, run_id):
                watched = fold(watched, event.event, event.data)
                display.show(seen(run, watched))
        run = api.run(run_id)
    return read_outcome(api, run)
