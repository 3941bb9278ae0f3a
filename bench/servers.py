"""Run each server under test in its own process, and measure its cost."""

import os
import secrets
import tempfile
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import psutil
from sqlalchemy import Engine, text
from sqlalchemy.engine import make_url

from include.db.engine import make_engine
from include.db.migrate import upgrade
from local.api import api_service
from local.ports import free_port
from local.postgres import running_postgres
from local.processes import ServerProcess

_PROJECT = Path(__file__).resolve().parent.parent
_START_TIMEOUT_SECONDS = 60.0
OUR_FACTORY = "api.app:create_app"
"""The name of the function that creates the product's API application."""


@dataclass(frozen=True, kw_only=True)
class Database:
    """The database of the servers under test."""

    server_url: str
    """The URL by which the servers under test connect to the database."""
    engine: Engine
    """The engine of the benchmark. It uses another Postgres role than the servers under test, so
    that the statements of these servers can be counted separately."""

    def server_queries(self) -> int:
        """Return the number of statements that the servers under test have executed so far.

        BEGIN and COMMIT are counted, too.
        """
        count = text(
            "SELECT coalesce(sum(calls), 0) FROM pg_stat_statements AS statement"
            " JOIN pg_roles AS role ON role.oid = statement.userid WHERE rolname <> 'bench'"
        )
        with self.engine.connect() as connection:
            return int(connection.scalar(count) or 0)


@contextmanager
def measured_database() -> Generator[Database]:
    """Run a Postgres server that has our tables and pg_stat_statements until the block ends."""
    with (
        tempfile.TemporaryDirectory(prefix="jobhunt-bench-") as directory,
        running_postgres(Path(directory, "postgres"), databases=("jobhunt",)) as server,
    ):
        url = server.url("jobhunt")
        upgrade(url)
        password = secrets.token_urlsafe()
        with server.connect("jobhunt") as connection:
            connection.execute("CREATE EXTENSION pg_stat_statements")
            connection.execute(f"CREATE ROLE bench SUPERUSER LOGIN PASSWORD '{password}'")
        bench_url = make_url(url).set(username="bench", password=password)
        engine = make_engine(bench_url.render_as_string(hide_password=False))
        yield Database(server_url=url, engine=engine)
        engine.dispose()


@dataclass(frozen=True, kw_only=True)
class Server:
    """A running server under test."""

    port: int
    process: psutil.Process

    @property
    def resident(self) -> int:
        """The resident memory in bytes."""
        return self.process.memory_info().rss

    @property
    def cpu_seconds(self) -> float:
        """The processor time in seconds, in user and system mode."""
        times = self.process.cpu_times()
        return times.user + times.system


@contextmanager
def running_server(factory: str, env: Mapping[str, str]) -> Generator[Server]:
    """Run the application that ``factory`` creates, in one process, until the block ends.

    Every application is started by the command of the product's API. Therefore the same limits
    apply, such as the limits of ``api.http_protocol``.

    Raises:
        TimeoutError: the server did not answer ``GET /live`` within 60 seconds.
    """
    port = free_port()
    log = Path(tempfile.gettempdir(), f"jobhunt-bench-{os.getpid()}.log")
    api_command = api_service(
        port=port, env=env, prepare=lambda say: None, project=_PROJECT, log=log
    ).command
    argv = [factory if part == OUR_FACTORY else part for part in api_command.argv]
    command = replace(api_command, argv=(*argv, "--no-access-log"))
    with ServerProcess(command) as server_process:
        _await_answer(port)
        yield Server(port=port, process=psutil.Process(server_process.pid))
    log.unlink()


def _await_answer(port: int) -> None:
    until = time.monotonic() + _START_TIMEOUT_SECONDS
    while time.monotonic() < until:
        try:
            httpx.get(f"http://127.0.0.1:{port}/live", trust_env=False)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(f"no server answers on port {port}")
