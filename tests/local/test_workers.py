"""Tests of the queue from which the Celery workers of the one-machine stack take their tasks."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from redis import AuthenticationError, Redis

from local.ports import free_port
from local.services import start
from local.workers import Valkey, valkey_service

pytestmark = pytest.mark.integration


def valkey(directory: Path) -> Valkey:
    return Valkey(directory=directory, port=free_port(), log=directory / "log")


def test_queue_outlives_its_server_and_takes_no_stranger(tmp_path: Path) -> None:
    server = valkey(tmp_path)
    with start(valkey_service(server)), Redis.from_url(server.url) as client:
        client.lpush("default", "a task")
        with Redis(port=server.port) as stranger, pytest.raises(AuthenticationError):
            stranger.ping()
    with start(valkey_service(server)), Redis.from_url(server.url) as client:
        assert client.lrange("default", 0, -1) == [b"a task"]


def test_airflows_celery_provider_gets_along_with_the_locked_celery(tmp_path: Path) -> None:
    executor = "import airflow.providers.celery.executors.celery_executor_utils"
    environment = {**os.environ, "AIRFLOW_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", executor], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
