"""What is to be seen of a run while it goes on, made from its server-sent events.

The stream's ``progress`` event says it all once a second and says all of it anew, so nothing is
lost or doubled when the connection is: the job-by-job events are for those who show jobs.
"""

from typing import Protocol

from httpx_sse import ServerSentEvent

from cli.records import CompanyRun, Counts, Record, Run
from include.core.models import CompanyStatus
from include.core.run_state import RunStatus

_BEING_LISTED = frozenset({CompanyStatus.WAITING, CompanyStatus.SOURCING})


class RunProgress(Record):
    """The data of a ``progress`` event."""

    status: RunStatus
    counts: Counts = Counts()
    elapsed_seconds: float | None = None
    eta_seconds: float | None = None
    companies: tuple[CompanyRun, ...] = ()

    @property
    def companies_listed(self) -> int:
        return sum(company.status not in _BEING_LISTED for company in self.companies)

    @property
    def companies_done(self) -> int:
        return sum(is_done(company) for company in self.companies)


class Display(Protocol):
    def show(self, progress: RunProgress) -> None: ...


def is_done(company: CompanyRun) -> bool:
    return company.status not in _BEING_LISTED and company.counts.done == company.counts.all


def progress_of(run: Run) -> RunProgress:
    return RunProgress(
        status=run.status,
        counts=run.counts,
        elapsed_seconds=run.elapsed_seconds,
        companies=run.companies,
    )


def advance(before: RunProgress, event: ServerSentEvent) -> RunProgress:
    """What is known after ``event``, whose kind may be any."""
    match event.event:
        case "progress":
            return RunProgress.model_validate_json(event.data)
        case "status":
            return before.model_copy(update={"status": RunStatus(event.data)})
        case _:
            return before


def phase(progress: RunProgress) -> str:
    """One line: how far the run is."""
    counts, total = progress.counts, len(progress.companies)
    match progress.status:
        case RunStatus.PENDING:
            return "pending: waiting for Airflow to begin"
        case RunStatus.INITIALIZING:
            return f"initializing: {progress.companies_listed} of {total} companies listed"
        case RunStatus.INGESTING:
            eta = progress.eta_seconds
            left = f", about {eta:.0f} s left" if eta is not None else ""
            return f"ingesting: {counts.done} of {counts.all} jobs done ({outcomes(counts)}){left}"
        case ended:
            return f"{ended}: {counts.done} of {counts.all} jobs done ({outcomes(counts)})"


def outcomes(counts: Counts) -> str:
    named = {
        "extracted": counts.ready,
        "unchanged": counts.skipped,
        "expired": counts.expired,
        "failed": counts.failed,
    }
    return ", ".join(f"{count} {name}" for name, count in named.items() if count) or "none yet"
