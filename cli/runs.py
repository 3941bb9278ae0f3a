"""Implement the commands that start, watch, end and list runs."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Annotated

import typer
from rich.table import Table

from cli.client import IngestionApi
from cli.errors import UsageError
from cli.outcome import Outcome
from cli.records import Run
from cli.session import AsJson, RunId, open_api
from cli.summary import print_summary
from cli.terminal import print_json, print_result, results
from cli.watch import report_started_run, watch_and_exit
from include.settings import parse_duration

_HISTORY_COLUMNS = (
    *("run", "status", "trigger", "created", "took"),
    *("listed", "new", "extracted", "unchanged", "expired", "failed"),
)

Companies = Annotated[
    list[str] | None,
    typer.Option("--company", help="Only this company; may be given several times."),
]

Watch = Annotated[bool, typer.Option("--watch", help="Show the progress until the run ends.")]


def ingest(
    company: Companies = None,
    force: Annotated[
        bool, typer.Option("--force", help="Read every page again, changed or not.")
    ] = False,
    max_age: Annotated[
        str | None,
        typer.Option(
            "--max-age",
            metavar="DURATION",
            help="Do not check a company again if its latest check ended no longer ago than this"
            " (90, 10m, 2h), but use that check; 0 checks every company now. The server's default"
            " is JOBHUNT_FRESH_FOR, 10 minutes.",
        ),
    ] = None,
    watch: Watch = False,
    as_json: AsJson = False,
) -> None:
    """Start a run for the companies you follow.

    Companies that were checked a short time ago, for you or for another user, are not checked
    again. If no company has to be checked, the run ends at once.
    """
    age = None if max_age is None else _parse_option("--max-age", max_age)
    with open_api() as api:
        run_id = api.start(companies=company or (), force=force, max_age=age)
        print_outcome = partial(_print_outcome, api, as_json=as_json)
        report_started_run(api, run_id, watch=watch, as_json=as_json, print_outcome=print_outcome)


def retry(
    run: RunId,
    watch: Watch = False,
    as_json: AsJson = False,
) -> None:
    """Retry the failed jobs of an ended run, in a new run."""
    with open_api() as api:
        print_outcome = partial(_print_outcome, api, as_json=as_json)
        report_started_run(
            api, api.retry(run), watch=watch, as_json=as_json, print_outcome=print_outcome
        )


def watch(run: RunId, as_json: AsJson = False) -> None:
    """Show the progress of a run until it ends."""
    with open_api() as api:
        watch_and_exit(api, run, partial(_print_outcome, api, as_json=as_json))


def abort(run: RunId, as_json: AsJson = False) -> None:
    """End a run early. The results so far are kept."""
    with open_api() as api:
        api.abort(run)
    print_result(f"run {run} aborted", {"run_id": run, "status": "aborted"}, as_json=as_json)


def history(
    limit: Annotated[int, typer.Option(help="The number of runs to show.", min=1)] = 10,
    as_json: AsJson = False,
) -> None:
    """List your latest runs, newest first."""
    with open_api() as api:
        documents = api.history(limit)
    if as_json:
        print_json(documents)
        return
    table = Table(*_HISTORY_COLUMNS, box=None, padding=(0, 2, 0, 0), header_style="bold")
    for document in documents:
        table.add_row(*_history_row(Run.model_validate(document)))
    results().print(table)


def _history_row(run: Run) -> list[str]:
    counts, seconds = run.counts, run.seconds
    figures = (
        counts.total,
        counts.added,
        counts.ready,
        counts.skipped,
        counts.expired,
        counts.failed,
    )
    return [
        str(run.run_id),
        run.outcome,
        run.trigger,
        f"{run.created_at.astimezone():%Y-%m-%d %H:%M:%S}",
        f"{seconds:.1f} s" if seconds is not None else "",
        *map(str, figures),
    ]


def _print_outcome(api: IngestionApi, outcome: Outcome, *, as_json: bool) -> None:
    if as_json:
        print_json(api.run_document(outcome.run.run_id))
    else:
        print_summary(results(), outcome, now=datetime.now(UTC))


def _parse_option(option: str, text: str) -> timedelta:
    """Return the duration that ``text`` states. Raise UsageError if it is not a duration."""
    try:
        duration = parse_duration(text)
    except ValueError:  # The duration is too long.
        duration = None
    if not isinstance(duration, timedelta):
        raise UsageError(f"{option} {text}: give seconds, or a number followed by s, m, h or d")
    return duration
