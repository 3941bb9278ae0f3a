"""Tests that a client that applies all reads of the stream has the state in the database.

Two processes watch several runs that share boards. Their streams are cut and resumed at any moment.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import hypothesis
import pytest
from hypothesis import HealthCheck, Phase, given, strategies
from sqlalchemy import Engine

from api.stream.view import WatchedRuns
from include.core.runs.progress import WatchedRun, fold
from include.core.runs.run_state import JobStatus, RunStatus
from include.db.run.progress import RunReport, list_run_jobs, read_head, read_run
from include.db.run.watched import read_changes, read_waiting_for
from tests.api.watched_world import Step, WatchedWorld
from tests.databases import empty_tables

pytestmark = pytest.mark.integration

Shown = dict[tuple[str, str], tuple[str, str]]
"""The title and the status of each job, by company and external id."""
Happening = Step | Literal["read", "watch", "cut", "move", "restart"]


@dataclass(eq=False)  # two clients of one run must stay distinct, even if their fields are equal
class Client:
    """A client that keeps the state from its events when its connection is cut."""

    run_id: int
    state: WatchedRun = field(default_factory=WatchedRun)
    last_id: int | None = None
    joined: bool = False

    def take(self, events: bytes) -> None:
        for name, content, event_id in parsed(events):
            if name == "update" and self.joined:
                self._check_told_once(json.loads(content))
            self.state = fold(self.state, name, content)
            if self.joined:
                assert event_id >= (self.last_id or 0)
            self.last_id = event_id

    def _check_told_once(self, update: dict[str, dict[str, str]]) -> None:
        for company, statuses in update.items():
            for external_id, status in statuses.items():
                assert self.state.jobs[company][external_id].status != status

    @property
    def shown(self) -> Shown:
        return shown(
            (company, external_id, job.title, job.status)
            for company, jobs in self.state.jobs.items()
            for external_id, job in jobs.items()
        )


def shown(jobs: Iterable[tuple[str, str, str, JobStatus]]) -> Shown:
    """Return the title and the status of each job, by company and external id.

    The title of a skipped job is left empty, because it is not stored with the run. A later check
    may change that title after the company is settled.
    """
    return {
        (company, external_id): ("" if status is JobStatus.SKIPPED else title, status.value)
        for company, external_id, title, status in jobs
    }


def parsed(events: bytes) -> Iterator[tuple[str, str, int]]:
    for event in events.decode().split("\n\n"):
        if event:
            fields = dict(line.split(": ", 1) for line in event.splitlines())
            yield fields["event"], fields["data"], int(fields["id"])


@dataclass
class Process:
    """A stand-in for a process of the API. It reads in the same way as the API's reader."""

    engine: Engine
    known: WatchedRuns = field(default_factory=WatchedRuns)
    clients: list[Client] = field(default_factory=list[Client])

    def read(self) -> None:
        watched = {client.run_id for client in self.clients}
        self.known.keep(watched)
        snapshots = self.engine.execution_options(isolation_level="REPEATABLE READ")
        with snapshots.connect() as connection, connection.begin():
            changes = read_changes(connection, watched, self.known.known_state)
            waiting_for = read_waiting_for(connection, self.known.waiting_run_ids(changes))
            heads = {run_id: read_head(connection, run_id) for run_id in watched}
            stored = {
                run_id: shown(
                    (job.company, job.external_id, job.title, job.status)
                    for job in list_run_jobs(connection, head, limit=1000)
                )
                for run_id, head in heads.items()
                if head is not None
            }
            reports = {run_id: read_run(connection, run_id) for run_id in watched}
        events = dict(self.known.apply(changes, report_due=True, waiting_for=waiting_for))
        for client in self.clients:
            view, was_joined = self.known.runs[client.run_id], client.joined
            if was_joined:
                client.take(events[client.run_id])
            else:
                client.take(b"".join(view.since(client.last_id)))
                client.joined = True
            head, report = heads[client.run_id], reports[client.run_id]
            assert head is not None
            assert report is not None
            assert client.state.status is head.status
            if head.ended or head.status is RunStatus.INGESTING:
                assert client.shown == stored[client.run_id]
            if was_joined or not head.ended:
                check_progress(client.state.progress, report)
        self.clients = [each for each in self.clients if not each.state.ended]


def check_progress(told: Any, report: RunReport) -> None:
    assert told["counts"] == vars(report.counts)
    assert list(told["failures"].items()) == list(report.failures.items())
    assert told["gone"] == report.gone
    assert told["waiting_for"] == report.waiting_for
    companies = [
        vars(company)
        | {
            "counts": vars(company.counts),
            "error": company.error and vars(company.error),
            "checked_at": company.checked_at
            and company.checked_at.isoformat().replace("+00:00", "Z"),
        }
        for company in report.companies
    ]
    assert told["companies"] == companies


happenings: strategies.SearchStrategy[list[tuple[Happening, int]]] = strategies.lists(
    strategies.tuples(
        strategies.one_of(
            strategies.sampled_from(["advance", "advance", "flush", "flush", "flush", "read"]),
            strategies.sampled_from(
                ["start", "finish", "abort", "read", "watch", "cut", "move", "restart"]
            ),
        ),
        strategies.integers(0, 127),
    ),
    min_size=30,
    max_size=120,
)


@hypothesis.settings(
    max_examples=25,
    deadline=None,
    # The phase that shrinks failed examples is left out, because each example takes a second.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(happenings=happenings)
def test_the_sent_events_add_up_to_the_state_in_the_database(
    engine: Engine, happenings: list[tuple[Happening, int]]
) -> None:
    with engine.begin() as connection:
        empty_tables(connection)
    world = WatchedWorld(engine)
    processes = [Process(engine), Process(engine)]
    cut: list[Client] = []
    for number in range(3):
        world.take("start", number)
    for happening, number in happenings:
        process = processes[number % 2]
        match happening:
            case "read":
                process.read()
            case "watch":
                process.clients.append(Client(world.runs[-1 - number % min(4, len(world.runs))]))
            case "cut":
                cut += take_away(process.clients, number)
            case "move":
                process.clients += take_away(cut, number)
            case "restart":
                cut += take_away(process.clients, None)
                process.known = WatchedRuns()
            case _:
                world.take(happening, number)
    for number in range(3):
        world.take("abort", number)
    processes[0].clients += cut
    for process in processes:
        process.read()
        assert not process.clients


def test_a_database_that_is_behind_what_was_known_of_it_is_read_anew(engine: Engine) -> None:
    world, process = WatchedWorld(engine), Process(engine)
    world.take("start", 0)
    for _ in range(5):
        world.take("advance", 31)
    process.clients = [client, ahead] = [Client(world.runs[0]) for _ in "ab"]
    ahead.last_id = 1_000_000
    process.read()
    assert client.shown == ahead.shown != {}
    # The known watermark lies in the future, as after a backup has been restored.
    process.known._watermark += 1_000_000
    world.take("flush", 0)
    client.state = WatchedRun()
    process.read()
    assert {status for _, status in client.shown.values()} == {"crawling", "pending"}


def take_away(clients: list[Client], number: int | None) -> list[Client]:
    """Remove one client, as if its connection were cut.

    If ``number`` is None, remove all of them.
    """
    if not clients:
        return []
    taken = list(clients) if number is None else [clients[number // 2 % len(clients)]]
    for client in taken:
        clients.remove(client)
        client.joined = False
    return taken
