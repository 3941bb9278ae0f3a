"""Tests of several worker processes that send requests to one host.

Its server records their requests.
"""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from tests.fetch.fault_server import Answer, FaultServer, reply
from tests.integration.limited_worker import Work
from tests.local.waiting import eventually

pytestmark = [pytest.mark.integration, pytest.mark.timeout(400)]
ROOT = Path(__file__).parents[2]
RATE = 20.0
AT_ONCE = 2
LATE = 0.25
"""The maximum difference in seconds between the transit times of two requests."""


def slow(seconds: float) -> Answer:
    async def answer(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(seconds)
        await reply(b"<p>Baker</p>")(writer)

    return answer


@dataclass(frozen=True, kw_only=True)
class Host:
    """A host to which several workers send requests, each for its own path."""

    server: FaultServer
    engine: Engine
    stack: ExitStack

    def worker(self, path: str, **options: float) -> "Worker":
        work = Work(
            database_url=self.engine.url.render_as_string(hide_password=False),
            url=f"http://{self.server.host}{path}",
            rate=RATE,
            concurrency=AT_ONCE,
        )
        work = replace(work, **options)
        popen = subprocess.Popen(
            [sys.executable, "-m", "tests.integration.limited_worker", work.to_json()],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            text=True,
        )
        process = self.stack.enter_context(popen)
        self.stack.callback(process.kill)
        return Worker(process=process, path=path, server=self.server)

    def kept_its_limits(self) -> bool:
        times = [asked.at for asked in self.server.asked]
        return self.server.most_at_once <= AT_ONCE and all(
            later - earlier >= apart / RATE - LATE
            for first, earlier in enumerate(times)
            for apart, later in enumerate(times[first:])
        )

    def run(self, query: str, **parameters: object) -> object:
        with self.engine.begin() as connection:
            return connection.scalar(text(query), parameters)


@dataclass(frozen=True, kw_only=True)
class Worker:
    process: subprocess.Popen[str]
    path: str
    server: FaultServer

    @property
    def sent(self) -> int:
        return self.server.paths().count(self.path)

    def sends(self, more: int = 5) -> bool:
        """Wait until the server has received ``more`` further requests of this worker.

        Return True.
        """
        enough = self.sent + more
        eventually(lambda: self.sent >= enough, within=120)
        return True

    @contextmanager
    def frozen(self) -> Generator[None]:
        self.process.send_signal(signal.SIGSTOP)
        yield
        self.process.send_signal(signal.SIGCONT)


@pytest.fixture
def host(engine: Engine) -> Iterator[Host]:
    with FaultServer() as server, ExitStack() as stack:
        for path in ("/a", "/b", "/c"):
            server.at(path, slow(0.02))
        yield Host(server=server, engine=engine, stack=stack)


def test_workers_under_load_keep_the_hosts_limits_while_one_is_killed(host: Host) -> None:
    first, second = host.worker("/a"), host.worker("/b")
    assert first.sends()
    assert second.sends()
    assert first.sends()
    assert second.sends()
    first.process.kill()
    assert second.sends(30)
    assert host.kept_its_limits()


def test_a_dead_workers_host_is_taken_over_at_once(host: Host) -> None:
    """Check that the next worker waits for the interval of the rate.

    It must do so, because it does not know the time of the dead worker's last request.
    """
    first = host.worker("/a", rate=0.5)
    assert first.sends(1)
    second = host.worker("/b", rate=0.5)
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ShareLock'"
    eventually(lambda: host.run(waiting) == 1, within=120)
    first.process.kill()
    assert second.sends(1)
    *_, last_of_first = [asked.at for asked in host.server.asked if asked.path == "/a"]
    first_of_second, *_ = [asked.at for asked in host.server.asked if asked.path == "/b"]
    assert first_of_second - last_of_first >= 2 - LATE


def test_a_small_run_gets_its_share_beside_a_large_one(host: Host) -> None:
    large = [host.worker(path) for path in ("/a", "/b")]
    assert all(worker.sends() for worker in large)
    small = host.worker("/c", requests=5)
    assert small.process.wait(120) == 0
    assert small.sent == 5
    assert all(worker.process.poll() is None for worker in large), "they still send requests"
    assert host.kept_its_limits()


def test_what_one_worker_learns_of_a_host_is_known_to_all(host: Host) -> None:
    """Kill a worker right after the host asked it to stop. The next worker must stop, too."""
    host.server.at("/a", reply(status=429, retry_after="4"))
    first = host.worker("/a")
    failed = "SELECT count(*) FROM hosts WHERE failures > 0 AND not_before > now()"
    eventually(lambda: host.run(failed) == 1, within=120)
    first.process.kill()
    refused_at = host.server.asked[0].at
    second = host.worker("/b")
    assert second.sends(1)
    assert min(asked.at for asked in host.server.asked if asked.path == "/b") - refused_at >= 3.9


def test_a_frozen_worker_whose_session_ended_sends_nothing_when_it_wakes(host: Host) -> None:
    first = host.worker("/a")
    assert first.sends()
    with first.frozen():
        assert host.run(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_locks WHERE locktype = 'advisory'"
        )
        second = host.worker("/b")
        # These requests take longer than a lease that its worker does not check.
        assert second.sends(int(RATE * 4))
        sent = first.sent
    assert first.process.wait(120) == 0
    assert first.process.stdout is not None
    assert first.process.stdout.read() == "lost\n"
    assert first.sent == sent
    assert host.kept_its_limits()


@pytest.mark.chaos
def test_a_worker_that_is_frozen_for_ten_seconds_keeps_the_host_and_its_limits(host: Host) -> None:
    first, second = host.worker("/a"), host.worker("/b")
    assert first.sends()
    assert second.sends()
    assert first.sends(1)  # the first worker now holds the lease
    with first.frozen():
        eventually(passed(host.engine, 2), within=30)
        request_count = len(host.server.asked)
        eventually(passed(host.engine, 10), within=30)
        assert len(host.server.asked) == request_count, "nobody else has the host"
    assert first.sends()
    assert second.sends()
    assert host.kept_its_limits()


def passed(engine: Engine, seconds: float) -> Callable[[], bool]:
    """Return a function. It returns whether ``seconds`` have passed by the database's clock."""

    def clock() -> float:
        with engine.connect() as connection:
            return float(connection.scalar(text("SELECT extract(epoch FROM clock_timestamp())")))

    began = clock()
    return lambda: clock() - began >= seconds
