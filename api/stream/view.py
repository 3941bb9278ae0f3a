"""Compute the events of watched runs from their state and its changes.

This module does no IO and reads no clock. The jobs of a check are stored once for all runs that
rest on it, which means that they show its results. A run refers to these jobs, and stores only
those that it shows differently. Each event is encoded once for all streams of a run.
"""

from collections import Counter, deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import chain
from operator import attrgetter
from typing import NamedTuple

from api.stream import events
from include.core.models import CompanyStatus, Counts, sum_counts
from include.core.runs.progress import eta_seconds
from include.core.runs.run_state import CheckStatus, JobStatus, RunStatus
from include.db.run.counts import sum_failures
from include.db.run.progress import CompanyReport, Failure, RunHead
from include.db.run.watched import (
    Changes,
    CheckState,
    JobState,
    KnownState,
    OpenCompany,
    RunCompany,
    RunState,
    SettledCompany,
)
from include.failure_codes import FailureCode

_MAY_WAIT = frozenset({RunStatus.PENDING, RunStatus.INGESTING})
"""The statuses of a run that may wait, and therefore may have a ``waiting_for``."""
_ETA_SAMPLES = 10
"""Maximum number of samples, one a second, from which the remaining time is estimated.

Older samples would mislead. Jobs whose listing contains the posting are done first, and quickly.
"""


@dataclass(frozen=True, kw_only=True)
class Tick:
    """The changes that one read found, and the state after it."""

    changes: Changes
    checks: Mapping[int, CheckState]
    jobs: Mapping[int, Mapping[int, JobState]]
    """All jobs of the active checks, by check id."""
    changed_jobs: Mapping[int, list[JobState]]
    """The jobs that differ from their state before the read, by check id."""
    touched: AbstractSet[int]
    """The ids of the checks that have changed or that have a changed job."""
    report_due: bool
    waiting_for: Mapping[int, str | None]


class ShownChange(NamedTuple):
    """A job whose status or title in the run is not the one that was shown before."""

    company: str
    before: JobState | None
    job: JobState

    @property
    def has_new_status(self) -> bool:
        return self.before is None or self.before.status != self.job.status

    @property
    def has_new_title(self) -> bool:
        return self.before is None or self.before.title != self.job.title


def has_received_end(run: RunHead | RunState, last_id: int) -> bool:
    """Return True if a client whose last event has this id has received the run's last event.

    Only the last event has a higher id than the transaction that ended the run.
    """
    return run.ended and last_id > run.changed_xid


class WatchedRuns:
    """All watched runs, and the checks and jobs that these runs rest on."""

    def __init__(self) -> None:
        self.runs: dict[int, RunView] = {}
        self._watermark = 0
        self._checks: dict[int, CheckState] = {}
        self._jobs: dict[int, dict[int, JobState]] = {}

    @property
    def known_state(self) -> KnownState:
        """Return the state that is known already, so that the next read can leave it out."""
        return KnownState(
            watermark=self._watermark,
            runs={run_id: view.run for run_id, view in self.runs.items()},
            checks=self._checks,
            active_checks=self._jobs.keys(),
        )

    def keep(self, run_ids: Collection[int]) -> None:
        """Forget all other runs, and the checks that none of the given runs rests on."""
        if self.runs.keys() <= set(run_ids):
            return
        self.runs = {run_id: view for run_id, view in self.runs.items() if run_id in run_ids}
        needed_checks = {
            check_id for view in self.runs.values() for check_id in view.run.check_of.values()
        }
        self._checks = {
            check_id: check for check_id, check in self._checks.items() if check_id in needed_checks
        }
        self._jobs = {
            check_id: jobs for check_id, jobs in self._jobs.items() if check_id in needed_checks
        }

    def waiting_run_ids(self, changes: Changes) -> list[int]:
        """Return the ids of the watched runs that may wait for Airflow or for a host.

        The status of a run decides this: a pending run may wait for Airflow, and an ingesting run
        for a host. ``changes`` are not applied yet, but the statuses in them count.
        """
        runs = {**self.known_state.runs, **changes.runs}
        return [run_id for run_id, run in runs.items() if run and run.status in _MAY_WAIT]

    def apply(
        self, changes: Changes, *, report_due: bool, waiting_for: Mapping[int, str | None]
    ) -> Iterator[tuple[int, bytes]]:
        """Apply the changes that a read found, one run after the other.

        Args:
            report_due: True if ``progress`` events are due.
            waiting_for: the reason why each run waits, by run id (``read_waiting_for``).

        Yields:
            Each run's id, and the events for the streams that already watch it.
        """
        if changes.restarted:
            self.runs, self._checks, self._jobs = {}, {}, {}
        self._watermark = changes.watermark
        self._checks.update(changes.checks)
        changed_jobs = self._merge_jobs(changes)
        tick = Tick(
            changes=changes,
            checks=self._checks,
            jobs=self._jobs,
            changed_jobs=changed_jobs,
            touched=changed_jobs.keys() | changes.checks.keys(),
            report_due=report_due,
            waiting_for=waiting_for,
        )
        for run_id, run in changes.runs.items():
            if run is None:
                self.runs.pop(run_id, None)
            elif run_id not in self.runs:
                self.runs[run_id] = RunView(run)
        for run_id, view in list(self.runs.items()):
            yield run_id, b"".join(view.apply(changes.runs.get(run_id) or view.run, tick))

    def _merge_jobs(self, changes: Changes) -> dict[int, list[JobState]]:
        """Merge the jobs that were read into the known jobs.

        Return the jobs that differ from before, by check id.
        """
        for check in changes.checks.values():
            if check.is_active:
                self._jobs.setdefault(check.check_id, {})
            else:
                self._jobs.pop(check.check_id, None)
        jobs_by_check: dict[int, list[JobState]] = {}
        for job in changes.jobs:
            jobs_of_check = self._jobs[job.check_id]
            if jobs_of_check.get(job.job_id) != job:
                jobs_of_check[job.job_id] = job
                jobs_by_check.setdefault(job.check_id, []).append(job)
        return jobs_by_check


