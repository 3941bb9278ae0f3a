"""Model what runs should show.

The model has boards, checks and followers in Python, and uses no SQL. The jobs of a board are those
that its latest reading found. The memories of a user hold what the user was shown of each job, for
each company. The outcome of a check for a user depends only on the jobs and the memories, as if
nobody else followed the board.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from include.core.models import CheckKind, CompanyStatus, RunTrigger
from include.core.runs.run_state import (
    ACTIVE_CHECKS,
    ACTIVE_JOBS,
    ACTIVE_RUNS,
    CheckStatus,
    JobStatus,
    RunStatus,
    SweepStatus,
)
from include.core.runs.staleness import Remedy

JobKey = tuple[str, str]
"""A board, and the external id of a job on it."""
CROWD = 2


@dataclass(eq=False)
class Sweep:
    trigger: RunTrigger
    sweep_id: int = 0
    """The id of the sweep in the database, or 0 until it is known."""
    status: SweepStatus = SweepStatus.ACTIVE
    attempt: int = 1
    recoveries: int = 0
    is_silent: bool = False
    is_dispatched: bool = False

    @property
    def is_active(self) -> bool:
        return self.status is SweepStatus.ACTIVE


@dataclass(eq=False)
class Check:
    board: str
    kind: CheckKind
    force: bool
    sweep: Sweep | None = None
    check_id: int = 0
    """The id of the check in the database, or 0 until it is known."""
    status: CheckStatus = CheckStatus.WAITING
    listing: CompanyStatus | None = None
    rows: Mapping[str, int] = field(default_factory=dict[str, int])
    """The version of each listed job's row, by external id."""
    wanted: frozenset[str] = frozenset()
    """The listed jobs that pass the filters of at least one enabled follower.

    If no follower is enabled, these are all listed jobs.
    """
    jobs: frozenset[str] | None = None
    """The jobs that the check has taken on, or None if it has not taken on any yet."""
    error_code: str | None = None
    is_recent: bool = True

    @property
    def is_active(self) -> bool:
        return self.status in ACTIVE_CHECKS


@dataclass(eq=False)
class Job:
    """A job of a board. All users share it."""

    check: Check
    """The latest check that listed the job, took it on or expired it."""
    row: int
    status: JobStatus = JobStatus.PENDING
    readings: list[int] = field(default_factory=list[int])
    """The contents of the job's page, one for each reading that differed from the last."""
    stored: int = 0
    """The content of the page that was stored last, which may not have been read yet."""
    is_comparable: bool = False
    """True if an earlier page was read, so that a new page can be compared with it."""
    is_unread: bool = True
    """True if the job's page is to be read.

    That is so if the job is new, if its row has changed, if it is listed again after it expired, or
    if its last reading failed.
    """
    is_gone: bool = False
    """True if the page of the job said that the posting is closed."""
    missed_by: Check | None = None

    @property
    def content(self) -> int:
        return self.readings[-1] if self.readings else 0


@dataclass
class Memory:
    """The state of a job that a follower of its company was last shown."""

    seen: int = 0
    """The content that the user was shown last, or 0 if none."""
    is_told: bool = False
    """True if the user has been told that the job has expired."""
    is_wanted: bool = True


@dataclass(frozen=True)
class Shown:
    """A job as it is shown in a run."""

    status: JobStatus
    added: bool
    listed: bool


Outcome = dict[JobKey, Shown]


@dataclass
class Follow:
    board: str
    wants: Callable[[str], bool]
    """A function that returns whether the job with this external id passes the filters."""
    enabled: bool = True


@dataclass(eq=False)
class Run:
    user: str
    trigger: RunTrigger
    kind: CheckKind
    force: bool
    rests_on: dict[str, Check | None]
    run_id: int = 0
    status: RunStatus = RunStatus.PENDING
    settled: dict[str, Outcome] = field(default_factory=dict[str, Outcome])

    @property
    def is_active(self) -> bool:
        return self.status in ACTIVE_RUNS


