import json

import pytest

from include.core.runs.progress import WatchedRun, eta_seconds, fold
from include.core.runs.run_state import JobStatus, RunStatus


def folded(*events: tuple[str, object]) -> WatchedRun:
    """Return the run after these events, which are pairs of a name and a content.

    The content is a text, or a value that is written as JSON.
    """
    run = WatchedRun()
    for name, content in events:
        run = fold(run, name, content if isinstance(content, str) else json.dumps(content))
    return run


LISTED = {
    "acme": [
        {"external_id": "1", "title": "Baker", "status": "pending"},
        {"external_id": "2", "title": "Cook", "status": "pending"},
    ],
    "bolt": [{"external_id": "1", "title": "Driver", "status": "ready"}],
}


def statuses(run: WatchedRun) -> dict[str, dict[str, str]]:
    return {
        company: {external_id: job.status.value for external_id, job in jobs.items()}
        for company, jobs in run.jobs.items()
    }


def test_an_update_changes_only_the_jobs_it_names() -> None:
    run = folded(("all_jobs", LISTED), ("update", {"acme": {"2": "crawling"}}))
    assert statuses(run) == {"acme": {"1": "pending", "2": "crawling"}, "bolt": {"1": "ready"}}
    assert run.jobs["acme"]["2"].title == "Cook"


def test_all_jobs_replaces_the_known_jobs() -> None:
    run = folded(("all_jobs", LISTED), ("all_jobs", {"bolt": []}))
    assert statuses(run) == {"bolt": {}}


def test_an_update_of_an_unlisted_job_adds_it_without_a_title() -> None:
    run = folded(("update", {"acme": {"9": "ready"}}))
    assert run.jobs["acme"]["9"].status is JobStatus.READY
    assert run.jobs["acme"]["9"].title == ""


def test_titles_change_only_the_jobs_they_name() -> None:
    run = folded(("all_jobs", LISTED), ("titles", {"acme": {"2": "Chef"}, "bolt": {"9": "Nurse"}}))
    assert {each.title for jobs in run.jobs.values() for each in jobs.values()} == {
        *("Baker", "Chef", "Driver")
    }
    assert statuses(run)["acme"] == {"1": "pending", "2": "pending"}


def test_folding_does_not_change_the_earlier_state() -> None:
    before = folded(("all_jobs", LISTED))
    fold(before, "update", '{"acme": {"1": "failed"}}')
    assert before.jobs["acme"]["1"].status is JobStatus.PENDING


def test_the_status_is_a_word_without_quotes_and_shows_the_end() -> None:
    assert folded(("status", "ingesting")).status is RunStatus.INGESTING
    assert not folded(("status", "ingesting")).ended
    assert folded(("status", "ingesting"), ("status", "aborted")).ended


def test_progress_is_kept_and_unknown_events_change_nothing() -> None:
    run = folded(("progress", {"eta_seconds": 3}), ("weather", "rain"))
    assert run.progress == {"eta_seconds": 3}


@pytest.mark.parametrize(
    ("samples", "eta"),
    [
        ([], None),
        ([(0.0, 100)], None),
        ([(0.0, 100), (10.0, 100)], None),
        ([(0.0, 100), (10.0, 120)], None),
        ([(5.0, 100), (5.0, 90)], None),
        ([(0.0, 100), (5.0, 99), (10.0, 50)], 10.0),
        ([(0.0, 100), (10.0, 0)], 0.0),
    ],
)
def test_the_eta_is_computed_from_the_pace_or_unknown(
    samples: list[tuple[float, int]], eta: float | None
) -> None:
    assert eta_seconds(samples) == eta