@dataclass
class CompanyView:
    """The jobs of one company as a run shows them."""

    check: CheckState | None = None
    follower: OpenCompany | None = None
    """The differences between the check's jobs and what this follower is shown.

    For example, the follower's filters leave some jobs out. None if the check or the run has ended.
    """
    jobs: dict[int, JobState] = field(default_factory=dict[int, JobState])
    added: int = 0
    _tally: Counter[tuple[str, bool, str | None]] = field(
        default_factory=Counter[tuple[str, bool, str | None]]
    )
    """The numbers of jobs. The key is a job's status, whether it is listed, and its error code."""
    _report: CompanyReport | None = None
    """The latest report; None once it is outdated."""

    def set_check(self, check: CheckState | None) -> None:
        """Set the check that the run rests on for the company."""
        if check is not self.check:
            self.check, self._report = check, None

    def load(
        self, read_company: OpenCompany | SettledCompany, jobs_of_check: Mapping[int, JobState]
    ) -> None:
        """Replace all shown jobs with the jobs of a company that was read anew."""
        if isinstance(read_company, SettledCompany):
            self.follower, shown_jobs = None, iter(read_company.jobs)
        else:
            self.follower = read_company
            jobs = _as_shown(jobs_of_check.values(), read_company)
            shown_jobs = chain(read_company.expired, jobs)
        self.jobs = {job.job_id: job for job in sorted(shown_jobs, key=attrgetter("job_id"))}
        self._tally = Counter(map(_tally_key, self.jobs.values()))
        self.added, self._report = read_company.added, None

    def merge_jobs(self, changed: Iterable[JobState]) -> Iterator[tuple[JobState | None, JobState]]:
        """Merge changed jobs of the check, and yield each job after its previous version.

        The previous version is the job as it was shown before; None if it was not shown.
        """
        if self.follower is None:
            return
        for job in _as_shown(changed, self.follower):
            before = self.jobs.get(job.job_id)
            self.jobs[job.job_id] = job
            self._report = None
            self._tally[_tally_key(job)] += 1
            if before is not None:
                self._tally[_tally_key(before)] -= 1
            yield before, job

    def is_known_at(self, watermark: int) -> bool:
        """Return True if a client that has the state at the watermark has all these jobs."""
        if self.check is None:
            return True
        unlisted_xids = [job.changed_xid for job in self.jobs.values() if not job.listed]
        return max(unlisted_xids, default=0) < watermark and (self.check.jobs_xid or 0) < watermark

    def report(self, company: str, run: RunState) -> CompanyReport:
        """Return the company's report. A new report is made only if something has changed."""
        if self._report is None:
            self._report = self._make_report(company, run)
        return self._report

    def _make_report(self, company: str, run: RunState) -> CompanyReport:
        check, status = self.check, _company_status(self.check)
        checked_at = check.finished_at if check else None
        by_status, failures = Counter[str](), Counter[str]()
        total = gone = 0
        for (job_status, listed, error_code), number in self._tally.items():
            by_status[job_status] += number
            total += number if listed else 0
            if job_status == JobStatus.FAILED:
                failures[error_code or FailureCode.UNKNOWN] += number
            elif job_status == JobStatus.EXPIRED and listed:
                gone += number
        return CompanyReport(
            company=company,
            source=run.sources.get(company, ""),
            status=status,
            listed=check.listed if check else 0,
            counts=Counts(total=total, added=self.added, **by_status),
            failures=sum_failures([failures]),
            gone=gone,
            error=Failure(code=status, message=check.reason) if check and check.reason else None,
            checked_at=checked_at,
            adopted=checked_at is not None and checked_at < run.created_at,
        )


