"""What is to be seen of a run while it goes on: the stream's ``progress`` event, in words."""

from typing import Protocol

from cli.records import CompanyRun, Counts, Record, Run
from include.core.models import CompanyStatus
from include.core.progress import WatchedRun
from include.core.run_state import RunStatus

_BEING_LISTED = frozenset({CompanyStatus.WAITING, CompanyStatus.SOURCING})
_TELLING_SHARE = 0.1


class RunProgress(Record):
    """The data of a ``progress`` event."""

    status: RunStatus
    counts: Counts = Counts()
    elapsed_seconds: float | None = None
    eta_seconds: float | None = None
    companies: tuple[CompanyRun, ...] = ()
    waiting_for: str | None = None

    @property
    def companies_listed(self) -> int:
        return sum(company.status not in _BEING_LISTED for company in self.companies)

    @property
    def companies_done(self) -> int:
        return sum(is_done(company) for company in self.companies)


class Display(Protocol):
    def show(self, progress: RunProgress) -> None: ...


def is_done(company: CompanyRun) -> bool:
    """Between the listing and the upsert there is a company without a job, and that is not it."""
    counts = company.counts
    known = counts.all > 0 or not company.listed
    return company.status not in _BEING_LISTED and known and counts.done == counts.all


def seen(run: Run, watched: WatchedRun) -> RunProgress:
    """``run`` as it was when the watching began, with all that its events said since."""
    if watched.progress is None:
        latest = RunProgress(
            status=run.status,
            counts=run.counts,
            elapsed_seconds=run.elapsed_seconds,
            companies=run.companies,
        )
    else:
        latest = RunProgress.model_validate(watched.progress)
    return latest.model_copy(update={"status": watched.status or latest.status})


def phase(progress: RunProgress) -> str:
    """One line: how far the run is."""
    counts, total = progress.counts, len(progress.companies)
    match progress.status:
        case RunStatus.PENDING:
            return f"pending: waiting for Airflow to begin{_wait(progress)}"
        case RunStatus.INITIALIZING if not total:
            return "initializing: settling which companies"
        case RunStatus.INITIALIZING:
            return f"initializing: {progress.companies_listed} of {total} companies listed"
        case RunStatus.INGESTING if not counts.all:
            return "ingesting: the jobs are being dealt out"
        case RunStatus.INGESTING:
            return (
                f"ingesting: {counts.done} of {counts.all} jobs done ({outcomes(counts)})"
                f"{_time_left(progress)}{_wait(progress)}"
            )
        case ended:
            return f"{ended}: {counts.done} of {counts.all} jobs done ({outcomes(counts)})"


def _wait(progress: RunProgress) -> str:
    return f"; {progress.waiting_for}" if progress.waiting_for else ""


def _time_left(progress: RunProgress) -> str:
    """Nothing yet while too few jobs are done to tell."""
    counts, eta = progress.counts, progress.eta_seconds
    if eta is None or counts.done < counts.all * _TELLING_SHARE:
        return ""
    return f", about {eta:.0f} s left"


def outcomes(counts: Counts) -> str:
    named = {
        "extracted": counts.ready,
        "unchanged": counts.skipped,
        "expired": counts.expired,
        "failed": counts.failed,
    }
    return ", ".join(f"{count} {name}" for name, count in named.items() if count) or "none yet"
