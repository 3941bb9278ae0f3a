"""What a run did, told as people ask for it: new, changed, unchanged, expired, failed.

The API counts states of jobs, where ``ready`` holds new and changed ones alike, and ``added`` holds
new ones that failed or were gone already too. Those few are looked up, so the figures are exact.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from cli.client import IngestionApi
from cli.records import CompanyRun, Run, RunJob
from include.core.run_state import JobStatus


@dataclass(frozen=True, kw_only=True)
class Figures:
    """In jobs."""

    listed: int = 0
    new: int = 0
    """Never seen before, whatever became of them."""
    changed: int = 0
    """Seen before, and extracted again."""
    unchanged: int = 0
    expired: int = 0
    failed: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(
            listed=self.listed + other.listed,
            new=self.new + other.new,
            changed=self.changed + other.changed,
            unchanged=self.unchanged + other.unchanged,
            expired=self.expired + other.expired,
            failed=self.failed + other.failed,
        )


@dataclass(frozen=True, kw_only=True)
class Outcome:
    run: Run
    by_company: Mapping[str, Figures]
    failures: tuple[RunJob, ...]

    @property
    def total(self) -> Figures:
        return sum(self.by_company.values(), start=Figures())


def read_outcome(api: IngestionApi, run: Run) -> Outcome:
    """Of a run that ended."""
    counts = run.counts
    failures = tuple(api.jobs_of_run(run.run_id, JobStatus.FAILED)) if counts.failed else ()
    new_not_ready = Counter(job.company for job in failures if _is_new(job, run))
    if counts.added and counts.expired:
        expired = api.jobs_of_run(run.run_id, JobStatus.EXPIRED)
        new_not_ready.update(job.company for job in expired if _is_new(job, run))
    return Outcome(
        run=run,
        by_company={
            company.company: _figures(company, new_not_ready[company.company])
            for company in run.companies
        },
        failures=failures,
    )


def _is_new(job: RunJob, run: Run) -> bool:
    return job.first_seen_at >= run.created_at


def _figures(company: CompanyRun, new_not_ready: int) -> Figures:
    counts = company.counts
    new_and_ready = max(counts.added - new_not_ready, 0)
    return Figures(
        listed=counts.total,
        new=counts.added,
        # An aborted run may leave new jobs that nobody read.
        changed=max(counts.ready - new_and_ready, 0),
        unchanged=counts.skipped,
        expired=counts.expired,
        failed=counts.failed,
    )
