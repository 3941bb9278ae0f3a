"""Implement ``jobhunt reextract``, which reads the stored pages again and shows what changed."""

from functools import partial
from typing import Annotated, Any

import typer
from rich.table import Table

from cli.client import IngestionApi
from cli.outcome import Outcome
from cli.records import CompanyRun
from cli.runs import Companies
from cli.session import AsJson, open_api
from cli.summary import headline, print_failures
from cli.terminal import plain, print_json, results
from cli.watch import report_started_run
from include.core.models import CompanyStatus


def reextract(
    company: Companies = None,
    watch: Annotated[
        bool, typer.Option(help="Wait until the run has ended, and show what changed.")
    ] = True,
    as_json: AsJson = False,
) -> None:
    """Read the stored pages again with the current extraction, without fetching anything."""
    with open_api() as api:
        run_id = api.start(companies=company or (), reextract=True)
        print_outcome = partial(_print_outcome, api, as_json=as_json)
        report_started_run(api, run_id, watch=watch, as_json=as_json, print_outcome=print_outcome)


def _print_outcome(api: IngestionApi, outcome: Outcome, *, as_json: bool) -> None:
    run_id = outcome.run.run_id
    changes = api.changes(run_id)
    if as_json:
        print_json({"run": api.run_document(run_id), "changes": changes})
    else:
        _print_changes(outcome, changes)


def _print_changes(outcome: Outcome, changes: dict[str, Any]) -> None:
    out = results()
    for company in outcome.run.companies:
        if problem := _problem(company):
            out.print(plain(f"{company.company}: {problem}"), soft_wrap=True)
    if changes["fields"]:
        table = Table("field", "changed", box=None, padding=(0, 2, 0, 0), header_style="bold")
        for field, count in changes["fields"].items():
            table.add_row(plain(field), str(count))
        out.print(table)
    print_failures(out, outcome)
    counts = outcome.run.counts
    line = f"{counts.total} pages read, {changes['postings']} postings changed"
    if counts.expired:
        line += f", {counts.expired} expired"
    out.print(plain(f"{headline(outcome)}: {line}", "bold"), soft_wrap=True)


def _problem(company: CompanyRun) -> str | None:
    """Return a text about the company's problem; None if there is no problem.

    A partial listing is not a problem here. A re-extraction lists nothing, so its listing is always
    partial.
    """
    if company.status is CompanyStatus.ERROR:
        return company.error.message if company.error else "its pages could not be read"
    return None if company.counts.all else "it has no stored page to read"
