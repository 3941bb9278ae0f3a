"""Run Airflow's four components on the stack's Postgres, configured for short runs on one machine.

The configuration keeps the latency between tasks low. With ``MIN_HEARTBEAT_INTERVAL`` and
``SCHEDULER_IDLE_SLEEP_TIME`` as below, a chain of five tasks takes 2.7 s instead of 5.8 s.
"""

import importlib.metadata
import json
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

from local.health import request_json
from local.postgres import PostgresServer
from local.processes import Command, run_to_end
from local.services import Say, Service
from local.state_files import load_or_create_secret, write_private

USER = "admin"
_DATABASE = "airflow"
_MAX_PARSE_TIME = timedelta(seconds=30)
"""The time after a start after which every DAG file counts as parsed."""


@dataclass(frozen=True, kw_only=True)
class Airflow:
    """The configuration of the stack's Airflow."""

    directory: Path
    """The directory that becomes AIRFLOW_HOME."""
    project: Path
    """The directory that holds ``dags/`` and ``plugins/``. Both import modules from it."""
    secrets: Path
    """The directory in which the secrets are kept."""
    logs: Path
    port: int
    postgres: PostgresServer
    env: Mapping[str, str]
    """The environment variables of every component: the Connections and ``JOBHUNT_…``."""
    broker_url: str = ""
    """The URL of the Celery workers' queue. If empty, the scheduler runs the tasks itself."""
    migration_lock: threading.Lock = field(default_factory=threading.Lock)
    """A lock that lets only one component at a time migrate the database."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def password(self) -> str:
        return load_or_create_secret(self.secrets / "airflow-password")


def airflow_services(airflow: Airflow) -> tuple[Service, ...]:
    """Return the services of Airflow's four components."""

    def component(
        name: str,
        *arguments: str,
        is_ready: Callable[[datetime], bool],
        works: Callable[[datetime], bool] | None = None,
        awaits: str,
    ) -> Service:
        return Service(
            name=f"airflow-{name}",
            command=airflow_command(airflow, name, *arguments, name=name),
            needs=("postgres", "s3"),  # The scheduler runs the tasks, which need s3.
            prepare=lambda say: _migrate(airflow, say),
            is_ready=is_ready,
            works=works,
            awaits=awaits,
            ready_within=180.0,
            poll_seconds=0.5,
        )

    def heartbeat(component: str) -> Callable[[datetime], bool]:
        return lambda started_at: _has_heartbeat(airflow, component, started_at)

    return (
        component(
            "api-server",
            is_ready=lambda started_at: _read_health(airflow) is not None,
            awaits="its health report",
        ),
        component(
            "scheduler",
            "--skip-serve-logs",
            is_ready=heartbeat("scheduler"),
            awaits="its heartbeat",
        ),
        component(
            "dag-processor",
            is_ready=lambda started_at: (
                heartbeat("dag_processor")(started_at) and _are_dags_parsed(airflow, started_at)
            ),
            # The DAG files are not checked here, because each is parsed only once in 30 s.
            works=heartbeat("dag_processor"),
            awaits="its heartbeat and the DAG files to be parsed",
        ),
        component(
            "triggerer",
            "--skip-serve-logs",
            is_ready=heartbeat("triggerer"),
            awaits="its heartbeat",
        ),
    )


def airflow_command(airflow: Airflow, *arguments: str, name: str) -> Command:
    """Return the command that runs ``airflow`` with these arguments.

    Its log is named after ``name``.
    """
    return Command(
        argv=(str(Path(sys.executable).with_name("airflow")), *arguments),
        log=airflow.logs / f"airflow-{name}.log",
        env=_environment(airflow),
        cwd=airflow.directory,
    )


def _environment(airflow: Airflow) -> dict[str, str]:
    def secret(name: str, *, size: int = 32) -> str:
        return load_or_create_secret(airflow.secrets / f"airflow-{name}", size=size)

    options = {
        "CORE__EXECUTOR": "CeleryExecutor" if airflow.broker_url else "LocalExecutor",
        "CORE__PARALLELISM": "8",
        "CORE__DAGS_FOLDER": airflow.project / "dags",
        "CORE__PLUGINS_FOLDER": airflow.project / "plugins",
        "CORE__LOAD_EXAMPLES": "False",
        "CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "CORE__FERNET_KEY": secret("fernet-key") + "=",  # the base64 padding of 32 bytes
        "CORE__SIMPLE_AUTH_MANAGER_USERS": f"{USER}:admin",
        "CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": _passwords_file(airflow),
        "CORE__EXECUTION_API_SERVER_URL": f"{airflow.url}/execution/",
        # The name comes from the system. By default, Airflow looks it up in DNS, which may take
        # seconds.
        "CORE__HOSTNAME_CALLABLE": "socket.gethostname",
        "DATABASE__SQL_ALCHEMY_CONN": airflow.postgres.url(_DATABASE, driver="psycopg2"),
        "DATABASE__CHECK_MIGRATIONS": "False",  # ``_migrate`` has migrated the database.
        "LOGGING__BASE_LOG_FOLDER": airflow.directory / "logs",
        "LOGGING__DAG_PROCESSOR_CHILD_PROCESS_LOG_DIRECTORY": airflow.directory / "logs" / "dags",
        "API__HOST": "127.0.0.1",
        "API__PORT": airflow.port,
        "API__BASE_URL": airflow.url,
        "API__WORKERS": "1",
        "API__SECRET_KEY": secret("secret-key"),
        "API_AUTH__JWT_SECRET": secret("jwt-secret", size=64),
        "WORKERS__MIN_HEARTBEAT_INTERVAL": "1",
        "SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.1",
        "SCHEDULER__ENABLE_HEALTH_CHECK": "False",
        # With this setting, the tasks of a killed scheduler are found within one minute instead of
        # five.
        "SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "30",
        "SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "60",
        "DAG_PROCESSOR__DAG_BUNDLE_STORAGE_PATH": airflow.directory / "bundles",
        "DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "30",
        "DAG_PROCESSOR__REFRESH_INTERVAL": "10",
    }
    if airflow.broker_url:
        options |= {
            "CELERY__BROKER_URL": airflow.broker_url,
            "CELERY__RESULT_BACKEND": "db+"
            + airflow.postgres.url(_DATABASE, driver="psycopg2").replace("+psycopg2", ""),
            # Each Celery process takes only one task in advance. If it took more, it would hold
            # back tasks that another worker could run.
            "CELERY__WORKER_PREFETCH_MULTIPLIER": "1",
        }
    return {
        **{f"AIRFLOW__{name}": str(value) for name, value in options.items()},
        "AIRFLOW_HOME": str(airflow.directory),
        "PYTHONPATH": str(airflow.project),
        **airflow.env,
    }