@dataclass
class Catalogue:
    """All state that users share, and the state of each user."""

    max_recoveries: int
    rereads_all: bool
    """True if every check reads every page, whether it may have changed or not."""
    follows: dict[str, dict[str, Follow]] = field(default_factory=dict[str, dict[str, Follow]])
    jobs: dict[JobKey, Job] = field(default_factory=dict[JobKey, Job])
    checks: list[Check] = field(default_factory=list[Check])
    sweeps: list[Sweep] = field(default_factory=list[Sweep])
    runs: list[Run] = field(default_factory=list[Run])
    memories: dict[tuple[str, str], dict[JobKey, Memory]] = field(
        default_factory=dict[tuple[str, str], dict[JobKey, Memory]]
    )

    # The methods below return what a user sees.

    def shown(
        self, run: Run, company: str, *, adopted: bool = False, unfinished: JobStatus | None = None
    ) -> Outcome:
        """Return a check's outcomes for one company of the run, as its user should see them.

        They depend on what the user was shown before.

        Args:
            unfinished: the status to show for jobs that have not been read yet. If None, their own
                status is shown.
        """
        check = run.rests_on[company]
        if check is None:
            return {}
        memories = self.memories.get((run.user, company), {})
        found: Outcome = {}
        for key, job in self.jobs_of(check):
            if self.lets_through(run.user, company, key[1]):
                memory = memories.get(key)
                status = _status(job, memory or Memory(), adopted, unfinished)
                is_unread = status is JobStatus.SKIPPED and not job.readings
                found[key] = Shown(status, added=memory is None and not is_unread, listed=True)
        for key, memory in memories.items():
            job = self.jobs[key]
            is_over = job.status is JobStatus.EXPIRED and key not in found
            if is_over and key[0] == check.board and memory.is_wanted and not memory.is_told:
                if job.check is check and job.is_gone:
                    continue  # the check listed the job, but the current filters leave it out
                found[key] = Shown(JobStatus.EXPIRED, added=False, listed=False)
        return found

    def of_run(self, run: Run) -> dict[str, Outcome]:
        """Return the current outcomes of each company of the run, by company."""
        return {
            company: run.settled[company]
            if company in run.settled
            else (self.shown(run, company) if run.is_active else {})
            for company in run.rests_on
        }

    def _remember(self, run: Run, company: str, outcome: Outcome) -> None:
        check = run.rests_on[company]
        assert check is not None
        memories = self.memories.setdefault((run.user, company), {})
        for key, _ in self.jobs_of(check):
            if key in memories and not self.lets_through(run.user, company, key[1]):
                memories[key].is_wanted = False
        for key, shown in outcome.items():
            if key not in memories and not shown.added:
                continue  # the user has not seen this job, because it was never read
            memory = memories.setdefault(key, Memory())
            memory.is_wanted = True
            memory.is_told = self.jobs[key].status is JobStatus.EXPIRED
            if shown.status is JobStatus.READY:
                memory.seen = self.jobs[key].content

    def jobs_of(self, check: Check) -> Iterator[tuple[JobKey, Job]]:
        """Yield the jobs that the check listed or took on.

        Those that have left the listing are left out.
        """
        for key, job in self.jobs.items():
            left_listing = job.status is JobStatus.EXPIRED and not job.is_gone
            if job.check is check and not left_listing:
                yield key, job

    def lets_through(self, user: str, company: str, name: str) -> bool:
        follow = self.follows.get(user, {}).get(company)
        return follow is None or follow.wants(name)

    def _unread_by(self, check: Check) -> list[str]:
        """Return the jobs that the check left unread, because they passed no follower's filters."""
        if check.kind is not CheckKind.LIST or check.jobs is None:
            return []
        return [
            key[1]
            for key, job in self.jobs_of(check)
            if job.is_unread and job.status is JobStatus.SKIPPED
        ]

    # Starting runs.

    def active_run(self, user: str) -> Run | None:
        return next((run for run in self.runs if run.user == user and run.is_active), None)

    def enabled(self, user: str) -> list[str]:
        return sorted(slug for slug, each in self.follows.get(user, {}).items() if each.enabled)

    def start(
        self,
        user: str,
        companies: Iterable[str],
        trigger: RunTrigger,
        *,
        kind: CheckKind = CheckKind.LIST,
        force: bool = False,
        fresh: bool = False,
    ) -> Run:
        run = self._insert(user, companies, trigger, kind=kind, force=force)
        self._assign([run], fresh=fresh)
        return run

    def start_daily(self, *, fresh: bool) -> list[Run]:
        runs = [
            self._insert(user, self.enabled(user), RunTrigger.SCHEDULE)
            for user in sorted(self.follows)
            if self.enabled(user) and self.active_run(user) is None
        ]
        self._assign(runs, fresh=fresh)
        return runs

    def _insert(
        self,
        user: str,
        companies: Iterable[str],
        trigger: RunTrigger,
        *,
        kind: CheckKind = CheckKind.LIST,
        force: bool = False,
    ) -> Run:
        rests_on: dict[str, Check | None] = dict.fromkeys(sorted(companies))
        run = Run(user, trigger, kind, force, rests_on)
        self.runs.append(run)
        return run

    def still_failed(self, run: Run) -> list[str]:
        """Return the companies that have jobs that failed in the run and were not read since."""
        followed = self.follows.get(run.user, {})
        return sorted(
            company
            for company, outcome in run.settled.items()
            if company in followed
            and followed[company].enabled
            and any(
                shown.status is JobStatus.FAILED
                and self.jobs[key].status is JobStatus.FAILED
                and key[0] == followed[company].board
                for key, shown in outcome.items()
            )
        )

    # Assigning checks to runs.

    def _assign(self, runs: list[Run], *, fresh: bool) -> None:
        """Assign a check to each company of the runs that has none. All runs are of one kind."""
        asking: dict[str, list[tuple[Run, str]]] = {}
        for run in runs:
            for company, check in run.rests_on.items():
                follow = self.follows.get(run.user, {}).get(company)
                if check is None and follow is not None:
                    asking.setdefault(follow.board, []).append((run, company))
        if not asking:
            return
        kind, force, trigger = runs[0].kind, runs[0].force, runs[0].trigger
        chosen: dict[str, Check] = {}
        adopted: list[Check] = []
        moved: list[Check] = []
        new: list[Check] = []
        for board, followers in sorted(asking.items()):
            active = self.active_check(board)
            if active is not None:
                if active.kind is not kind or (
                    force and not active.force and active.jobs is not None
                ):
                    # These runs wait, because the active check of the board does not do what they
                    # need.
                    continue
                is_urgent = trigger is not RunTrigger.SCHEDULE
                is_waiting = active.status is CheckStatus.WAITING
                if is_urgent and is_waiting and self._is_crowded(active, len(asking)):
                    moved.append(active)
                active.force = active.force or force
            elif fresh and not force and (recent := self._recent(board, followers)):
                adopted.append(recent)
                chosen[board] = recent
                continue
            else:
                active = Check(board, kind, force)
                new.append(active)
            chosen[board] = active
        if new or moved:
            sweep = Sweep(trigger)
            self.sweeps.append(sweep)
            self.checks += new
            for check in (*new, *moved):
                check.sweep = sweep
        for board, followers in asking.items():
            for run, company in followers:
                run.rests_on[company] = chosen.get(board)
        for run in runs:
            self._catch_up(run)
        for check in adopted:
            for run, company in asking[check.board]:
                self._settle_company(run, company, adopted=True)
        if adopted:
            self._end_settled(runs)

    def active_check(self, board: str) -> Check | None:
        return next((c for c in self.checks if c.board == board and c.is_active), None)

    def _recent(self, board: str, followers: Iterable[tuple[Run, str]]) -> Check | None:
        of_board = [check for check in self.checks if check.board == board]
        if not of_board:
            return None
        latest = of_board[-1]
        is_fit = latest.kind is CheckKind.LIST and latest.status is CheckStatus.DONE
        lacks = any(
            self.lets_through(run.user, company, name)
            for name in self._unread_by(latest)
            for run, company in followers
        )
        return latest if is_fit and latest.is_recent and not lacks else None

    def _is_crowded(self, check: Check, asked: int) -> bool:
        assert check.sweep is not None
        beside = len(self.active_checks(check.sweep))
        return check.sweep.trigger is RunTrigger.SCHEDULE or beside > CROWD * asked

    def _catch_up(self, run: Run) -> None:
        states = {check.status for check in run.rests_on.values() if check is not None}
        if run.status is not RunStatus.PENDING:
            return
        if states - {CheckStatus.WAITING, CheckStatus.LISTING}:
            run.status = RunStatus.INGESTING
        elif CheckStatus.LISTING in states:
            run.status = RunStatus.INITIALIZING

    def assign_checks_to_waiting_runs(self) -> None:
        waiting = [run for run in self.runs if run.is_active and any(self._assignable(run))]
        waiting.sort(key=lambda run: run.run_id)
        for run in waiting:
            for company in list(run.rests_on):
                followed = company in self.follows.get(run.user, {})
                if run.rests_on[company] is None and not followed:
                    del run.rests_on[company]
        for run in waiting:
            if run.rests_on:
                self._assign([run], fresh=False)
            else:
                run.status = RunStatus.INGESTING
        self._end_settled(waiting)

    def _assignable(self, run: Run) -> Iterator[bool]:
        for company, check in run.rests_on.items():
            if check is None:
                follow = self.follows.get(run.user, {}).get(company)
                yield follow is None or self.active_check(follow.board) is None

    # The work of a sweep.

    def active_checks(self, sweep: Sweep) -> list[Check]:
        return [check for check in self.checks if check.sweep is sweep and check.is_active]

    def runs_of_checks(self, check: Check) -> list[Run]:
        return [run for run in self.runs if run.is_active and check in run.rests_on.values()]

    def open(self, sweep: Sweep) -> None:
        sweep.is_silent = False
        for check in self.active_checks(sweep):
            if check.kind is not CheckKind.LIST and check.status is CheckStatus.WAITING:
                check.status = CheckStatus.LISTING
            for run in self.runs_of_checks(check):
                if run.status is RunStatus.PENDING:
                    run.status = RunStatus.INITIALIZING

    def to_list(self, sweep: Sweep) -> list[Check]:
        return [
            check
            for check in self.active_checks(sweep)
            if check.kind is CheckKind.LIST
            and check.status in (CheckStatus.WAITING, CheckStatus.LISTING)
            and check.listing is None
        ]

    def wanted_of(self, board: str, names: Iterable[str]) -> frozenset[str]:
        """Return the jobs that any enabled follower of the board wants.

        If it has none, return all.
        """
        followers = [
            follow
            for of_user in self.follows.values()
            for follow in of_user.values()
            if follow.board == board and follow.enabled
        ]
        return frozenset(
            name
            for name in names
            if not followers or any(follow.wants(name) for follow in followers)
        )

    def note_listing(self, check: Check, listing: CompanyStatus, rows: Mapping[str, int]) -> None:
        check.listing, check.rows = listing, rows
        check.wanted = self.wanted_of(check.board, rows)

    def upsert(self, sweep: Sweep) -> None:
        for check in self.to_list(sweep):
            check.status, check.listing = CheckStatus.LISTING, CompanyStatus.ERROR
        for check in self.active_checks(sweep):
            is_due = check.status is CheckStatus.LISTING and check.jobs is None
            if not is_due or check.listing is CompanyStatus.ERROR:
                continue
            if check.kind is CheckKind.LIST:
                self._take_on_listed(check)
            else:
                self._take_on_failed(check)

    def _take_on_listed(self, check: Check) -> None:
        check.jobs = frozenset(check.rows)
        for name, row in check.rows.items():
            job = self.jobs.setdefault((check.board, name), Job(check, row))
            job.check, job.missed_by = check, None
            job.is_unread = job.is_unread or row != job.row or check.force or self.rereads_all
            job.row = row
            if job.is_unread and name in check.wanted:
                job.status = JobStatus.PENDING
            elif not (job.status is JobStatus.EXPIRED and job.is_gone):
                job.status = JobStatus.SKIPPED

    def _take_on_failed(self, check: Check) -> None:
        failed = [
            name
            for (board, name), job in self.jobs.items()
            if board == check.board and job.status is JobStatus.FAILED
        ]
        for name in failed:
            job = self.jobs[check.board, name]
            job.check, job.status = check, JobStatus.PENDING
        check.jobs = frozenset(failed)
        check.listing = CompanyStatus.PARTIAL

    def expire(self, sweep: Sweep) -> None:
        for check in self.active_checks(sweep):
            complete = check.listing in (CompanyStatus.COMPLETE, CompanyStatus.HELD)
            if check.status is CheckStatus.LISTING and check.kind is CheckKind.LIST and complete:
                self._expire_missing(check)

    def _expire_missing(self, check: Check) -> None:
        missing = [
            job
            for (board, _), job in self.jobs.items()
            if board == check.board
            and job.status is not JobStatus.EXPIRED
            and job.check is not check
        ]
        for job in missing:
            if check.rows or job.missed_by not in (None, check):
                job.check, job.status = check, JobStatus.EXPIRED
                job.is_gone, job.is_unread = False, True
            else:
                job.missed_by = job.missed_by or check
                # The jobs are held, because an empty listing must be confirmed by another one.
                check.listing = CompanyStatus.HELD

    def plan(self, sweep: Sweep) -> None:
        for check in self.active_checks(sweep):
            is_listed = check.listing not in (None, CompanyStatus.ERROR)
            if check.status is CheckStatus.LISTING and is_listed:
                check.status = CheckStatus.READING
            if check.status is CheckStatus.READING:
                for run in self.runs_of_checks(check):
                    run.status = RunStatus.INGESTING
        for check in self.active_checks(sweep):
            if check.status is CheckStatus.LISTING:
                self.end_early([check], CheckStatus.FAILED, "listing")
            else:
                self.end_if_read([check])

    def unfinished(self, check: Check) -> list[JobKey]:
        return [key for key, job in self.jobs_of(check) if job.status in ACTIVE_JOBS]

    # Ending checks.

    def end_if_read(self, checks: Iterable[Check]) -> bool:
        """End the checks whose jobs have all been read, and return whether any check ended."""
        ended = [
            check
            for check in checks
            if check.status is CheckStatus.READING and not self.unfinished(check)
        ]
        for check in ended:
            check.status = CheckStatus.DONE
            self._settle(check)
        return bool(ended)

    def end_early(self, checks: Iterable[Check], status: CheckStatus, error_code: str) -> None:
        for check in checks:
            check.status, check.error_code = status, error_code
            for key in self.unfinished(check):
                self.jobs[key].status = JobStatus.FAILED
                self.jobs[key].is_unread = True
            self._settle(check)

    def _settle(self, check: Check) -> None:
        resting = self.runs_of_checks(check)
        for run in resting:
            run.status = RunStatus.INGESTING
            for company in [each for each, its in run.rests_on.items() if its is check]:
                if company in self.enabled(run.user) and any(
                    self.lets_through(run.user, company, name) for name in self._unread_by(check)
                ):
                    # This follower wants a job that was left unread, so the company gets another
                    # check.
                    run.rests_on[company] = None
                else:
                    self._settle_company(run, company)
        self._end_settled(resting)

    def _settle_company(self, run: Run, company: str, *, adopted: bool = False) -> None:
        outcome = self.shown(run, company, adopted=adopted, unfinished=JobStatus.FAILED)
        self._remember(run, company, outcome)
        run.settled[company] = outcome

    def _end_settled(self, runs: Iterable[Run]) -> None:
        for run in runs:
            checks = run.rests_on.values()
            if run.status is RunStatus.INGESTING and all(c and not c.is_active for c in checks):
                run.status = RunStatus.ERROR if self.lost(run) else RunStatus.FINISHED

    def lost(self, run: Run) -> list[str]:
        """Return the companies whose check failed, unless it failed because of its listing."""
        return [
            company
            for company, check in run.rests_on.items()
            if check and check.status is CheckStatus.FAILED and check.error_code != "listing"
        ]

    def abort(self, run: Run) -> None:
        active = [check for check in run.rests_on.values() if check and check.is_active]
        for company, check in run.rests_on.items():
            if check in active:
                if check.jobs is None:
                    run.rests_on[company] = None
                else:
                    self._settle_company(run, company)
        run.status = RunStatus.ABORTED
        unwanted = [check for check in dict.fromkeys(active) if not self.runs_of_checks(check)]
        self.end_early(unwanted, CheckStatus.CANCELLED, "aborted")
        for sweep in {check.sweep for check in unwanted}:
            assert sweep is not None
            self._close(sweep, SweepStatus.CANCELLED)
        self.assign_checks_to_waiting_runs()

    # Ending sweeps.

    def _close(self, sweep: Sweep, status: SweepStatus) -> None:
        if sweep.is_active and not self.active_checks(sweep):
            sweep.status = status

    def finish(self, sweep: Sweep) -> None:
        if sweep.is_active:
            self.end_if_read(self.active_checks(sweep))
            lost = self.active_checks(sweep)
            self.end_early(lost, CheckStatus.FAILED, "unfinished")
            self._close(sweep, SweepStatus.FAILED if lost else SweepStatus.DONE)
        self.assign_checks_to_waiting_runs()

    def recover(self, sweep: Sweep, attempt: int) -> Remedy | None:
        if not (
            sweep.is_active and sweep.is_silent and sweep.is_dispatched and attempt == sweep.attempt
        ):
            return None
        self.end_if_read(self.active_checks(sweep))
        active_checks = self.active_checks(sweep)
        if not active_checks:
            remedy = Remedy.FINISH
            self._close(sweep, SweepStatus.DONE)
        elif sweep.recoveries < self.max_recoveries:
            remedy = Remedy.RESUME
            sweep.attempt += 1
            sweep.recoveries += 1
            sweep.is_silent = sweep.is_dispatched = False
            for check in active_checks:
                for key in self.unfinished(check):
                    if self.jobs[key].status is JobStatus.CRAWLING:
                        self.jobs[key].status = JobStatus.PENDING
        else:
            remedy = Remedy.GIVE_UP
            self.end_early(active_checks, CheckStatus.FAILED, "stale")
            self._close(sweep, SweepStatus.FAILED)
        self.assign_checks_to_waiting_runs()
        return remedy


def _status(job: Job, memory: Memory, adopted: bool, unfinished: JobStatus | None) -> JobStatus:
    """Return the status to show for a job, according to what the user has been shown of it."""
    if job.status in ACTIVE_JOBS:
        return unfinished or job.status
    if job.status is JobStatus.FAILED:
        return job.status
    if job.status is JobStatus.EXPIRED:
        return JobStatus.SKIPPED if memory.is_told else job.status
    is_news = job.content != memory.seen or (job.status is JobStatus.READY and not adopted)
    return JobStatus.READY if is_news else JobStatus.SKIPPED


def count(outcomes: Collection[Outcome]) -> dict[str, int]:
    """Return the counts of a run, or of one of its companies, that follow from the outcomes."""
    statuses = [each for outcome in outcomes for each in outcome.values()]
    counts = {status.value: sum(e.status is status for e in statuses) for status in JobStatus}
    return counts | {
        "total": sum(each.listed for each in statuses),
        "added": sum(each.added for each in statuses),
    }
