"""Compare our progress stream with a naive one, and measure ``POST /start``.

    python -m bench.stream [--streams 500 2000 5000] [--seconds 15] [--quick] [--alone]

All requests go over the loopback interface to one API process. The naive stream sends the full
state of the run every three seconds (``bench.naive``). The benchmark also measures how many bytes
our ``update`` events save, compared with the full state. ``POST /start`` is measured at 50 requests
per second. ``make bench`` runs this benchmark, too.
"""

import argparse
import multiprocessing
import resource
import secrets
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from rich.console import Console
from rich.table import Table

from bench.large_run import Commit, LargeRun, ingesting_run
from bench.measures import Latency, delays, latency
from bench.savings import measure_update_sizes
from bench.servers import OUR_FACTORY, Database, Server, measured_database, running_server
from bench.starts import measure_starts
from bench.watchers import ReceivedEvents, watch
from include.settings import get_settings
from include.tokens import mint_token
from local.ports import free_port

_USER = "watched"
_SAVINGS_USER = "saving"
_JOBS = 500
_BASE = "/api/ingestion"
_GRACE_SECONDS = 4.0
"""The time in seconds for which clients are watched after the last commit. It must be longer than
the three seconds after which the naive stream reads the run again."""
_CONNECT_TIMEOUT_SECONDS = 120.0


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A server that is measured."""

    name: str
    factory: str
    """The function that creates the application, as uvicorn's argument (``module:function``)."""
    path: str
    """The beginning of the path of a progress stream. The run's id is appended to it."""


OURS = Subject(name="ours", factory=OUR_FACTORY, path=f"{_BASE}/progress/")
NAIVE = Subject(
    name="naive (3 s poll per client)", factory="bench.naive:create_app", path="/progress/"
)


class NotConnected(Exception):
    """The error that some clients have received no event within ``_CONNECT_TIMEOUT_SECONDS``."""


