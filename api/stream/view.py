"""A run as this process knows it, and the events that tell others. No IO, no clock.

Events are encoded once, for whoever they go to.
"""

from collections import deque
from dataclasses import dataclass, replace

from api.stream import events
from include.core.progress import eta_seconds
from include.core.run_state import RunStatus
from include.db.progress import JobState, RunHead, RunReport

_ETA_SAMPLES = 10
"""One a second. What is listed with its text goes first, and fast: no measure for the rest."""


@dataclass(frozen=True, kw_only=True)
class News:
    """What one transaction saw."""

    head: RunHead
    jobs: list[JobState]
    """Those that changed since the view's version, or all of an ended run."""
    report: RunReport | None
    """None when it was not due."""


class RunView:
    def __init__(self) -> None:
        self.head: RunHead | None = None
        self._jobs: dict[tuple[str, str], JobState] = {}
        self._version = 0
        self._joined_at = 0
        """The version at which a job last joined: who knows less needs the full state."""
        self._report: RunReport | None = None
        self._left: deque[tuple[float, int]] = deque(maxlen=_ETA_SAMPLES)
        self._all_jobs: bytes | None = None
        self._progress: bytes | None = None

    @property
    def jobs_after(self) -> int:
        """The version after which changes of jobs are news; before the run ingests, all are."""
        return self._version if self._ingesting else -1

    @property
    def _ingesting(self) -> bool:
        return self.head is not None and self.head.status is RunStatus.INGESTING

    def apply(self, news: News, now: float) -> tuple[bytes, ...]:
        """The events for those who had been told everything before; ``now`` in seconds."""
        before, was_ingesting = self.head, self._ingesting
        self.head = news.head
        new_status = before is None or before.status is not news.head.status
        if news.head.ended:
            self._jobs.clear()
        joined = self._merge(news)
        progress = self._merge_report(news.report, now)
        if news.head.ended:
            return (*progress, *self._full(news.head)) if new_status else ()
        if self._ingesting and (joined or not was_ingesting):
            if was_ingesting:
                self._joined_at = self._version
            return (*self._full(news.head), *progress)
        update = (events.update(news.jobs, self._version),) if news.jobs else ()
        word = (events.status(news.head.status, self._version),) if new_status else ()
        return (*update, *word, *progress)

    def state(self) -> tuple[bytes, ...]:
        """All there is to know."""
        if self.head is None:
            return ()
        if self.head.ended:
            return self._full(self.head)
        if self._ingesting:
            return (*self._full(self.head), *self._latest_progress())
        return (events.status(self.head.status, self._version), *self._latest_progress())

    def since(self, version: int | None) -> tuple[bytes, ...]:
        """What is new to someone who knows the jobs up to ``version``; all, if that can't be a
        version of this run."""
        known = version is not None and max(1, self._joined_at) <= version <= self._version
        if self.head is None or not self._ingesting or version is None or not known:
            return self.state()
        changed = [job for job in self._jobs.values() if job.version > version]
        update = (events.update(changed, self._version),) if changed else ()
        # The word is said again: what was cut off may have been it, after jobs of this version.
        word = events.status(self.head.status, self._version)
        return (*update, word, *self._latest_progress())

    def _full(self, head: RunHead) -> tuple[bytes, ...]:
        if self._all_jobs is None:
            self._all_jobs = events.all_jobs(self._jobs.values(), self._version)
        return (self._all_jobs, events.status(head.status, self._version))

    def _latest_progress(self) -> tuple[bytes, ...]:
        if self._report is None:
            return ()
        if self._progress is None:
            left = eta_seconds(self._left) if self._ingesting else None
            self._progress = events.progress(self._report, left, self._version)
        return (self._progress,)

    def _merge(self, news: News) -> bool:
        """Whether there is a job that was not there before."""
        if not (self._ingesting or news.head.ended):
            return False
        known = len(self._jobs)
        for job in news.jobs:
            self._jobs[job.company, job.external_id] = job
        if news.jobs or news.head.version != self._version:
            self._version = news.head.version
            self._all_jobs = self._progress = None
        return len(self._jobs) > known

    def _merge_report(self, report: RunReport | None, now: float) -> tuple[bytes, ...]:
        """The event, unless nothing but the time has changed."""
        if report is None:
            return ()
        before, self._report, self._progress = self._report, report, None
        if report.status is RunStatus.INGESTING:
            self._left.append((now, report.counts.steps_left))
        same = before is not None and report == replace(
            before,
            elapsed_seconds=report.elapsed_seconds,
            last_heartbeat=report.last_heartbeat,
        )
        return () if same else self._latest_progress()
