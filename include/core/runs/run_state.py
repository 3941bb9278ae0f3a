"""Define the states of runs, sweeps, checks and jobs, and the transitions between them.

The UPDATE statements in ``include.db`` take their conditions from these tables, and the tests of
states are generated from them.
"""

from enum import StrEnum


class RunStatus(StrEnum):
    PENDING = "pending"
    INITIALIZING = "initializing"
    INGESTING = "ingesting"
    FINISHED = "finished"
    ERROR = "error"
    ABORTED = "aborted"


class SweepStatus(StrEnum):
    ACTIVE = "active"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class CheckStatus(StrEnum):
    WAITING = "waiting"
    LISTING = "listing"
    READING = "reading"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


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
    RunStatus.PENDING: frozenset(
        {RunStatus.INITIALIZING, RunStatus.INGESTING, RunStatus.ERROR, RunStatus.ABORTED}
    ),
    RunStatus.INITIALIZING: frozenset({RunStatus.INGESTING, RunStatus.ERROR, RunStatus.ABORTED}),
    RunStatus.INGESTING: _RUN_ENDS,
    RunStatus.FINISHED: frozenset(),
    RunStatus.ERROR: frozenset(),
    RunStatus.ABORTED: frozenset(),
}

_CHECK_ENDS = frozenset({CheckStatus.DONE, CheckStatus.FAILED, CheckStatus.CANCELLED})

CHECK_TRANSITIONS: dict[CheckStatus, frozenset[CheckStatus]] = {
    CheckStatus.WAITING: frozenset(
        {CheckStatus.LISTING, CheckStatus.FAILED, CheckStatus.CANCELLED}
    ),
    CheckStatus.LISTING: frozenset(
        {CheckStatus.READING, CheckStatus.FAILED, CheckStatus.CANCELLED}
    ),
    CheckStatus.READING: _CHECK_ENDS,
    CheckStatus.DONE: frozenset(),
    CheckStatus.FAILED: frozenset(),
    CheckStatus.CANCELLED: frozenset(),
}

JOB_TRANSITIONS: dict[JobStatus, frozenset[JobStatus]] = {
    JobStatus.PENDING: frozenset({JobStatus.CRAWLING, JobStatus.FAILED, JobStatus.EXPIRED}),
    JobStatus.CRAWLING: frozenset(
        {JobStatus.EXTRACTING, JobStatus.SKIPPED, JobStatus.FAILED, JobStatus.EXPIRED}
    ),
    JobStatus.EXTRACTING: frozenset(
        {JobStatus.READY, JobStatus.SKIPPED, JobStatus.FAILED, JobStatus.EXPIRED}
    ),
    JobStatus.READY: frozenset(),
    JobStatus.SKIPPED: frozenset(),
    JobStatus.FAILED: frozenset(),
    JobStatus.EXPIRED: frozenset(),
}
"""The states that may follow each state of a job within one check.

A later check can change any of these states. The job becomes pending if there is a reason to read
it, and skipped if there is none.
"""

ACTIVE_RUNS = frozenset(status for status, after in RUN_TRANSITIONS.items() if after)
ENDED_RUNS = frozenset(RunStatus) - ACTIVE_RUNS
ACTIVE_CHECKS = frozenset(status for status, after in CHECK_TRANSITIONS.items() if after)
ENDED_CHECKS = frozenset(CheckStatus) - ACTIVE_CHECKS
ACTIVE_JOBS = frozenset(status for status, after in JOB_TRANSITIONS.items() if after)
ENDED_JOBS = frozenset(JobStatus) - ACTIVE_JOBS


def runs_before(status: RunStatus) -> frozenset[RunStatus]:
    """Return the states of a run that may be followed by ``status``."""
    return frozenset(before for before, after in RUN_TRANSITIONS.items() if status in after)


def checks_before(status: CheckStatus) -> frozenset[CheckStatus]:
    """Return the states of a check that may be followed by ``status``."""
    return frozenset(before for before, after in CHECK_TRANSITIONS.items() if status in after)


def jobs_before(status: JobStatus) -> frozenset[JobStatus]:
    """Return the states of a job that may be followed by ``status`` within one check."""
    return frozenset(before for before, after in JOB_TRANSITIONS.items() if status in after)