class RunView:
    """A run as its streams show it."""

    def __init__(self, run: RunState) -> None:
        self.run = run
        self._companies: dict[str, CompanyView] = {}
        self._read_at = run.created_at
        self._sent_status: RunStatus | None = None
        self._version = 0
        """The id of the events: the watermark of the latest change.

        It is 0 before the first ``all_jobs``. After the run's end, it is the id of the transaction
        that ended the run.
        """
        self._watermark = 0
        self._reshaped_at = 0
        """The watermark at which jobs were last added or removed.

        A client whose watermark is older needs the full state.
        """
        self._waiting_for: str | None = None
        self._last_reported: object = None
        self._eta_samples: deque[tuple[float, int]] = deque(maxlen=_ETA_SAMPLES)
        self._all_jobs: bytes | None = None

    def apply(self, run: RunState, tick: Tick) -> tuple[bytes, ...]:
        """Apply the changes that a read found, and return the events.

        The events are for streams that already watch the run.
        """
        was_ingesting = self._sent_status is RunStatus.INGESTING
        is_new_status = run.status is not self._sent_status
        self.run, self._sent_status = run, run.status
        self._read_at, self._watermark = tick.changes.at, tick.changes.watermark
        reshaped, changes = self._merge_changes(tick)
        if (reshaped or changes or is_new_status) and (self._is_ingesting or run.ended):
            self._version = run.changed_xid if run.ended else self._watermark
            self._all_jobs = None
        progress = self._progress_if_due(tick)
        if run.ended:
            return (*progress, *self._full_events()) if is_new_status else ()
        if self._is_ingesting and (reshaped or not was_ingesting):
            if was_ingesting:
                self._reshaped_at = self._watermark
            return (*self._full_events(), *progress)
        update = self._updates(changes) if self._is_ingesting else ()
        status_event = (events.status(run.status, self._version),) if is_new_status else ()
        return (*update, *status_event, *progress)

    def state(self) -> tuple[bytes, ...]:
        """Return the events that hold the full state."""
        if self.run.ended:
            return self._full_events()
        if self._is_ingesting:
            return (*self._full_events(), self._progress())
        return (events.status(self.run.status, self._version), self._progress())

    def since(self, watermark: int | None) -> tuple[bytes, ...]:
        """Return the events for a client that has the run's state as of a watermark.

        They hold only what has changed since the watermark. If the stream cannot resume from this
        watermark, they hold the full state.
        """
        if watermark is None or not self._is_resumable(watermark):
            return self.state()
        changes = [
            ShownChange(company, None, job)
            for company, view in self._companies.items()
            for job in view.jobs.values()
            if job.changed_xid >= watermark
        ]
        update = self._updates(changes)
        # The status is sent again, because the connection may have been cut between the client's
        # last event and the ``status`` event that followed it.
        return (*update, events.status(self.run.status, self._version), self._progress())

    def _is_resumable(self, watermark: int) -> bool:
        """Return whether the run's state at ``watermark`` can be updated to the present state.

        The watermark must be after the latest change of the run's own row and not before the last
        time that jobs were added or removed. It must not be in the future, either.
        """
        oldest_watermark = max(self._reshaped_at, self.run.changed_xid + 1)
        return (
            self._is_ingesting
            and oldest_watermark <= watermark <= self._watermark
            and all(view.is_known_at(watermark) for view in self._companies.values())
        )

    @property
    def _is_ingesting(self) -> bool:
        return self.run.status is RunStatus.INGESTING

    def _updates(self, changes: Collection[ShownChange]) -> tuple[bytes, ...]:
        """Return the events that hold the new titles and the new statuses of jobs."""
        retitled = [(each.company, each.job) for each in changes if each.has_new_title]
        moved = [(each.company, each.job) for each in changes if each.has_new_status]
        return (
            *((events.titles(retitled, self._version),) if retitled else ()),
            *((events.update(moved, self._version),) if moved else ()),
        )

    def _merge_changes(self, tick: Tick) -> tuple[bool, list[ShownChange]]:
        """Merge the changes that a read found.

        Returns:
            True if jobs were added or removed, and the jobs whose shown status or title has
            changed.
        """
        run_id, check_of = self.run.run_id, self.run.check_of
        is_changed = run_id in tick.changes.runs
        if not is_changed and tick.touched.isdisjoint(check_of.values()):
            return False, []
        companies_before, self._companies = self._companies, {}
        reshaped, changes = False, list[ShownChange]()
        for company, check_id in check_of.items():
            view = self._companies[company] = companies_before.pop(company, None) or CompanyView()
            jobs_before = view.jobs
            view.set_check(None if check_id is None else tick.checks[check_id])
            if check_id is None:
                view.load(SettledCompany(), {})
            elif read_company := tick.changes.companies.get(RunCompany(run_id, company)):
                view.load(read_company, tick.jobs.get(check_id, {}))
            else:
                merged = view.merge_jobs(tick.changed_jobs.get(check_id, ()))
                changes.extend(_shown_changes(company, merged))
                continue
            reshaped = reshaped or jobs_before.keys() != view.jobs.keys()
            before_and_now = (
                (jobs_before[job.job_id], job)
                for job in view.jobs.values()
                if job.job_id in jobs_before
            )
            changes.extend(_shown_changes(company, before_and_now))
        return reshaped or any(view.jobs for view in companies_before.values()), changes

    def _progress_if_due(self, tick: Tick) -> tuple[bytes, ...]:
        """Return the ``progress`` event if one is due. Otherwise return an empty tuple.

        The result is also empty if only the elapsed time and the estimated time have changed since
        the last such event. If an event is due, this also takes the reason why the run waits from
        ``tick``, and adds a sample to the estimate of the remaining time.
        """
        if not (tick.report_due or self.run.ended or self._last_reported is None):
            return ()
        self._waiting_for = tick.waiting_for.get(self.run.run_id)
        counts = self._counts()
        if self._is_ingesting:
            self._eta_samples.append((self._read_at.timestamp(), counts.steps_left))
        reported = (
            self.run.status,
            self.run.started_at,
            self._company_reports(),
            self._waiting_for,
        )
        if reported == self._last_reported:
            return ()
        self._last_reported = reported
        return (self._progress(),)

    def _full_events(self) -> tuple[bytes, ...]:
        if self._all_jobs is None:
            jobs_by_company = {
                company: view.jobs.values()
                for company, view in self._companies.items()
                if view.jobs
            }
            self._all_jobs = events.all_jobs(jobs_by_company, self._version)
        last_id = self._version + 1 if self.run.ended else self._version
        return (self._all_jobs, events.status(self.run.status, last_id))

    def _progress(self) -> bytes:
        run = self.run
        ended_at = run.finished_at or self._read_at
        elapsed = None
        if run.started_at is not None:
            elapsed = round((ended_at - run.started_at).total_seconds(), 3)
        companies = self._company_reports()
        report = events.ProgressReport(
            status=run.status,
            counts=self._counts(),
            failures=sum_failures(each.failures for each in companies),
            gone=sum(each.gone for each in companies),
            elapsed_seconds=elapsed,
            eta_seconds=eta_seconds(self._eta_samples) if self._is_ingesting else None,
            companies=companies,
            waiting_for=self._waiting_for if run.status in _MAY_WAIT else None,
        )
        return events.progress(report, self._version)

    def _counts(self) -> Counts:
        return self.run.counts or sum_counts(each.counts for each in self._company_reports())

    def _company_reports(self) -> tuple[CompanyReport, ...]:
        return tuple(
            view.report(company, self.run) for company, view in sorted(self._companies.items())
        )


