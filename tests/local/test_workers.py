"""The queue of the one-machine stack's Celery workers."""

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
