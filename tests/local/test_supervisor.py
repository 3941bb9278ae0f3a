"""Tests of supervising servers. Each server is a small shell script."""

import os
import signal
from collections.abc import Callable, Generator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from local.errors import StackError
from local.processes import Command, ServerProcess
from local.services import Service
from local.supervisor import MAX_FAILURES, Supervisor
from tests.local.waiting import eventually, runs

pytestmark = pytest.mark.integration


def service(name: str, script: str, tmp_path: Path, *, needs: tuple[str, ...] = ()) -> Service:
    """Return a service that is ready when it has written its pid to the file ``name``.

    The file is removed at each start.
    """
    written = tmp_path / name
    return Service(
        name=name,
        command=Command(
            argv=("sh", "-c", script), log=tmp_path / f"{name}.log", cwd=tmp_path, grace=2.0
        ),
        needs=needs,
        prepare=lambda say: written.unlink(missing_ok=True),
        is_ready=lambda started_at: written.exists(),
        awaits=f"the file {name}",
    )


def steady(name: str) -> str:
    return f"echo hello from {name}; echo $$ > {name}; exec sleep 1000"


class Lines:
    def __init__(self):
        self.said: list[str] = []

    def __call__(self, line: str) -> None:
        self.said.append(line)

    def having(self, words: str) -> list[str]:
        return [line for line in self.said if words in line]


@contextmanager
def supervised(
    *services: Service,
    say: Lines,
    changed: Callable[[Mapping[str, ServerProcess]], None] = lambda running: None,
    has_room: Callable[[], bool] = lambda: True,
) -> Generator[Supervisor]:
    supervisor = Supervisor(services, say=say, changed=changed, has_room=has_room, first_pause=0.01)
    try:
        yield supervisor
    finally:
        supervisor.stop()


def pids(running: Mapping[str, ServerProcess]) -> dict[str, int]:
    return {name: process.pid for name, process in running.items()}


def test_a_server_starts_after_what_it_needs_and_stops_before_it(tmp_path: Path):
    history: list[set[str]] = []
    lines = Lines()
    with supervised(
        service("api", steady("api"), tmp_path, needs=("db",)),
        service("db", steady("db"), tmp_path),
        say=lines,
        changed=lambda running: history.append(set(running)),
    ) as supervisor:
        supervisor.start()
    assert history == [{"db"}, {"db", "api"}, {"db"}, set()]
    assert lines.said[0] == "db: waiting for the file db…"
    assert lines.said[-1].startswith("api ready in ")


def test_a_server_that_dies_is_reported_with_its_log_and_started_again(tmp_path: Path):
    lines = Lines()
    with supervised(service("db", steady("db"), tmp_path), say=lines) as supervisor:
        supervisor.start()
        first = supervisor.read_running(pids)["db"]
        os.kill(first, signal.SIGKILL)
        eventually(lambda: len(lines.having("db ready")) == 2)
        second = supervisor.read_running(pids)["db"]
        assert first != second
        assert runs(second)
    [report] = lines.having("was killed (SIGKILL)")
    assert "hello from db" in report
    assert supervisor.failure is None


def test_a_server_that_never_gets_ready_is_given_up_after_a_few_tries(tmp_path: Path):
    lines = Lines()
    with (
        supervised(service("db", "echo disk full; exit 1", tmp_path), say=lines) as supervisor,
        pytest.raises(
            StackError,
            match=rf"(?s)db exited with code 1.*disk full.*failed {MAX_FAILURES} times in a row",
        ),
    ):
        supervisor.start()
    assert len(lines.having("starting it again")) == MAX_FAILURES - 1


def test_a_server_that_keeps_dying_after_it_was_ready_is_given_up(tmp_path: Path):
    lines = Lines()
    dying = service("db", "echo $$ > db; sleep 0.2; exit 1", tmp_path)
    with supervised(dying, say=lines) as supervisor:
        supervisor.start()
        eventually(lambda: supervisor.failure is not None)
    assert supervisor.failure is not None
    assert f"failed {MAX_FAILURES} times in a row" in supervisor.failure.message


def test_a_start_that_waits_is_cancelled_by_stopping(tmp_path: Path):
    slow = service("slow", "echo $$ > pid; exec sleep 1000", tmp_path)
    lines = Lines()
    supervisor = Supervisor([slow], say=lines)
    with ThreadPoolExecutor() as pool:
        starting = pool.submit(supervisor.start)
        eventually(lambda: (tmp_path / "pid").exists())
        supervisor.stop()
        with pytest.raises(StackError, match="stopped before it was ready"):
            starting.result(timeout=60)
    assert supervisor.read_running(pids) == {}
    assert not lines.having("starting it again")


def test_failures_while_the_disk_is_full_do_not_count_and_the_server_waits_for_room(tmp_path: Path):
    lines = Lines()
    failing = service("db", "test -e room || exit 1; " + steady("db"), tmp_path)

    with (
        supervised(failing, say=lines, has_room=lambda: (tmp_path / "room").exists()) as supervisor,
        ThreadPoolExecutor(1) as pool,
    ):
        starting = pool.submit(supervisor.start)
        eventually(lambda: lines.having("db: waiting for room on the disk"))
        (tmp_path / "room").touch()
        starting.result(timeout=60)
    assert supervisor.failure is None
    assert not lines.having("starting it again")


def test_a_record_that_can_not_be_written_ends_no_supervision(tmp_path: Path):
    lines = Lines()

    def disk_full(running: Mapping[str, ServerProcess]) -> None:
        raise OSError("No space left on device")

    with supervised(
        service("db", steady("db"), tmp_path), say=lines, changed=disk_full
    ) as supervisor:
        supervisor.start()
        os.kill(supervisor.read_running(pids)["db"], signal.SIGKILL)
        eventually(lambda: len(lines.having("db ready")) == 2)
    assert lines.having("the running servers can't be recorded: No space left on device")


def test_a_server_that_runs_and_does_no_work_is_started_again(tmp_path: Path):
    lines = Lines()
    idle, busy = (service(name, steady(name), tmp_path) for name in ("idle", "busy"))
    with supervised(idle, busy, say=lines) as supervisor:
        supervisor.start()
        before = supervisor.read_running(pids)
        # Make the server "idle" unready. It is ready only while this file exists.
        (tmp_path / "idle").unlink()
        supervisor.restart_idle(datetime.now(UTC), timeout=0.1)
        eventually(lambda: len(lines.having("idle ready")) == 2)
        after = supervisor.read_running(pids)
    assert before["busy"] == after["busy"]
    assert before["idle"] != after["idle"]
    assert lines.having("idle runs but does no work; starting it again")
