"""Provide three users whose runs share boards.

Tests carry out the steps of the pipeline in any order.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from sqlalchemy import Engine

from include.core.checking.fingerprint import Fingerprint
from include.core.checking.outcomes import (
    Changed,
    Extracted,
    Failed,
    Gone,
    Outcome,
    Started,
    Unchanged,
)
from include.core.models import Company, CompanyStatus
from include.core.runs.run_state import JobStatus
from include.db.catalogue.jobs import expire_missing
from include.db.run.runs import notify
from include.db.user.users import ensure_user
from include.db.work.sweeps import Sweep, fence
from include.pipeline.companies.follow_company import follow_company
from include.pipeline.finish_run import finish_run
from include.pipeline.pages.flush import Outcomes
from include.pipeline.plan_batches import plan_batches
from include.pipeline.runs.abort_run import abort_run
from tests.made_up_runs import FRESH_FOR, MadeUpRuns

Step = Literal["start", "advance", "flush", "finish", "abort"]
_BOARDS = ("acme", "globex")
_FOLLOWED: Mapping[str, Mapping[str, tuple[str, dict[str, tuple[str, ...]]]]] = {
    "ada": {"acme": ("acme", {}), "globex": ("globex", {})},
    "bob": {"acme": ("acme", {"exclude_titles": ("Job 2",)})},
    "eve": {
        "acme": ("acme", {}),
        "acme-too": ("acme", {"include_titles": ("Job [1-4]",)}),
        "globex": ("globex", {"exclude_titles": ("Job 1",)}),
    },
}
USERS = tuple(_FOLLOWED)
_JOBS = 6
_FINGERPRINT = Fingerprint(
    fields_sha256="f", text_sha256="t", simhash=1, tokens=1, feature_version=1
)


@dataclass
class WatchedWorld:
    engine: Engine
    made_up: MadeUpRuns = field(init=False)
    runs: list[int] = field(default_factory=list[int])
    _stages: dict[int, int] = field(default_factory=dict[int, int])
    """The number of completed steps of each sweep, by the sweep's id."""

    def __post_init__(self) -> None:
        self.made_up = MadeUpRuns(engine=self.engine)
        with self.engine.begin() as connection:
            for user, followed in _FOLLOWED.items():
                ensure_user(connection, user)
                for slug, (board, filters) in followed.items():
                    config = {"url": f"http://{board}.example/sitemap.xml"}
                    company = Company(slug=slug, source="sitemap", config=config, **filters)
                    follow_company(connection, user, company)

    def take(self, step: Step, number: int) -> None:
        """Carry out a step. ``number`` chooses the sweep or the user that it concerns."""
        steps: dict[Step, Callable[[int], None]] = {
            "start": self._start,
            "advance": self._advance,
            "flush": self._flush,
            "finish": self._finish,
            "abort": self._abort,
        }
        steps[step](number)

    def _start(self, number: int) -> None:
        user = USERS[number % len(USERS)]
        if self._active_run(user) is None:
            max_age = FRESH_FOR if number & 4 else timedelta(0)
            self.runs.append(self.made_up.start(user, max_age=max_age, force=bool(number & 8)))
            self.made_up.dispatch()

    def _advance(self, number: int) -> None:
        """Carry out the next step of a sweep that has a step left before its jobs are read.

        Do nothing if there is no such sweep.
        """
        waiting = [each for each in self._active_sweeps() if self._stages.get(each, 0) < 5]
        if not waiting:
            return
        sweep_id = waiting[number % len(waiting)]
        stage = self._stages[sweep_id] = self._stages.get(sweep_id, 0) + 1
        if stage == 1:
            self.made_up.open(sweep_id)
            return
        sweep = self.made_up.current_sweep(sweep_id)
        match stage:
            case 2:
                self._list(sweep, number)
            case 3:
                self.made_up.upsert(sweep)
            case 4:
                self._expire(sweep)
            case _:
                plan_batches(self.engine, sweep, batch_size=1000)

    def _list(self, sweep: Sweep, number: int) -> None:
        ids = [i for i in range(_JOBS) if number >> i & 1]
        status = CompanyStatus.PARTIAL if number % 5 == 0 else CompanyStatus.COMPLETE
        for board in _BOARDS:
            if self._has(sweep, board) and number % 11:
                self.made_up.list_jobs(
                    sweep, board, ids, status=status, wanted=bool(number % 7) or not number & 4
                )

    def _has(self, sweep: Sweep, board: str) -> bool:
        query = """
            SELECT FROM checks c JOIN boards b USING (board_id)
            WHERE c.sweep_id = :s AND b.config ->> 'url' = :u AND c.status IN ('waiting', 'listing')
        """
        url = f"http://{board}.example/sitemap.xml"
        return bool(self.made_up.rows(query, s=sweep.sweep_id, u=url))

    def _expire(self, sweep: Sweep) -> None:
        """Expire the jobs that a complete listing misses.

        One listing is enough: the source is not fragile.
        """
        query = "SELECT check_id FROM checks WHERE sweep_id = :s AND listing = 'complete'"
        complete = [row.check_id for row in self.made_up.rows(query, s=sweep.sweep_id)]
        with self.engine.begin() as connection:
            fence(connection, sweep)
            expire_missing(connection, dict.fromkeys(complete, 1), timedelta(0))
            notify(connection)

    def _flush(self, number: int) -> None:
        """Write new statuses for some jobs of a check. End the check if no job of it is left."""
        query = """
            SELECT c.check_id, c.sweep_id FROM checks c JOIN sweeps s USING (sweep_id)
            WHERE c.status = 'reading' AND s.status = 'active' ORDER BY c.check_id
        """
        reading = self.made_up.rows(query)
        if not reading:
            return
        check_id, sweep_id = reading[number % len(reading)]
        query = """
            SELECT job_id, status, content_version FROM jobs
            WHERE check_id = :c AND status IN ('pending', 'crawling', 'extracting') ORDER BY job_id
        """
        jobs = self.made_up.rows(query, c=check_id)[: 1 + number % 4]
        sweep = self.made_up.current_sweep(sweep_id)
        outcomes = Outcomes(self.engine, sweep, {job.job_id: check_id for job in jobs})
        for job in jobs:
            for outcome in _next(job.job_id, job.status, job.content_version > 0, number):
                outcomes.add(outcome)
        waiting, _ = outcomes.take()
        outcomes.write(waiting, {check_id})

    def _finish(self, number: int) -> None:
        sweeps = [each for each in self._active_sweeps() if self._stages.get(each, 0) >= 5]
        if sweeps:
            finish_run(self.engine, self.made_up.sweep(sweeps[number % len(sweeps)]).dag_run_id)
            self.made_up.dispatch()

    def _abort(self, number: int) -> None:
        run_id = self._active_run(USERS[number % len(USERS)])
        if run_id is not None:
            with self.engine.begin() as connection:
                abort_run(connection, run_id)

    def _active_run(self, user: str) -> int | None:
        query = """
            SELECT run_id FROM ingestion_runs
            WHERE user_id = :u AND status IN ('pending', 'initializing', 'ingesting')
        """
        rows = self.made_up.rows(query, u=user)
        return rows[0].run_id if rows else None

    def _active_sweeps(self) -> list[int]:
        query = "SELECT sweep_id FROM sweeps WHERE status = 'active' ORDER BY sweep_id"
        return [row.sweep_id for row in self.made_up.rows(query)]


def _next(job_id: int, status: str, is_known: bool, number: int) -> list[Outcome]:
    choice = (job_id + number) % 6
    match JobStatus(status):
        case JobStatus.PENDING if choice == 5:
            return [Started(job_id=job_id), Failed(job_id=job_id, code="http", message="500")]
        case JobStatus.PENDING:
            return [Started(job_id=job_id)]
        case JobStatus.CRAWLING if choice == 0:
            return [Gone(job_id=job_id, message="gone")]
        case JobStatus.CRAWLING if choice == 1:
            return [Failed(job_id=job_id, code="timeout", message="too slow")]
        case JobStatus.CRAWLING if choice == 2 and is_known:
            return [Unchanged(job_id=job_id)]
        case JobStatus.CRAWLING:
            return [
                Changed(
                    job_id=job_id,
                    raw_key="raw/1/1.html",
                    content_sha256="c",
                    fingerprint=_FINGERPRINT,
                )
            ]
        case _:
            posting = {"title": f"Title of {job_id}", "number": number}
            return [Extracted(job_id=job_id, location=None, posting=posting)]
