"""One user's runs and jobs as they ought to be: what the run machine holds Postgres against."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from include.core.run_state import ACTIVE_JOBS, ACTIVE_RUNS, JOB_TRANSITIONS, JobStatus, RunStatus
from include.core.staleness import Remedy
from include.db.runs import Run


@dataclass(frozen=True)
class Job:
    owner: int
    """The run that has it."""
    status: JobStatus


@dataclass
class RunModel:
    run_id: int
    status: RunStatus = RunStatus.PENDING
    attempt: int = 1
    recoveries: int = 0
    silent: bool = False
    dispatched: bool = False
    listed: frozenset[str] | None = None
    outcomes: dict[str, JobStatus] | None = None
    """What is kept of its jobs, once it has ended."""

    @property
    def active(self) -> bool:
        return self.status in ACTIVE_RUNS

    def takes(self, worker: Run, *during: RunStatus) -> bool:
        same = (worker.run_id, worker.attempt) == (self.run_id, self.attempt)
        return same and self.status in during


@dataclass
class UserModel:
    max_recoveries: int
    runs: list[RunModel] = field(default_factory=list)
    jobs: dict[str, Job] = field(default_factory=dict)

    @property
    def run(self) -> RunModel:
        """The latest."""
        return self.runs[-1]

    def of_run(self) -> dict[str, JobStatus]:
        run_id = self.run.run_id
        return {name: job.status for name, job in self.jobs.items() if job.owner == run_id}

    @property
    def unfinished(self) -> bool:
        return any(status in ACTIVE_JOBS for status in self.of_run().values())

    def list(self, names: Iterable[str]) -> None:
        self.run.listed = frozenset(names)

    def upsert(self) -> None:
        """Jobs that the run has already are left as they are."""
        run = self.run
        for name in run.listed or ():
            if name not in self.jobs or self.jobs[name].owner < run.run_id:
                self.jobs[name] = Job(run.run_id, JobStatus.PENDING)

    def expire(self) -> None:
        if self.run.listed is not None:
            self.expire_for(self.run.run_id, self.run.listed)

    def expire_for(self, run_id: int, listed: frozenset[str]) -> None:
        """Never what a newer run has."""
        for name, job in self.jobs.items():
            if name not in listed and job.owner < run_id and job.status is not JobStatus.EXPIRED:
                self.jobs[name] = Job(run_id, JobStatus.EXPIRED)

    def write(self, found: Mapping[str, Iterable[JobStatus]], order: Iterable[JobStatus]) -> None:
        """As a flush writes: by status, each only where the job's present one allows it."""
        for status in order:
            for name, statuses in found.items():
                job = self.jobs[name]
                if status in statuses and status in JOB_TRANSITIONS[job.status]:
                    self.jobs[name] = replace(job, status=status)

    def end(self, status: RunStatus) -> None:
        for name, was in self.of_run().items():
            if was in ACTIVE_JOBS:
                self.jobs[name] = Job(self.run.run_id, JobStatus.FAILED)
        self.run.status = status
        self.run.outcomes = self.of_run()

    def end_if_done(self) -> bool:
        done = self.run.status is RunStatus.INGESTING and not self.unfinished
        if done:
            self.end(RunStatus.FINISHED)
        return done

    def recover(self, attempt: int) -> Remedy | None:
        run = self.run
        if not (run.active and run.silent and run.dispatched and attempt == run.attempt):
            return None
        if self.end_if_done():
            return Remedy.FINISH
        if run.recoveries == self.max_recoveries:
            self.end(RunStatus.ERROR)
            return Remedy.GIVE_UP
        run.attempt += 1
        run.recoveries += 1
        run.silent = run.dispatched = False
        for name, was in self.of_run().items():
            if was is JobStatus.CRAWLING:
                self.jobs[name] = Job(run.run_id, JobStatus.PENDING)
        return Remedy.RESUME
