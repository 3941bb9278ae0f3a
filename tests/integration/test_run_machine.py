"""Tests of users, boards and sweeps in any order of events.

They are compared with a model in Python. Hypothesis chooses the events. Users follow boards with
filters, and start and abort runs. Boards change their listings, and pages their content. Workers
die. After each step, the runs of every user must be as the model says.
"""

import os
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from itertools import count as numbers

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine

from include.core.checking.fingerprint import fingerprint
from include.core.checking.outcomes import (
    STATUS_OF_OUTCOME,
    Changed,
    Extracted,
    Failed,
    Gone,
    Outcome,
    Started,
    Unchanged,
)
from include.core.models import (
    CheckKind,
    Company,
    CompanyStatus,
    ListedJob,
    Listing,
    RunTrigger,
)
from include.core.runs.run_state import (
    ACTIVE_JOBS,
    ENDED_JOBS,
    JOB_TRANSITIONS,
    CheckStatus,
    JobStatus,
    RunStatus,
)
from include.db.catalogue import job_outcomes
from include.db.catalogue.jobs import expire_missing, upsert_listed
from include.db.catalogue.listed_jobs import replace_listing
from include.db.run.progress import RunReport, list_run_jobs, read_head, read_run
from include.db.user.companies import delete_company, enabled_companies
from include.db.user.users import ensure_user
from include.db.work.checks import begin_listing, set_listing
from include.db.work.sweeps import Sweep as Worker
from include.db.work.sweeps import fence
from include.errors import ActiveRunError, CompaniesError, SweepSuperseded
from include.pipeline.companies.follow_company import follow_company
from include.pipeline.finish_run import finish_run
from include.pipeline.listing.listed_rows import listed_rows
from include.pipeline.mark_expired import mark_expired
from include.pipeline.open_run import open_run
from include.pipeline.pages.flush import Outcomes
from include.pipeline.plan_batches import plan_batches
from include.pipeline.runs.abort_run import abort_run, close_idle_sweeps
from include.pipeline.runs.retry_failed import retry_failed
from include.pipeline.start_daily_runs import start_daily_runs
from tests.databases import empty_tables
from tests.integration.run_model import (
    Catalogue,
    Check,
    Follow,
    Job,
    JobKey,
    Run,
    Sweep,
    count,
)
from tests.made_up_runs import FRESH_FOR, NEVER, MadeUpRuns
from tests.readers import InThisProcess

LONG = os.environ.get("JOBHUNT_CHAOS") == "long"
pytestmark = [pytest.mark.integration, pytest.mark.timeout(7200 if LONG else 600)]
MAX_RECOVERIES = 2
SWEEP_BOARDS = 2
USERS = ("ada", "bob", "eve")
COMPANIES = ("acme", "bolt")
BOARDS = ("north", "south", "west")
TITLES = {"0": "Baker", "1": "Clerk", "2": "Baker and clerk"}
NAMES = tuple(TITLES)
FILTERS: dict[str, tuple[dict[str, tuple[str, ...]], Callable[[str], bool]]] = {
    "all": ({}, lambda name: True),
    "bakers": ({"include_titles": ("baker",)}, lambda name: name != "1"),
    "no clerks": ({"exclude_titles": ("clerk",)}, lambda name: name == "0"),
    "clerks": ({"include_titles": ("clerk",)}, lambda name: name != "0"),
}
"""Filters by name.

Each is a pair: the filters as the product takes them, and a function that returns whether the job
with this external id passes them.
"""
READ_TO_THE_END = ("same", "same", "same", "changed", "changed", "failed", "gone")

some_user = st.sampled_from(USERS)
seldom = st.integers(0, 5).map(lambda n: n == 0)
some_listing = st.tuples(
    st.sampled_from([*[CompanyStatus.COMPLETE] * 6, CompanyStatus.PARTIAL, CompanyStatus.ERROR]),
    st.sampled_from([*["012"] * 4, "01", "12", "02", "0", "1", "2", ""]),
)
some_edit = st.tuples(
    st.sampled_from(
        [
            *("follow", "follow", "disable", "filter", "filter", "unfollow"),
            *("page", "page and listing", "page and listing"),
        ]
    ),
    some_user,
    st.sampled_from(COMPANIES),
    st.sampled_from(BOARDS),
    st.sampled_from(list(FILTERS)),
)


