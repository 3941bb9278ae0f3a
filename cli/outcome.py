"""Compute what a run did: how many jobs are new, changed, unchanged, expired and failed.

The API counts jobs by state. Its ``ready`` counts new and changed jobs together, and its ``added``
also counts new jobs that failed or expired in the same run. This module reads the failed and the
expired jobs of the run one by one, so that the figures are exact.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from cli.client import IngestionApi
from cli.records import CompanyRun, Run, RunJob
from include.core.runs.run_state import JobStatus


@dataclass(frozen=True, kw_only=True)
class Figures:
    """The numbers of jobs by their outcome in a run, or in one company of a run."""

    listed: int = 0
    new: int = 0
    """Jobs that were never seen before, whatever their outcome is."""
    changed: int = 0
    """Jobs that were seen before and were extracted again."""
    unchanged: int = 0
    expired: int = 0
    failed: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(**{name: own + getattr(other, name) for name, own in vars(self).items()})


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """A run that ended, its figures by company slug, and its failed jobs."""

    run: Run
    by_company: Mapping[str, Figures]
    failures: tuple[RunJob, ...]

    @property
    def total(self) -> Figures:
        return sum(self.by_company.values(), start=Figures())


def read_outcome(api: IngestionApi, run: Run) -> Outcome:
    """Return the outcome of a run that has ended.

    If the run has failed jobs, they are read one by one. Its expired jobs are also read if it has
    new jobs.
    """
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
        # The result is at least 0. The difference could be negative after an abort, because `added`
        # then also counts new jobs that were never read.
        changed=max(counts.ready - new_and_ready, 0),
        unchanged=counts.skipped,
        expired=counts.expired,
        failed=counts.failed,
    )