@dataclass(frozen=True, kw_only=True)
class StreamFigures:
    """The measurements of one server that has many open streams."""

    delay: Latency
    resident_per_stream: float
    """The increase of the server's resident memory in bytes, at its highest, divided by the number
    of streams."""
    queries_per_second: float
    cpu: float
    """The processor time that the server used per second, as a share of one core."""
    cut: int
    """The number of clients whose connection the server closed."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, nargs="+", default=[500, 2000, 5000])
    parser.add_argument("--seconds", type=int, default=15)
    parser.add_argument("--quick", action="store_true", help="200 streams for five seconds")
    parser.add_argument("--alone", action="store_true", help="do not measure the naive streams")
    options = parser.parse_args()
    if options.quick:
        options.streams, options.seconds = [200], 5
    _raise_file_limit(max(options.streams) + 500)
    console = Console()
    secret = secrets.token_urlsafe(32)
    token = _token(secret, _USER)
    table = _table()
    with measured_database() as database:
        env = _environment(database, secret, max(options.streams))
        run = ingesting_run(database.engine, _USER, _JOBS)
        for count in options.streams:
            for subject in (OURS,) if options.alone else (OURS, NAIVE):
                console.print(f"{count} streams of {subject.name} …")
                cells = subject.name, str(count)
                with running_server(subject.factory, env) as server:
                    try:
                        figures = _measure(
                            subject, server, database, run, token, count, options.seconds
                        )
                    except NotConnected:
                        cells += ("some clients have no event after two minutes",)
                    else:
                        cells += _cells(figures)
                console.print("  ".join(cells))
                table.add_row(*cells)
        run.end()
        console.print("a run of 1,000 jobs, and starts …")
        with running_server(OURS.factory, env) as server:
            sizes = measure_update_sizes(
                f"http://127.0.0.1:{server.port}{OURS.path}",
                _token(secret, _SAVINGS_USER),
                database.engine,
                _SAVINGS_USER,
            )
            starts = measure_starts(
                f"http://127.0.0.1:{server.port}{_BASE}/start",
                database.engine,
                lambda user: _token(secret, user),
            )
    console.print(table)
    console.print(
        f"A run of {sizes.jobs:,} jobs, from its first to its last: {sizes.updates} updates with"
        f" {sizes.update_bytes:,} bytes in all. The whole state each time would be"
        f" {sizes.full_bytes:,} bytes. Saved: {sizes.saved_share:.1%}"
    )
    console.print(
        f"POST /start, {starts.rate} per second from {starts.users} users, while Airflow is down:"
        f" p50 {starts.delay.p50 * 1000:.0f} ms, p99 {starts.delay.p99 * 1000:.0f} ms,"
        f" worst {starts.delay.worst * 1000:.0f} ms"
    )


def _measure(
    subject: Subject,
    server: Server,
    database: Database,
    run: LargeRun,
    token: str,
    count: int,
    seconds: int,
) -> StreamFigures:
    """Change all jobs once a second for ``seconds`` while ``count`` clients watch the run.

    Raises:
        NotConnected: some clients received no event in time.
    """
    path = f"{subject.path}{run.run_id}"
    # The first client makes the server allocate what it needs for any number of clients.
    with _watching(server.port, path, token, 1) as stop:
        stop()
    resident = server.resident
    with _watching(server.port, path, token, count) as stop:
        queries_before, cpu_before = database.server_queries(), server.cpu_seconds
        began = time.monotonic()
        commits: list[Commit] = []
        max_resident = server.resident
        while len(commits) < seconds:
            commits.append(run.change_all())
            while time.monotonic() < began + len(commits):
                time.sleep(0.05)
                max_resident = max(max_resident, server.resident)
        elapsed = time.monotonic() - began
        queries = database.server_queries() - queries_before
        cpu = server.cpu_seconds - cpu_before
        time.sleep(_GRACE_SECONDS)
        received = stop()
    return StreamFigures(
        delay=latency(delays(commits, received, count, time.monotonic())),
        resident_per_stream=(max_resident - resident) / count,
        queries_per_second=queries / elapsed,
        cpu=cpu / elapsed,
        cut=received.cut,
    )


@contextmanager
def _watching(
    port: int, path: str, token: str, count: int
) -> Generator[Callable[[], ReceivedEvents]]:
    """Connect ``count`` clients, and yield a function that stops them.

    The function returns the events that the clients received.

    Raises:
        NotConnected: some clients received no event in time.
    """
    context = multiprocessing.get_context("spawn")
    pipe, child_pipe = context.Pipe()
    process = context.Process(target=watch, args=(port, path, token, count, child_pipe))
    process.start()

    def stop() -> ReceivedEvents:
        pipe.send(None)
        return pipe.recv()

    try:
        if not pipe.poll(_CONNECT_TIMEOUT_SECONDS):
            raise NotConnected
        pipe.recv()
        yield stop
        process.join(30)
    finally:
        process.kill()


def _table() -> Table:
    table = Table(
        title=f"One run of {_JOBS} jobs, all of which change once a second",
        caption="Delay: from just before a commit until a client has the whole event; if a client"
        " never receives a commit, until the end. Memory: the highest resident memory, per stream."
        " Queries: statements sent to Postgres, with BEGIN and COMMIT.",
        caption_justify="left",
    )
    table.add_column("server")
    for name in ("streams", "delay p50", "delay p99", "delay worst"):
        table.add_column(name, justify="right")
    for name in ("memory/stream", "queries/s", "CPU of one core"):
        table.add_column(name, justify="right")
    return table


def _cells(figures: StreamFigures) -> tuple[str, ...]:
    delay = figures.delay
    return (
        *(f"{value * 1000:.0f} ms" for value in (delay.p50, delay.p99, delay.worst)),
        f"{figures.resident_per_stream / 1000:.1f} KB",
        f"{figures.queries_per_second:.1f}",
        f"{figures.cpu:.0%}" + (f", {figures.cut} cut" if figures.cut else ""),
    )


def _environment(database: Database, secret: str, streams: int) -> Mapping[str, str]:
    max_streams = str(streams + 10)
    return {
        "JOBHUNT_DATABASE_URL": database.server_url,
        "JOBHUNT_JWT_SECRET": secret,
        "JOBHUNT_SSE_MAX_STREAMS": max_streams,
        "JOBHUNT_SSE_MAX_STREAMS_PER_USER": max_streams,
        "JOBHUNT_AIRFLOW_URL": f"http://127.0.0.1:{free_port()}",
    }


def _token(secret: str, user: str) -> str:
    settings = get_settings()
    return mint_token(
        secret,
        user,
        issuer=settings.jwt_issuer,
        audience=settings.jwt_audience,
        now=datetime.now(UTC),
        lifetime=timedelta(hours=1),
    )


def _raise_file_limit(min_files: int) -> None:
    """Raise the limit of open files for this process. Its child processes inherit the limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < min_files:
        raise SystemExit(
            f"{min_files} open files are needed, but the limit is {hard}: see ulimit -Hn"
        )
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min_files), hard))


if __name__ == "__main__":
    main()
