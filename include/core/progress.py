"""A run as those who watch it see it: the state that its events add up to, and how long it may
still take.

The events are those of the progress stream: ``status`` is the bare word, ``all_jobs`` replaces
everything known of the jobs, ``update`` changes the status of the jobs it names.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from include.core.run_state import ENDED_RUNS, JobStatus, RunStatus


@dataclass(frozen=True, kw_only=True)
class WatchedJob:
    title: str
    status: JobStatus


Jobs = Mapping[str, Mapping[str, WatchedJob]]
"""Company → external id → job."""


@dataclass(frozen=True, kw_only=True)
class WatchedRun:
    """What a client knows of a run after some events."""

    status: RunStatus | None = None
    jobs: Jobs = field(default_factory=dict[str, Mapping[str, WatchedJob]])
    progress: Mapping[str, Any] | None = None
    """As the latest ``progress`` event had it."""

    @property
    def ended(self) -> bool:
        return self.status in ENDED_RUNS


def fold(run: WatchedRun, event: str, content: str) -> WatchedRun:
    """``run`` after one more event; events of other names change nothing.

    Args:
        content: the event's data, as text.
    """
    match event:
        case "status":
            return replace(run, status=RunStatus(content))
        case "all_jobs":
            return replace(run, jobs=_all_jobs(json.loads(content)))
        case "update":
            return replace(run, jobs=_updated(run.jobs, json.loads(content)))
        case "progress":
            return replace(run, progress=json.loads(content))
        case _:
            return run


def _all_jobs(companies: Mapping[str, Sequence[Mapping[str, str]]]) -> Jobs:
    return {
        company: {
            job["external_id"]: WatchedJob(title=job["title"], status=JobStatus(job["status"]))
            for job in jobs
        }
        for company, jobs in companies.items()
    }


def _updated(jobs: Jobs, companies: Mapping[str, Mapping[str, str]]) -> Jobs:
    after = dict(jobs)
    for company, statuses in companies.items():
        known = dict(after.get(company, {}))
        for external_id, status in statuses.items():
            title = known[external_id].title if external_id in known else ""
            known[external_id] = WatchedJob(title=title, status=JobStatus(status))
        after[company] = known
    return after


def eta_seconds(samples: Sequence[tuple[float, int]]) -> float | None:
    """Seconds until no step is left, at the pace of ``samples``: (seconds, steps left), oldest
    first. None when they show no pace yet.
    """
    if len(samples) < 2:
        return None
    (began, left_then), (ended, left) = samples[0], samples[-1]
    if left == 0:
        return 0.0
    if left_then <= left or ended <= began:
        return None
    return left * (ended - began) / (left_then - left)
