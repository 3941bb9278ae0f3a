import os
import signal
import stat
from datetime import timedelta
from pathlib import Path

import grpc
import httpx
import obstore
import psutil
import pytest
from obstore.exceptions import BaseError
from obstore.store import S3Store

from local.s3 import S3Server, running_s3
from local.s3_keys import make_s3_keys
from tests.local.s3_doors import (
    entry_at_filer,
    file_id,
    open_ports,
    strangers_at_grpc,
    strangers_at_http,
)

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


def weeds(server: S3Server) -> list[psutil.Process]:
    """Return the processes of this server, which run in its directory.

    The tests' shared server may run in another directory at the same time.
    """
    return [
        process
        for process in psutil.Process().children(recursive=True)
        if process.name() == "weed"
        and process.status() != psutil.STATUS_ZOMBIE
        and Path(process.cwd()) == server.directory
    ]


def weed_pid(server: S3Server) -> int:
    [pid] = [each.pid for each in weeds(server) if f"-s3.port={server.port}" in each.cmdline()]
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
            for process in weeds(server)
            for connection in process.net_connections(kind="inet")
            if connection.status == psutil.CONN_LISTEN
        ]
    assert set(listening) == {"127.0.0.1"}


def test_no_other_port_answers_without_a_key(tmp_path: Path):
    home, stranger = tmp_path / "s3", tmp_path / "stranger"
    make_s3_keys(stranger)
    with running_s3(home) as server:
        obstore.put(store(server), "raw/1.html", b"<h1>Engineer</h1>")
        ports = open_ports(weeds(server)) - {server.port}
        entries = {
            port: entry_at_filer(port, home, "/buckets/jobhunt/raw", "1.html") for port in ports
        }
        [entry] = filter(None, entries.values())
        for port in ports:
            statuses = strangers_at_http(port, "/buckets/jobhunt/raw/1.html", f"/{file_id(entry)}")
            assert all(status >= 400 for status in statuses), (port, statuses)
            refused = {grpc.StatusCode.UNAVAILABLE}
            assert strangers_at_grpc(port, server=home, stranger=stranger) == refused
        assert bytes(obstore.get(store(server), "raw/1.html").bytes()) == b"<h1>Engineer</h1>"


def test_a_request_without_a_signature_is_refused(tmp_path: Path):
    with running_s3(tmp_path / "s3") as server:
        response = httpx.get(f"{server.endpoint}/{server.bucket}?list-type=2", trust_env=False)
    assert response.status_code == 403


def test_sockets_lie_in_its_directory(tmp_path: Path):
    with running_s3(tmp_path / "s3") as server:
        paths = {
            str(connection.laddr)
            for process in weeds(server)
            for connection in process.net_connections(kind="unix")
            if connection.status == psutil.CONN_NONE and connection.laddr
        }
        # The paths are short, because each is relative to the directory in which its part of the
        # server runs.
        assert paths == {"filer.sock", "s3.sock"}
        assert all((tmp_path / "s3" / path).is_socket() for path in paths)
