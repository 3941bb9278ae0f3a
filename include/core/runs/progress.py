"""Compute the state of a run from the events of its progress stream, and its remaining time.

These are the events:

- ``status`` states the status of the run as a word.
- ``all_jobs`` replaces everything that is known about the jobs.
- ``update`` changes the status of the jobs that it names.
- ``titles`` changes the titles of the jobs that it names.
- ``progress`` replaces the counts and times.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from include.core.runs.run_state import ENDED_RUNS, JobStatus, RunStatus


@dataclass(frozen=True, kw_only=True)
class WatchedJob:
    title: str
    status: JobStatus


Jobs = Mapping[str, Mapping[str, WatchedJob]]
"""The jobs of a run, by the slug of the company and then by the external id of the job."""


@dataclass(frozen=True, kw_only=True)
class WatchedRun:
    """The state of a run according to the events that a client has received so far."""

    status: RunStatus | None = None
    jobs: Jobs = field(default_factory=dict[str, Mapping[str, WatchedJob]])
    progress: Mapping[str, Any] | None = None
    """The data of the latest event ``progress``. If None, no such event was received yet."""

    @property
    def ended(self) -> bool:
        return self.status in ENDED_RUNS


def fold(run: WatchedRun, event: str, content: str) -> WatchedRun:
    """Return the state of a run after one more event.

    An event whose name is unknown changes nothing.

    Args:
        run: the state of the run before the event.
        event: the name of the event.
        content: the data of the event as text.
    """
    match event:
        case "status":
            return replace(run, status=RunStatus(content))
        case "all_jobs":
            return replace(run, jobs=_all_jobs(json.loads(content)))
        case "update":
            return replace(run, jobs=_updated(run.jobs, json.loads(content)))
        case "titles":
            return replace(run, jobs=_retitled(run.jobs, json.loads(content)))
        case "progress":
            return replace(run, progress=json.loads(content))
        case _:
            return run


def _all_jobs(companies: Mapping[str, Sequence[Mapping[str, Any]]]) -> Jobs:
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
        company_jobs = dict(after.get(company, {}))
        for external_id, status in statuses.items():
            title = company_jobs[external_id].title if external_id in company_jobs else ""
            company_jobs[external_id] = WatchedJob(title=title, status=JobStatus(status))
        after[company] = company_jobs
    return after


def _retitled(jobs: Jobs, companies: Mapping[str, Mapping[str, str]]) -> Jobs:
    after = dict(jobs)
    for company, titles in companies.items():
        company_jobs = dict(after.get(company, {}))
        for external_id, title in titles.items():
            if external_id in company_jobs:
                company_jobs[external_id] = replace(company_jobs[external_id], title=title)
        after[company] = company_jobs
    return after


def eta_seconds(samples: Sequence[tuple[float, int]]) -> float | None:
    """Estimate the time in seconds until no step is left, at the average speed of the samples.

    Return None if there are fewer than two samples, or if the number of steps left did not fall
    between the first and the last sample. Return 0 if no step is left.

    Args:
        samples: pairs of a time in seconds and the number of steps left at that time, in the order
            of the times.
    """
    if len(samples) < 2:
        return None
    (first_at, left_then), (last_at, left) = samples[0], samples[-1]
    if left == 0:
        return 0.0
    if left_then <= left or last_at <= first_at:
        return None
    return left * (last_at - first_at) / (left_then - left)
