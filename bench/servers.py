"""The servers under test, each in a process of its own, and what they cost."""

import os
import secrets
import sys
import tempfile
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
from sqlalchemy import Engine, text
from sqlalchemy.engine import make_url

from include.db.engine import make_engine
from include.db.migrate import upgrade
from local.ports import free_port
from local.postgres import running_postgres
from local.processes import Command, GuardedProcess

_PROJECT = Path(__file__).resolve().parent.parent
_STARTS_WITHIN = 60.0


@dataclass(frozen=True, kw_only=True)
class Database:
    server_url: str
    """For the servers under test."""
    engine: Engine
    """The benchmark's own, as another role, so that its statements are told from theirs."""

    def server_queries(self) -> int:
        """Statements that the servers under test have had carried out, BEGIN and COMMIT too."""
        count = text(
            "SELECT coalesce(sum(calls), 0) FROM pg_stat_statements AS said"
            " JOIN pg_roles AS role ON role.oid = said.userid WHERE rolname <> 'bench'"
        )
        with self.engine.connect() as connection:
            return int(connection.scalar(count) or 0)


@contextmanager
def measured_database() -> Generator[Database]:
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
        own = make_url(url).set(username="bench", password=password)
        engine = make_engine(own.render_as_string(hide_password=False))
        yield Database(server_url=url, engine=engine)
        engine.dispose()


@dataclass(frozen=True, kw_only=True)
class Server:
    port: int
    process: psutil.Process

    @property
    def resident(self) -> int:
        """Bytes."""
        return self.process.memory_info().rss

    @property
    def cpu_seconds(self) -> float:
        times = self.process.cpu_times()
        return times.user + times.system


@contextmanager
def running_server(factory: str, env: Mapping[str, str]) -> Generator[Server]:
    """One uvicorn process. Raises TimeoutError when it does not answer ``/live`` in time."""
    port = free_port()
    log = Path(tempfile.gettempdir(), f"jobhunt-bench-{os.getpid()}.log")
    uvicorn = ("-m", "uvicorn", factory, "--factory", "--host", "127.0.0.1", "--backlog", "8192")
    command = Command(
        argv=(
            *(sys.executable, *uvicorn, "--port", str(port)),
            *("--log-level", "warning", "--timeout-graceful-shutdown", "5"),
        ),
        log=log,
        env=env,
        cwd=_PROJECT,
    )
    with GuardedProcess(command) as guarded:
        _await_answer(port)
        yield Server(port=port, process=psutil.Process(guarded.pid))
    log.unlink()


def _await_answer(port: int) -> None:
    until = time.monotonic() + _STARTS_WITHIN
    while time.monotonic() < until:
        try:
            httpx.get(f"http://127.0.0.1:{port}/live", trust_env=False)
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(f"no server answers on port {port}")
