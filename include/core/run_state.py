"""The states of runs and jobs and the only ways between them.

The guards of every UPDATE in ``include.db`` and the state tests are made from these tables.
"""

from enum import StrEnum


class RunStatus(StrEnum):
    PENDING = "pending"
    INITIALIZING = "initializing"
    INGESTING = "ingesting"
    FINISHED = "finished"
    ERROR = "error"
    ABORTED = "aborted"


class JobStatus(StrEnum):
    PENDING = "pending"
    CRAWLING = "crawling"
    EXTRACTING = "extracting"
    READY = "ready"
    SKIPPED = "skipped"
    FAILED = "failed"
    EXPIRED = "expired"


_RUN_ENDS = frozenset({RunStatus.FINISHED, RunStatus.ERROR, RunStatus.ABORTED})

RUN_TRANSITIONS: dict[RunStatus, frozenset[RunStatus]] = {
    RunStatus.PENDING: frozenset({RunStatus.INITIALIZING, RunStatus.ERROR, RunStatus.ABORTED}),
    RunStatus.INITIALIZING: frozenset({RunStatus.INGESTING, RunStatus.ERROR, RunStatus.ABORTED}),
    RunStatus.INGESTING: _RUN_ENDS,
    RunStatus.FINISHED: frozenset(),
    RunStatus.ERROR: frozenset(),
    RunStatus.ABORTED: frozenset(),
}

JOB_TRANSITIONS: dict[JobStatus, frozenset[JobStatus]] = {
    JobStatus.PENDING: frozenset({JobStatus.CRAWLING, JobStatus.FAILED, JobStatus.EXPIRED}),
    JobStatus.CRAWLING: frozenset(
        {JobStatus.EXTRACTING, JobStatus.SKIPPED, JobStatus.FAILED, JobStatus.EXPIRED}
    ),
    JobStatus.EXTRACTING: frozenset({JobStatus.READY, JobStatus.FAILED, JobStatus.EXPIRED}),
    JobStatus.READY: frozenset(),
    JobStatus.SKIPPED: frozenset(),
    JobStatus.FAILED: frozenset(),
    JobStatus.EXPIRED: frozenset(),
}
"""Within one run. The next run that lists a posting makes it pending again from any state."""

ACTIVE_RUNS = frozenset(status for status, after in RUN_TRANSITIONS.items() if after)
ENDED_RUNS = frozenset(RunStatus) - ACTIVE_RUNS
ACTIVE_JOBS = frozenset(status for status, after in JOB_TRANSITIONS.items() if after)
ENDED_JOBS = frozenset(JobStatus) - ACTIVE_JOBS


def runs_before(status: RunStatus) -> frozenset[RunStatus]:
    """The states from which a run may become ``status``."""
    return frozenset(before for before, after in RUN_TRANSITIONS.items() if status in after)


def jobs_before(status: JobStatus) -> frozenset[JobStatus]:
    """The states from which a job may become ``status`` within its run."""
    return frozenset(before for before, after in JOB_TRANSITIONS.items() if status in after)
