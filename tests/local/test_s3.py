import os
import signal
import stat
from datetime import timedelta
from pathlib import Path

import obstore
import psutil
import pytest
from obstore.exceptions import BaseError
from obstore.store import S3Store

from local.s3 import S3Server, running_s3

pytestmark = pytest.mark.integration


def store(server: S3Server, *, secret: str | None = None) -> S3Store:
    return S3Store(
        server.bucket,
        endpoint=server.endpoint,
        access_key_id=server.access_key,
        secret_access_key=secret or server.secret_key,
        region=server.region,
        client_options={"allow_http": True, "timeout": timedelta(seconds=10)},
    )


def weed_pid(server: S3Server) -> int:
    [pid] = [
        process.pid
        for process in psutil.Process().children(recursive=True)
        if f"-s3.port={server.port}" in process.cmdline() and process.name() == "weed"
    ]
    return pid


def test_objects_survive_a_stop_and_a_kill(tmp_path: Path):
    with running_s3(tmp_path / "s3", bucket="pages") as server:
        obstore.put(store(server), "raw/1/2.html", b"<h1>Engineer</h1>")
    with running_s3(tmp_path / "s3", bucket="pages") as server:
        obstore.put(store(server), "raw/1/3.html", b"<h1>Baker</h1>")
        os.kill(weed_pid(server), signal.SIGKILL)
    with running_s3(tmp_path / "s3", bucket="pages") as server:
        found = [bytes(obstore.get(store(server), f"raw/1/{n}.html").bytes()) for n in (2, 3)]
        assert found == [b"<h1>Engineer</h1>", b"<h1>Baker</h1>"]
        assert {entry["path"] for entry in obstore.list(store(server)).collect()} == {
            "raw/1/2.html",
            "raw/1/3.html",
        }


def test_a_wrong_secret_is_refused_and_the_right_one_is_private(tmp_path: Path):
    with running_s3(tmp_path / "s3") as server, pytest.raises(BaseError, match="403"):
        obstore.put(store(server, secret="guess"), "raw/1/2.html", b"")
    assert stat.S_IMODE((tmp_path / "s3/s3.json").stat().st_mode) == 0o600


def test_nothing_listens_on_another_address_than_loopback(tmp_path: Path):
    with running_s3(tmp_path / "s3") as server:
        listening = [
            connection.laddr.ip
            for connection in psutil.Process(weed_pid(server)).net_connections(kind="inet")
            if connection.status == psutil.CONN_LISTEN
        ]
    assert set(listening) == {"127.0.0.1"}
