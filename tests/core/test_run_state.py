from itertools import product

import pytest

from include.core.run_state import (
    ACTIVE_JOBS,
    ACTIVE_RUNS,
    ENDED_JOBS,
    ENDED_RUNS,
    JOB_TRANSITIONS,
    RUN_TRANSITIONS,
    JobStatus,
    RunStatus,
    jobs_before,
    runs_before,
)

RUN_EDGES = {
    ("pending", "initializing"),
    ("pending", "error"),
    ("pending", "aborted"),
    ("initializing", "ingesting"),
    ("initializing", "error"),
    ("initializing", "aborted"),
    ("ingesting", "finished"),
    ("ingesting", "error"),
    ("ingesting", "aborted"),
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
    ("extracting", "failed"),
    ("extracting", "expired"),
}


@pytest.mark.parametrize(("before", "after"), list(product(RunStatus, repeat=2)))
def test_a_run_goes_these_ways_and_no_other(before: RunStatus, after: RunStatus) -> None:
    legal = (before.value, after.value) in RUN_EDGES
    assert (after in RUN_TRANSITIONS[before]) is legal
    assert (before in runs_before(after)) is legal


@pytest.mark.parametrize(("before", "after"), list(product(JobStatus, repeat=2)))
def test_a_job_goes_these_ways_and_no_other(before: JobStatus, after: JobStatus) -> None:
    legal = (before.value, after.value) in JOB_EDGES
    assert (after in JOB_TRANSITIONS[before]) is legal
    assert (before in jobs_before(after)) is legal


def test_every_state_is_either_active_or_an_end() -> None:
    assert set(ACTIVE_RUNS) == {"pending", "initializing", "ingesting"}
    assert set(ENDED_RUNS) == {"finished", "error", "aborted"}
    assert set(ACTIVE_JOBS) == {"pending", "crawling", "extracting"}
    assert set(ENDED_JOBS) == {"ready", "skipped", "failed", "expired"}


def test_every_active_run_can_be_aborted_and_every_active_job_can_fail() -> None:
    assert runs_before(RunStatus.ABORTED) == runs_before(RunStatus.ERROR) == ACTIVE_RUNS
    assert jobs_before(JobStatus.FAILED) == jobs_before(JobStatus.EXPIRED) == ACTIVE_JOBS
