"""Print the summary of an ended run: a table of the figures by company, and the problems."""

from datetime import datetime

from rich.console import Console
from rich.table import Table

from cli.outcome import Figures, Outcome
from cli.records import CompanyRun, Run
from cli.terminal import plain, printable
from cli.times import ago
from include.core.models import CompanyStatus
from include.failure_codes import meaning_of

CHECK_NOW = "jobhunt ingest --max-age 0"
COLUMNS = ("listed", "new", "changed", "unchanged", "expired", "failed")
_MAX_FAILURES_SHOWN = 20


def print_summary(console: Console, outcome: Outcome, *, now: datetime) -> None:
    """Print the whole summary. ``now`` is the time from which the ages of checks are counted."""
    ages = {
        company.company: f"checked {ago(company.checked_at, now)}"
        for company in outcome.run.companies
        if company.adopted and company.checked_at
    }
    if outcome.by_company:
        table = figures_table()
        if ages:
            table.add_column("")
        for company in sorted(outcome.by_company):
            cells = figures_cells(outcome.by_company[company])
            table.add_row(printable(company), *cells, ages.get(company, ""))
        if len(outcome.by_company) > 1:
            table.add_section()
            table.add_row("total", *figures_cells(outcome.total))
        console.print(table)
    if ages:
        console.print(plain(_adopted_line(len(ages), len(outcome.by_company))), soft_wrap=True)
    print_problems(console, outcome)
    console.print(plain(headline(outcome), "bold"), soft_wrap=True)


def headline(outcome: Outcome) -> str:
    """Return one line that states the run's id, status and duration.

    The line also states the run's delays, and its error if it has one.
    """
    run = outcome.run
    duration = f" in {run.seconds:.1f} s" if run.seconds is not None else ""
    reason = f": {run.error.message}" if run.error else ""
    return f"run {run.run_id} {run.outcome}{duration}{_delays(run)}{reason}"


def _adopted_line(adopted: int, total: int) -> str:
    which = f"{adopted} of {total}" if adopted < total else f"all {total}"
    return (
        f"{which} companies had been checked before this run and were not checked again;"
        f" {CHECK_NOW} checks them now"
    )


def _delays(run: Run) -> str:
    """Return the recoveries and the missed deadlines of the run.

    Return an empty text if it had none.
    """
    delays = ""
    if run.recoveries:
        noun = "recovery" if run.recoveries == 1 else "recoveries"
        delays += f", after {run.recoveries} {noun}"
    missed = " and ".join(sorted({miss.deadline for miss in run.sla_misses}))
    if missed:
        delays += f", having missed its {missed}"
    return delays


def print_problems(console: Console, outcome: Outcome) -> None:
    """Print the companies whose listing is not complete, and the jobs that failed."""
    for company in outcome.run.companies:
        if problem := _problem(company):
            console.print(plain(problem, "yellow"), soft_wrap=True)
    print_failures(console, outcome)


def print_failures(console: Console, outcome: Outcome) -> None:
    """Print the failed jobs and their errors, but no more than ``_MAX_FAILURES_SHOWN`` jobs.

    If several jobs failed, first print the number of failed jobs for each error code, and the
    meaning of each code.
    """
    if len(outcome.failures) > 1:
        reasons = (f"{number} {code}" for code, number in outcome.run.failures.items())
        console.print(plain(f"failed: {', '.join(reasons)}", "red"), soft_wrap=True)
        for code in outcome.run.failures:
            if meaning := meaning_of(code):
                console.print(plain(f"{code}: {meaning}", "dim"), soft_wrap=True)
    for job in outcome.failures[:_MAX_FAILURES_SHOWN]:
        reason = f"{job.error.code}: {job.error.message}" if job.error else "no reason given"
        console.print(
            plain(f"failed: {job.company} · {job.title} · {reason} · {job.url}", "red"),
            soft_wrap=True,
        )
    if (more := len(outcome.failures) - _MAX_FAILURES_SHOWN) > 0:
        console.print(plain(f"and {more} more failed jobs", "red"))


def figures_table() -> Table:
    """Return an empty table with a column for the company, and one for each of ``COLUMNS``."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("company", no_wrap=True)
    for column in COLUMNS:
        table.add_column(column, justify="right", no_wrap=True)
    return table


def figures_cells(figures: Figures) -> list[str]:
    """Return the cells of a row, which are the figures of ``COLUMNS``.

    The row's first cell, which names the company, is not included.
    """
    return [str(getattr(figures, column)) for column in COLUMNS]


def _problem(company: CompanyRun) -> str | None:
    if company.status is CompanyStatus.COMPLETE:
        return None
    reason = f": {company.error.message}" if company.error else ""
    return f"{company.company}: listing {company.status}, so its missing jobs were kept{reason}"