def _passwords_file(airflow: Airflow) -> Path:
    path = airflow.directory / "passwords.json"
    if not path.exists():
        airflow.directory.mkdir(parents=True, exist_ok=True)
        write_private(path, json.dumps({USER: airflow.password}))
    return path


def _migrate(airflow: Airflow, say: Say) -> None:
    """Migrate Airflow's database, unless this was done before.

    ``airflow db migrate`` takes 8 s. Therefore it is skipped if neither the version of Airflow
    nor the revision of the database has changed since the last migration. Every component calls
    this function before it starts, and the first call migrates.
    """
    migrated_file = airflow.directory / "migrated"
    version = importlib.metadata.version("apache-airflow-core")
    with airflow.migration_lock:
        revision = _read_revision(airflow.postgres)
        if (
            revision
            and migrated_file.exists()
            and migrated_file.read_text() == f"{version} {revision}"
        ):
            return
        say("airflow: creating or migrating its database…")
        run_to_end(
            "airflow db migrate", airflow_command(airflow, "db", "migrate", name="db"), timeout=300
        )
        write_private(migrated_file, f"{version} {_read_revision(airflow.postgres)}")


def _read_revision(postgres: PostgresServer) -> str | None:
    """Return the revision of Airflow's database; None if the database was never migrated."""
    with postgres.connect(_DATABASE) as connection:
        try:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        except psycopg.errors.UndefinedTable:
            return None
    return row[0] if row else None


def _read_health(airflow: Airflow) -> dict[str, dict[str, str | None]] | None:
    """Return the health report of each component; None if the API server does not answer."""
    try:
        return request_json(airflow.port, "/api/v2/monitor/health")
    except OSError:
        return None


def _has_heartbeat(airflow: Airflow, component: str, started_at: datetime) -> bool:
    """Return True if the component has sent a heartbeat since ``started_at``.

    The status that Airflow reports is not used, because it stays "healthy" for half a minute after
    a component was killed.
    """
    health = _read_health(airflow) or {}
    last_heartbeat = health.get(component, {}).get(f"latest_{component}_heartbeat")
    return last_heartbeat is not None and datetime.fromisoformat(last_heartbeat) > started_at


def _are_dags_parsed(airflow: Airflow, started_at: datetime) -> bool:
    """Return True if Airflow has parsed every file of ``dags/`` since ``started_at``.

    A file counts as parsed if Airflow reports a DAG or an import error of it. Airflow reports
    neither for a file without a DAG, so every file counts as parsed after half a minute.
    """
    if datetime.now(UTC) - started_at > _MAX_PARSE_TIME:
        return True
    files = {path.name for path in (airflow.project / "dags").glob("*.py")}
    try:
        token = _request_token(airflow)
        dags = request_json(airflow.port, "/api/v2/dags?limit=100", token=token)["dags"]
        parsed = {
            Path(dag["fileloc"]).name
            for dag in dags
            if datetime.fromisoformat(dag["last_parsed_time"]) > started_at
        }
        parsed |= {Path(name).name for name in import_errors(airflow)}
    except OSError:
        return False
    return files <= parsed


def say_import_errors(airflow: Airflow, say: Say) -> None:
    """Print the DAG files that can't be imported.

    If Airflow does not answer, print that instead of failing. A busy Airflow is no reason to stop
    the stack.
    """
    try:
        errors = import_errors(airflow)
    except OSError as error:
        say(f"can't ask Airflow whether all DAG files can be imported ({error})")
        return
    for file, trace in errors.items():
        say(f"{file} can't be imported:\n{trace}")


def import_errors(airflow: Airflow) -> dict[str, str]:
    """Return the tracebacks of the DAG files that can't be imported. The key is the file's name.

    Raises:
        OSError: the API server does not answer.
    """
    page = request_json(
        airflow.port, "/api/v2/importErrors?limit=100", token=_request_token(airflow)
    )
    return {error["filename"]: error["stack_trace"] for error in page["import_errors"]}


def _request_token(airflow: Airflow) -> str:
    login = {"username": USER, "password": airflow.password}
    return request_json(airflow.port, "/auth/token", body=login)["access_token"]
