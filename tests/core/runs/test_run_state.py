from itertools import product

import pytest

from include.core.runs.run_state import (
    ACTIVE_CHECKS,
    ACTIVE_JOBS,
    ACTIVE_RUNS,
    CHECK_TRANSITIONS,
    ENDED_CHECKS,
    ENDED_JOBS,
    ENDED_RUNS,
    JOB_TRANSITIONS,
    RUN_TRANSITIONS,
    CheckStatus,
    JobStatus,
    RunStatus,
    checks_before,
    jobs_before,
    runs_before,
)

RUN_EDGES = {
    ("pending", "initializing"),
    # A run skips ``initializing`` if all its boards were listed before the run began.
    ("pending", "ingesting"),
    ("pending", "error"),
    ("pending", "aborted"),
    ("initializing", "ingesting"),
    ("initializing", "error"),
    ("initializing", "aborted"),
    ("ingesting", "finished"),
    ("ingesting", "error"),
    ("ingesting", "aborted"),
}
CHECK_EDGES = {
    ("waiting", "listing"),
    ("waiting", "failed"),
    ("waiting", "cancelled"),
    ("listing", "reading"),
    ("listing", "failed"),
    ("listing", "cancelled"),
    ("reading", "done"),
    ("reading", "failed"),
    ("reading", "cancelled"),
}
JOB_EDGES = {
    ("pending", "crawling"),
    ("pending", "failed"),
    ("pending", "expired"),
    ("crawling", "extracting"),
    ("crawling", "skipped"),
    ("crawling", "failed"),
    ("crawling", "expired"),
    ("extracting", "ready"),
    ("extracting", "skipped"),
    ("extracting", "failed"),
    ("extracting", "expired"),
}


@pytest.mark.parametrize(("before", "after"), list(product(RunStatus, repeat=2)))
def test_a_run_has_only_these_transitions(before: RunStatus, after: RunStatus) -> None:
    legal = (before.value, after.value) in RUN_EDGES
    assert (after in RUN_TRANSITIONS[before]) is legal
    assert (before in runs_before(after)) is legal


@pytest.mark.parametrize(("before", "after"), list(product(CheckStatus, repeat=2)))
def test_a_check_has_only_these_transitions(before: CheckStatus, after: CheckStatus) -> None:
    legal = (before.value, after.value) in CHECK_EDGES
    assert (after in CHECK_TRANSITIONS[before]) is legal
    assert (before in checks_before(after)) is legal


@pytest.mark.parametrize(("before", "after"), list(product(JobStatus, repeat=2)))
def test_a_job_has_only_these_transitions(before: JobStatus, after: JobStatus) -> None:
    legal = (before.value, after.value) in JOB_EDGES
    assert (after in JOB_TRANSITIONS[before]) is legal
    assert (before in jobs_before(after)) is legal


def test_every_state_is_either_active_or_ended() -> None:
    assert set(ACTIVE_RUNS) == {"pending", "initializing", "ingesting"}
    assert set(ENDED_RUNS) == {"finished", "error", "aborted"}
    assert set(ACTIVE_CHECKS) == {"waiting", "listing", "reading"}
    assert set(ENDED_CHECKS) == {"done", "failed", "cancelled"}
    assert set(ACTIVE_JOBS) == {"pending", "crawling", "extracting"}
    assert set(ENDED_JOBS) == {"ready", "skipped", "failed", "expired"}


def test_every_active_run_can_be_aborted_and_every_active_check_cancelled() -> None:
    assert runs_before(RunStatus.ABORTED) == runs_before(RunStatus.ERROR) == ACTIVE_RUNS
    assert checks_before(CheckStatus.CANCELLED) == checks_before(CheckStatus.FAILED)
    assert checks_before(CheckStatus.CANCELLED) == ACTIVE_CHECKS


def test_every_active_job_can_fail_or_expire() -> None:
    assert jobs_before(JobStatus.FAILED) == jobs_before(JobStatus.EXPIRED) == ACTIVE_JOBS
