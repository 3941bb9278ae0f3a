"""Describe the progress of an active run in words, from the stream's ``progress`` events."""

from typing import Protocol

from cli.records import CompanyRun, Record, Run
from include.core.models import CompanyStatus, Counts
from include.core.runs.progress import WatchedRun
from include.core.runs.run_state import RunStatus

_NOT_LISTED_YET = frozenset({CompanyStatus.WAITING, CompanyStatus.SOURCING})
_MIN_DONE_SHARE = 0.1
"""The share of a run's jobs that must be done before the time left is shown."""


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
        return sum(company.status not in _NOT_LISTED_YET for company in self.companies)


class Display(Protocol):
    """A way to show the progress of a run."""

    def show(self, progress: RunProgress) -> None: ...


def is_done(company: CompanyRun) -> bool:
    """Return True if the company has been listed and all its jobs are done.

    Between its listing and the upsert of its jobs, a company has no jobs yet. During that time it
    counts as done only if its listing was empty.
    """
    counts = company.counts
    upserted = counts.all > 0 or not company.listed
    return company.status not in _NOT_LISTED_YET and upserted and counts.done == counts.all


def watched_progress(run: Run, watched: WatchedRun) -> RunProgress:
    """Return the progress of a watched run.

    Args:
        run: the run as the API described it before the first event.
        watched: the latest state, which was computed from the events since then.
    """
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
    """Return one line that states the phase and the progress of the run."""
    counts, total = progress.counts, len(progress.companies)
    match progress.status:
        case RunStatus.PENDING:
            return f"pending: waiting for Airflow to begin{_waiting_reason(progress)}"
        case RunStatus.INITIALIZING if not total:
            return "initializing: choosing companies"
        case RunStatus.INITIALIZING:
            return f"initializing: {progress.companies_listed} of {total} companies listed"
        case RunStatus.INGESTING if not counts.all:
            return "ingesting: dividing the jobs into batches"
        case RunStatus.INGESTING:
            return (
                f"ingesting: {counts.done} of {counts.all} jobs done ({outcomes(counts)})"
                f"{_time_left(progress)}{_waiting_reason(progress)}"
            )
        case ended:
            return f"{ended}: {counts.done} of {counts.all} jobs done ({outcomes(counts)})"


def _waiting_reason(progress: RunProgress) -> str:
    return f"; {progress.waiting_for}" if progress.waiting_for else ""


def _time_left(progress: RunProgress) -> str:
    """Return the estimated time left.

    Return an empty text if too few jobs are done to estimate it.
    """
    counts, eta = progress.counts, progress.eta_seconds
    if eta is None or counts.done < counts.all * _MIN_DONE_SHARE:
        return ""
    return f", about {eta:.0f} s left"


def outcomes(counts: Counts) -> str:
    """Return how many jobs have each outcome, such as ``2 extracted, 1 failed``."""
    counts_by_name = {
        "extracted": counts.ready,
        "unchanged": counts.skipped,
        "expired": counts.expired,
        "failed": counts.failed,
    }
    return (
        ", ".join(f"{count} {name}" for name, count in counts_by_name.items() if count)
        or "none yet"
    )