def _as_shown(jobs: Iterable[JobState], follower: OpenCompany) -> Iterator[JobState]:
    """Yield the jobs of a check as a follower sees them.

    Jobs that the follower's filters leave out are omitted. The other jobs have the status that the
    follower is shown.
    """
    for job in jobs:
        if not job.listed or job.job_id in follower.left_out:
            continue
        if job.status == JobStatus.SKIPPED and job.job_id in follower.unseen:
            yield job._replace(status=JobStatus.READY)
        elif job.status == JobStatus.EXPIRED and job.job_id in follower.known_expired:
            yield job._replace(status=JobStatus.SKIPPED)
        else:
            yield job


def _shown_changes(
    company: str, jobs: Iterable[tuple[JobState | None, JobState]]
) -> Iterator[ShownChange]:
    """Yield the changes of the jobs whose shown status or title has changed.

    Args:
        jobs: pairs of the job as it was shown before (None if it was not shown) and as it is shown
            now.
    """
    for before, job in jobs:
        if before is None or before.status != job.status or before.title != job.title:
            yield ShownChange(company, before, job)


def _tally_key(job: JobState) -> tuple[str, bool, str | None]:
    """Return the facts by which ``_tally`` counts jobs."""
    error_code = job.error_code if job.status == JobStatus.FAILED else None
    return job.status, job.listed, error_code


def _company_status(check: CheckState | None) -> CompanyStatus:
    if check is None:
        return CompanyStatus.WAITING
    if check.status is CheckStatus.FAILED:
        return CompanyStatus.ERROR
    if check.listing is not None:
        return check.listing
    if check.status is CheckStatus.LISTING:
        return CompanyStatus.SOURCING
    return CompanyStatus.WAITING