class Machine(RuleBasedStateMachine):
    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self.engine = engine
        self.ticks = numbers(1)
        self.pages: dict[JobKey, int] = {}
        """The current content of each job's page."""
        self.rows: dict[JobKey, int] = {}
        """The current version of each job's row in the listing of its board."""
        self.content: dict[JobKey, int] = {}
        """The content that each page had when its job's row in the listing last changed."""
        self.content_at_check: dict[Check, dict[str, int]] = {}
        """Copies of ``content`` from the time when a check listed its board, by external id."""
        self.workers: dict[Sweep, list[Worker]] = {}
        """The workers of each sweep that has begun, one for each attempt, with the oldest first."""
        self.stages: dict[Sweep, str] = {}
        """The stage that the current attempt of each sweep has reached, such as ``opened``."""
        self.compared: set[Run] = set()
        """The ended runs that have already been compared with the model."""
        self.first_seen: dict[tuple[str, str, JobKey], object] = {}
        with engine.begin() as connection:
            empty_tables(connection)
            for user in USERS:
                ensure_user(connection, user)

    # Events of users.

    @initialize(
        rereads_all=seldom,
        follows=st.lists(
            st.tuples(st.sampled_from(BOARDS[:2]), st.sampled_from(list(FILTERS))),
            min_size=2,
            max_size=3,
        ),
    )
    def begin(self, rereads_all: bool, follows: list[tuple[str, str]]) -> None:
        self.model = Catalogue(MAX_RECOVERIES, rereads_all, {user: {} for user in USERS})
        self.reread_after = timedelta(0) if rereads_all else NEVER
        self.runs = MadeUpRuns(
            engine=self.engine, max_recoveries=MAX_RECOVERIES, reread_after=self.reread_after
        )
        for board in BOARDS:
            for name in NAMES:
                self._change((board, name), is_listed=True)
        for user, (board, wants) in zip(USERS, follows, strict=False):
            self._follow(user, "acme", board, wants, enabled=True)

    @rule(edits=st.lists(some_edit, min_size=1, max_size=4))
    def edit_listings_and_follows(self, edits: list[tuple[str, str, str, str, str]]) -> None:
        """Carry out each edit.

        An edit lets a user follow, filter or unfollow, or changes a page. Some edits of a page also
        change its listed row.
        """
        for what, user, company, board, other in edits:
            follow = self.model.follows[user].get(company)
            match what:
                case "follow" | "disable":
                    self._follow(user, company, board, other, enabled=what == "follow")
                case "filter" if follow:
                    self._follow(user, company, follow.board, other, enabled=follow.enabled)
                case "unfollow" if follow:
                    del self.model.follows[user][company]
                    with self.engine.begin() as connection:
                        assert delete_company(connection, user, company)
                case "page" | "page and listing":
                    name = NAMES[list(FILTERS).index(other) % len(NAMES)]
                    self._change((board, name), is_listed=what == "page and listing")
                case _:
                    pass

    def _follow(self, user: str, company: str, board: str, wants: str, *, enabled: bool) -> None:
        filters, lets_through = FILTERS[wants]
        config = {"url": f"http://{board}.example/sitemap.xml"}
        followed = Company(
            slug=company, source="sitemap", config=config, enabled=enabled, **filters
        )
        with self.engine.begin() as connection:
            follow_company(connection, user, followed)
        follows = self.model.follows.setdefault(user, {})
        follows[company] = Follow(board, lets_through, enabled)

    @rule(
        users=st.lists(some_user, min_size=1, max_size=3, unique=True),
        fresh=st.booleans(),
        force=seldom,
        only_one=seldom,
    )
    def start(self, users: list[str], fresh: bool, force: bool, only_one: bool) -> None:
        for user in users:
            self._start(user, fresh=fresh, force=force, only_one=only_one)
            self._bind()

    def _start(self, user: str, *, fresh: bool, force: bool, only_one: bool) -> None:
        companies = self.model.enabled(user)[: 1 if only_one else None]
        max_age = FRESH_FOR if fresh else timedelta(0)

        def start() -> int:
            return self.runs.start(user, max_age=max_age, companies=companies, force=force)

        if not companies:
            with pytest.raises(CompaniesError):
                start()
        elif (active := self.model.active_run(user)) is not None:
            with pytest.raises(ActiveRunError) as refusal:
                start()
            assert refusal.value.run_id == active.run_id
        else:
            self.model.start(user, companies, RunTrigger.API, force=force, fresh=fresh)
            start()

    @rule(fresh=st.booleans())
    def start_daily(self, fresh: bool) -> None:
        runs = self.model.start_daily(fresh=fresh)
        opened = start_daily_runs(
            self.engine, fresh_for=FRESH_FOR if fresh else timedelta(0), sweep_boards=SWEEP_BOARDS
        )
        assert opened["runs"] == len(runs)

    def _retryable(self) -> list[Run]:
        ended = [run for run in self.model.runs if not run.is_active]
        return [run for run in ended if self.model.still_failed(run)][-4:]

    @precondition(_retryable)
    @rule(data=st.data())
    def retry(self, data: st.DataObject) -> None:
        run = data.draw(st.sampled_from(self._retryable()))
        companies = self.model.still_failed(run)

        def retry() -> int:
            with self.engine.begin() as connection:
                return retry_failed(connection, run.run_id, trigger=RunTrigger.API)

        if self.model.active_run(run.user) is not None:
            with pytest.raises(ActiveRunError):
                retry()
        else:
            self.model.start(
                run.user, companies, RunTrigger.API, kind=CheckKind.RETRY, force=run.force
            )
            retry()

    @precondition(lambda self: self._active_runs())
    @rule(data=st.data(), steps=st.integers(0, 8))
    def abort(self, data: st.DataObject, steps: int) -> None:
        """Carry out some steps of a sweep, and then abort a run twice, as impatient users do."""
        self._advance(data, steps)
        if not self._active_runs():
            return
        run = data.draw(st.sampled_from(self._active_runs()))
        self.model.abort(run)
        with self.engine.begin() as connection:
            cancelled = abort_run(connection, run.run_id)
        assert cancelled is not None
        with self.engine.begin() as connection:
            assert abort_run(connection, run.run_id) is None
        with self.engine.begin() as connection:
            close_idle_sweeps(connection, cancelled)

    def _active_runs(self) -> list[Run]:
        return [run for run in self.model.runs if run.is_active]

    # Events of career sites.

    def _change(self, key: JobKey, *, is_listed: bool) -> None:
        self.pages[key] = next(self.ticks)
        if is_listed:
            self.rows[key], self.content[key] = self.pages[key], self.pages[key]

    # Events of workers.

    def _sweeps(self) -> list[Sweep]:
        return [sweep for sweep in self.model.sweeps if sweep.is_active]

    @precondition(_sweeps)
    @rule(data=st.data(), steps=st.integers(1, 8))
    def carry_out_in_part(self, data: st.DataObject, steps: int) -> None:
        """Carry out the next steps of a sweep, as its DAG run would.

        The sweep may stay unfinished.
        """
        self._advance(data, steps)

    def _advance(self, data: st.DataObject, steps: int) -> None:
        if sweeps := self._sweeps():
            sweep = data.draw(st.sampled_from(sweeps))
            for _ in range(steps):
                if sweep.is_active:
                    self._next_step(data, sweep)
                    self._bind()

    @precondition(_sweeps)
    @rule(data=st.data())
    def carry_out_all(self, data: st.DataObject) -> None:
        """Carry out all sweeps to their end, one after another."""
        self._carry_out_all(data)

    @rule(data=st.data())
    def let_a_day_pass(self, data: st.DataObject) -> None:
        """Let all checks be a day old. Then start the daily runs, and carry out every sweep."""
        self.runs.execute("UPDATE checks SET finished_at = finished_at - interval '1 day'")
        for check in self.model.checks:
            check.is_recent = check.is_recent and check.is_active
        self.start_daily(True)
        self._bind()
        self._carry_out_all(data)

    def _carry_out_all(self, data: st.DataObject) -> None:
        while sweeps := self._sweeps():
            while sweeps[0].is_active:
                self._next_step(data, sweeps[0])
                self._bind()

    def _next_step(self, data: st.DataObject, sweep: Sweep) -> None:
        match self.stages.get(sweep):
            case None:
                self._open(sweep)
            case "opened" if checks := self.model.to_list(sweep):
                listing, names = data.draw(some_listing)
                self._list(sweep, checks[0], listing, names)
            case "opened":
                self._upsert(sweep)
            case "upserted":
                self._expire(sweep)
            case "expired":
                self._plan(sweep)
            case _ if left := self._left(sweep):
                self._flush(data, sweep, READ_TO_THE_END, left)
            case _:
                self._finish(sweep, self._worker(sweep))

    @precondition(_sweeps)
    @rule(data=st.data(), what=st.sampled_from(["begin to list", "upsert", "finish", "past"]))
    def end_task_early(self, data: st.DataObject, what: str) -> None:
        """End a task before its work is done, or write for a check that has already ended."""
        sweep = data.draw(st.sampled_from(self._sweeps()))
        is_listing = self.stages.get(sweep) == "opened"
        checks = self.model.to_list(sweep)
        match what:
            case "begin to list" if is_listing and checks:
                self._begin_listing(sweep, checks[0])
            case "upsert" if is_listing:
                self._upsert(sweep)
            case "finish" if sweep in self.stages:
                self._finish(sweep, data.draw(st.sampled_from(self.workers[sweep])))
            case _:
                self._write_past_the_fence(data)

    @precondition(_sweeps)
    @rule(data=st.data())
    def repeat(self, data: st.DataObject) -> None:
        """Try the last task of a sweep again. The worker may be one of an earlier attempt."""
        sweep = data.draw(st.sampled_from(self.model.sweeps[-6:]))
        stage = self.stages.get(sweep)
        if stage is None:
            return
        again = {
            "opened": self._open,
            "upserted": self._upsert,
            "expired": self._expire,
            "planned": self._plan,
        }
        again[stage](sweep, data.draw(st.sampled_from(self.workers[sweep])))

    @precondition(_sweeps)
    @rule(data=st.data())
    def flush(self, data: st.DataObject) -> None:
        """Flush outcomes of one of several workers.

        The worker may be late, or may no longer own its jobs.
        """
        sweeps = [sweep for sweep in self.model.sweeps[-6:] if sweep in self.workers]
        if not sweeps:
            return
        sweep = data.draw(st.sampled_from(sweeps))
        worker = data.draw(st.sampled_from(self.workers[sweep]))
        checks = [check for check in self.model.checks if check.sweep is sweep]
        jobs = self._left(sweep) or [each for c in checks for each in self.model.jobs_of(c)]
        if jobs and self.stages.get(sweep) == "planned":
            mine = data.draw(st.lists(st.sampled_from(jobs), unique=True, max_size=4))
            self._flush(data, sweep, ("started", "stored", *READ_TO_THE_END), mine, worker)

    def _left(self, sweep: Sweep) -> list[tuple[JobKey, Job]]:
        """Return the jobs of the sweep that have not been read yet."""
        return [
            (key, job)
            for check in self.model.active_checks(sweep)
            if check.status is CheckStatus.READING
            for key, job in self.model.jobs_of(check)
            if job.status in ACTIVE_JOBS
        ]

    def _finish(self, sweep: Sweep, worker: Worker) -> None:
        with self._refused(worker.attempt != sweep.attempt):
            if worker.attempt == sweep.attempt:
                self.model.finish(sweep)
            status = finish_run(self.engine, worker.dag_run_id)
            assert status is sweep.status

    @precondition(_sweeps)
    @rule(data=st.data(), steps=st.integers(0, 6), ready=st.booleans(), earlier=seldom)
    def recover(self, data: st.DataObject, steps: int, ready: bool, earlier: bool) -> None:
        """Carry out some steps of a sweep, and then recover a sweep.

        The result must be as in the model.
        """
        self._advance(data, steps)
        if not self._sweeps():
            return
        sweep = data.draw(st.sampled_from(self._sweeps()))
        if ready:
            self.runs.dispatch()
            self.runs.silence(sweep.sweep_id)
            sweep.is_silent = True
        done = "SELECT done_at FROM outbox WHERE sweep_id = :s AND attempt = :a"
        (intent,) = self.runs.rows(done, s=sweep.sweep_id, a=sweep.attempt)
        sweep.is_dispatched = intent.done_at is not None
        attempt = sweep.attempt - earlier or 1
        expected = self.model.recover(sweep, attempt)
        assert self.runs.recover(sweep.sweep_id, attempt) is expected
        if sweep.attempt > attempt:
            self.stages.pop(sweep, None)

    def _write_past_the_fence(self, data: st.DataObject) -> None:
        """Write for a check that has already ended. This must not change anything newer."""
        ended = [
            check
            for check in self.model.checks
            if not check.is_active and check.jobs is not None and check.kind is CheckKind.LIST
        ]
        if not ended:
            return
        check = data.draw(st.sampled_from(ended[-4:]))
        assert check.sweep is not None
        is_judged = check.listing is CompanyStatus.COMPLETE and check.rows
        is_judged = is_judged and check.status is CheckStatus.DONE
        query = """
            SELECT job_id FROM jobs JOIN checks AS c USING (board_id) WHERE c.check_id = :c
        """
        job_ids = [row.job_id for row in self.runs.rows(query, c=check.check_id)]
        started = [Started(job_id=job_id) for job_id in job_ids]
        with self.engine.begin() as connection:
            check_of = dict.fromkeys(job_ids, check.check_id)
            job_outcomes.write(connection, check.sweep.sweep_id, check_of, started)
            if check.sweep.is_active and check in self.model.to_list(check.sweep):
                return
            if not any(c.jobs is None for c in self.model.active_checks(check.sweep)):
                upsert_listed(
                    connection, check.sweep.sweep_id, self.reread_after, ended_by_deadline=()
                )
            if is_judged:
                expire_missing(connection, {check.check_id: 1}, timedelta(0))

    # The steps of a sweep. Each is taken in the product and in the model.

    def _worker(self, sweep: Sweep) -> Worker:
        return self.workers[sweep][-1]

    def _open(self, sweep: Sweep, worker: Worker | None = None) -> None:
        attempt = worker.attempt if worker else sweep.attempt
        with self._refused(attempt != sweep.attempt or not sweep.is_active):
            groups = open_run(
                self.engine,
                dag_run_id=f"ingest__{sweep.sweep_id}__{attempt}",
                sweep_id=sweep.sweep_id,
                fresh_for=FRESH_FOR,
            )
            check_ids = {check_id for group in groups for check_id in group}
            assert check_ids == {check.check_id for check in self.model.to_list(sweep)}
            self.model.open(sweep)
            self.stages[sweep] = "opened"
            present = self.runs.current_sweep(sweep.sweep_id)
            assert present.attempt == sweep.attempt
            self.workers.setdefault(sweep, []).append(present)

    def _begin_listing(self, sweep: Sweep, check: Check) -> None:
        with self.engine.begin() as connection:
            fence(connection, self._worker(sweep))
            begun = begin_listing(connection, sweep.sweep_id, [check.check_id])
        assert begun == {check.check_id}
        check.status = CheckStatus.LISTING

    def _list(
        self, sweep: Sweep, check: Check, listing: CompanyStatus, names: Collection[str]
    ) -> None:
        """Do the work of ``source_urls`` for a board whose listing names these jobs."""
        self._begin_listing(sweep, check)
        rows = {name: self.rows[check.board, name] for name in names}
        self.content_at_check[check] = {name: self.content[check.board, name] for name in names}
        jobs = [
            ListedJob(
                external_id=name,
                title=TITLES[name],
                url=f"http://{check.board}.example/{name}",
                row_sha256=str(row),
            )
            for name, row in rows.items()
        ]
        found = Listing(jobs=tuple(jobs), complete=listing is CompanyStatus.COMPLETE)
        (board,) = self.runs.rows(
            "SELECT board_id FROM checks WHERE check_id = :c", c=check.check_id
        )
        with self.engine.begin() as connection:
            fence(connection, self._worker(sweep))
            followed = enabled_companies(connection, [board.board_id]).get(board.board_id, ())
            assert set_listing(connection, check.check_id, listing, listed=len(rows))
            if listing is not CompanyStatus.ERROR:
                kept = listed_rows("sitemap", found, followed, InThisProcess())
                replace_listing(connection, board.board_id, kept)
        self.model.note_listing(check, listing, {} if listing is CompanyStatus.ERROR else rows)

    def _upsert(self, sweep: Sweep, worker: Worker | None = None) -> None:
        with self._as_worker(sweep, worker) as worker:
            self.runs.upsert(worker)
            self.model.upsert(sweep)
            self.stages[sweep] = "upserted"

    def _expire(self, sweep: Sweep, worker: Worker | None = None) -> None:
        with self._as_worker(sweep, worker) as worker:
            mark_expired(self.engine, worker, hold_ratio=1, hold_min=99, confirm_after=timedelta(0))
            self.model.expire(sweep)
            self.stages[sweep] = "expired"

    def _plan(self, sweep: Sweep, worker: Worker | None = None) -> None:
        with self._as_worker(sweep, worker) as worker:
            plan_batches(self.engine, worker, batch_size=2)
            self.model.plan(sweep)
            self.stages[sweep] = "planned"

    def _flush(
        self,
        data: st.DataObject,
        sweep: Sweep,
        results: Sequence[str],
        mine: Collection[tuple[JobKey, Job]],
        worker: Worker | None = None,
    ) -> None:
        """Read these jobs, and write their outcomes as ``worker``."""
        found: list[tuple[JobKey, Job, list[Outcome]]] = []
        ids = self._job_ids()
        for key, job in mine:
            result = data.draw(st.sampled_from(results))
            found.append((key, job, self._found(ids[key], key, job, result)))
        is_last = data.draw(st.booleans())
        with self._as_worker(sweep, worker) as worker:
            check_of = {ids[key]: job.check.check_id for key, job, _ in found}
            outcomes = Outcomes(self.engine, worker, check_of)
            for _, _, came in found:
                for outcome in came:
                    outcomes.add(outcome)
            if is_last:
                outcomes.finish()
            else:
                outcomes.write(*outcomes.take())
            sweep.is_silent = False
            read = {job.check for _, job, _ in found}
            for key, job, came in found:
                self._write(key, job, came)
                is_ended = bool(came) and STATUS_OF_OUTCOME[type(came[-1])] in ENDED_JOBS
                if not (is_ended or is_last):
                    read.discard(job.check)
            if self.model.end_if_read(read):
                self.model.assign_checks_to_waiting_runs()

    def _found(self, job_id: int, key: JobKey, job: Job, result: str) -> list[Outcome]:
        """Return the outcomes that a worker writes for a job whose reading has this result."""
        says = {"title": TITLES[key[1]], "description_text": str(self.pages[key])}
        stored = Changed(
            job_id=job_id, raw_key="raw/1/1.html", content_sha256="", fingerprint=_WORDS
        )
        may_be_same = job.is_comparable and job.content == self.pages[key] and not job.check.force
        if result == "same" and not may_be_same:
            result = "changed"
        if job.status is JobStatus.EXTRACTING:
            says["description_text"] = str(job.stored)
            result = "extracted" if result in ("same", "changed", "stored", "started") else result
        started = Started(job_id=job_id)
        extracted = Extracted(job_id=job_id, location=None, posting=says)
        ways: dict[str, list[Outcome]] = {
            "started": [started],
            "stored": [started, stored],
            "same": [started, Unchanged(job_id=job_id)],
            "changed": [started, stored, extracted],
            "extracted": [extracted],
            "failed": [Failed(job_id=job_id, code="dns", message="m")],
            "gone": [Gone(job_id=job_id, message="m")],
        }
        return ways[result]

    def _write(self, key: JobKey, job: Job, came: list[Outcome]) -> None:
        """Apply the outcomes of a job to the model, as far as the state of the job allows it."""
        for outcome in came:
            status = STATUS_OF_OUTCOME[type(outcome)]
            is_again = status is JobStatus.CRAWLING and job.status is JobStatus.CRAWLING
            if is_again or status not in JOB_TRANSITIONS[job.status]:
                continue
            job.status = status
            match outcome:
                case Changed():
                    job.stored, job.is_comparable = self.pages[key], False
                case Extracted():
                    if job.content != job.stored:
                        job.readings.append(job.stored)
                    job.is_comparable, job.is_unread = True, False
                case Unchanged():
                    job.is_unread = False
                case Gone():
                    job.is_gone, job.is_unread = True, False
                case Failed():
                    job.is_unread = True
                case _:
                    pass

    @contextmanager
    def _as_worker(self, sweep: Sweep, worker: Worker | None) -> Iterator[Worker]:
        """Yield the worker that writes.

        By default it is the worker of the sweep's current attempt. A worker of an earlier attempt,
        or of a sweep that has ended, must be refused.
        """
        worker = worker or self._worker(sweep)
        with self._refused(worker.attempt != sweep.attempt or not sweep.is_active):
            yield worker

    @contextmanager
    def _refused(self, refused: bool) -> Iterator[None]:
        """Expect SweepSuperseded if ``refused`` is true.

        The block raises it before it changes the model.
        """
        if not refused:
            yield
            return
        with pytest.raises(SweepSuperseded):
            yield

    # The state that must hold after each step.

    @invariant()
    def database_is_as_the_model(self) -> None:
        self._bind()
        self._sweeps_and_checks_are_as_the_model()
        self._jobs_are_as_the_model()
        self._users_remember_what_the_model_does()
        self._runs_show_what_the_model_does()

    def _bind(self) -> None:
        """Copy the ids of runs, checks and sweeps from the database into the model."""
        for run in self.model.runs:
            if not run.run_id:
                query = "SELECT max(run_id) AS run_id FROM ingestion_runs WHERE user_id = :u"
                run.run_id = self.runs.rows(query, u=run.user)[0].run_id
        self.model.runs.sort(key=lambda run: run.run_id)
        checks = self.runs.rows(
            "SELECT c.check_id, c.sweep_id, split_part(b.config ->> 'url', '.', 1) AS board"
            " FROM checks c JOIN boards b USING (board_id) ORDER BY check_id"
        )
        bound = {check.check_id for check in self.model.checks}
        for row in checks:
            if row.check_id not in bound:
                board = row.board.removeprefix("http://")
                check = next(c for c in self.model.checks if not c.check_id and c.board == board)
                check.check_id = row.check_id
        assert all(check.check_id for check in self.model.checks)
        sweep_of = {row.check_id: row.sweep_id for row in checks}
        for sweep in [sweep for sweep in self.model.sweeps if not sweep.sweep_id]:
            mine = sorted(
                {sweep_of[check.check_id] for check in self.model.checks if check.sweep is sweep}
            )
            sweep.sweep_id = mine[0]
            # The database has split a large sweep, so the model does, too.
            for sweep_id in mine[1:]:
                part = Sweep(sweep.trigger, sweep_id)
                self.model.sweeps.append(part)
                for check in self.model.checks:
                    if sweep_of[check.check_id] == sweep_id:
                        check.sweep = part
            if sweep.trigger is RunTrigger.SCHEDULE and len(mine) > 1:
                sizes = [list(sweep_of.values()).count(sweep_id) for sweep_id in mine]
                assert max(sizes) <= SWEEP_BOARDS

    def _sweeps_and_checks_are_as_the_model(self) -> None:
        found = self.runs.rows("SELECT * FROM sweeps ORDER BY sweep_id")
        assert [
            (row.sweep_id, row.status, row.attempt, row.recoveries, row.trigger) for row in found
        ] == [
            (sweep.sweep_id, sweep.status, sweep.attempt, sweep.recoveries, sweep.trigger)
            for sweep in sorted(self.model.sweeps, key=lambda sweep: sweep.sweep_id)
        ]
        found = self.runs.rows("SELECT * FROM checks ORDER BY check_id")
        assert [
            (row.check_id, row.sweep_id, row.status, row.kind, row.force, row.listing)
            for row in found
        ] == [
            (c.check_id, c.sweep.sweep_id, c.status, c.kind, c.force, c.listing)
            for c in sorted(self.model.checks, key=lambda check: check.check_id)
            if c.sweep
        ]

    def _job_ids(self) -> dict[JobKey, int]:
        query = (
            "SELECT job_id, external_id, split_part(b.config ->> 'url', '.', 1) AS board"
            " FROM jobs JOIN boards b USING (board_id)"
        )
        return {
            (row.board.removeprefix("http://"), row.external_id): row.job_id
            for row in self.runs.rows(query)
        }

    def _jobs_are_as_the_model(self) -> None:
        keys = {job_id: key for key, job_id in self._job_ids().items()}
        found = self.runs.rows(
            "SELECT job_id, check_id, status, posting ->> 'description_text' AS says,"
            " content_version FROM jobs"
        )
        assert {
            keys[row.job_id]: (row.check_id, row.status, row.says, row.content_version)
            for row in found
        } == {
            key: (
                job.check.check_id,
                job.status,
                str(job.content) if job.readings else None,
                len(job.readings),
            )
            for key, job in self.model.jobs.items()
        }

    def _users_remember_what_the_model_does(self) -> None:
        keys = {job_id: key for key, job_id in self._job_ids().items()}
        found = {
            (row.user_id, row.company, keys[row.job_id]): row
            for row in self.runs.rows("SELECT * FROM user_jobs")
        }
        assert {
            (*of, key): (memory.seen, memory.is_told, memory.is_wanted)
            for of, known in self.model.memories.items()
            for key, memory in known.items()
        } == {
            of: (self._content(of[2], row.seen_version), row.expired, row.wanted)
            for of, row in found.items()
        }
        for of, row in found.items():
            assert self.first_seen.setdefault(of, row.first_seen_at) == row.first_seen_at

    def _content(self, key: JobKey, version: int) -> int:
        return self.model.jobs[key].readings[version - 1] if version else 0

    def _runs_show_what_the_model_does(self) -> None:
        """Compare the shown runs with the model.

        They are all active runs, all runs that have just ended, and one earlier run, which must not
        have changed.
        """
        ended = [run for run in self.model.runs if not run.is_active]
        new = [run for run in ended if run not in self.compared]
        again = [ended[next(self.ticks) % len(ended)]] if ended else []
        self.compared.update(new)
        for run in new:
            self._no_change_was_missed(run)
        keys = {job_id: key for key, job_id in self._job_ids().items()}
        with self.engine.connect() as connection:
            for run in {*self._active_runs(), *new, *again}:
                report = read_run(connection, run.run_id)
                head = read_head(connection, run.run_id)
                assert report is not None
                assert head is not None
                run_jobs = list_run_jobs(connection, head, limit=1000)
                jobs = {(job.company, keys[job.job_id]): job.status for job in run_jobs}
                self._run_is_as_the_model(run, report, jobs)

    def _no_change_was_missed(self, run: Run) -> None:
        """Check that the user has seen each wanted job's content, unless its reading failed.

        The content is the one that the page had when its listed row last changed before the check.
        A newer content is right, too. An expired job need not have been seen either.
        """
        for company, outcome in run.settled.items():
            check = run.rests_on[company]
            told = self.content_at_check.get(check, {}) if check else {}
            for key, shown in outcome.items():
                is_over = self.model.jobs[key].status is JobStatus.EXPIRED
                if check and key[1] in check.wanted and not is_over:
                    seen = self.model.memories[run.user, company][key].seen
                    failed = shown.status in (JobStatus.FAILED, JobStatus.EXPIRED)
                    assert failed or seen >= told[key[1]], (run.run_id, company, key)

    def _run_is_as_the_model(
        self, run: Run, report: RunReport, jobs: dict[tuple[str, JobKey], JobStatus]
    ) -> None:
        assert (run.user, run.status) == (report.user_id, report.status), run.run_id
        expected = self.model.of_run(run)
        assert jobs == {
            (company, key): shown.status
            for company, outcome in expected.items()
            for key, shown in outcome.items()
        }, run.run_id
        assert vars(report.counts) == count(expected.values()), run.run_id
        assert {each.company: vars(each.counts) for each in report.companies} == {
            company: count([outcome]) for company, outcome in expected.items()
        }, run.run_id
        lost = self.model.lost(run) if run.status is RunStatus.ERROR else []
        assert (report.error is not None) is bool(lost)
        assert not lost or f"could not check {', '.join(lost)}:" in report.error.message


_WORDS = fingerprint({}, "some words")


def test_every_run_shows_what_a_run_of_its_own_would_have_given(engine: Engine) -> None:
    run_state_machine_as_test(
        lambda: Machine(engine),
        settings=settings(
            max_examples=1500 if LONG else 5,
            stateful_step_count=60 if LONG else 40,
            derandomize=not LONG,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate, Phase.shrink],
        ),
    )
