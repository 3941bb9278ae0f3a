"""Send requests without a key to the ports of SeaweedFS that require no S3 signature."""

import re
from contextlib import suppress
from itertools import product
from pathlib import Path

import grpc
import httpx
import psutil

_LOOKUP = "/filer_pb.SeaweedFiler/LookupDirectoryEntry"
_METHODS = (
    _LOOKUP,
    "/master_pb.Seaweed/VolumeList",
    "/volume_server_pb.VolumeServer/VolumeServerStatus",
    "/messaging_pb.SeaweedS3IamCache/PutIdentity",
)


def open_ports(processes: list[psutil.Process]) -> set[int]:
    """Return the TCP ports on which the processes listen."""
    return {
        connection.laddr.port
        for process in processes
        for connection in process.net_connections(kind="tcp")
        if connection.status == psutil.CONN_LISTEN
    }


def strangers_at_http(port: int, *objects: str) -> set[int]:
    """Return the statuses of HTTP requests without a key.

    They are for the objects, for pages of the servers, and for lists that lead to the objects.
    """
    asked = [
        *(("GET", path) for path in ("/", "/ui/index.html", "/status", "/cluster/status")),
        ("GET", "/buckets/jobhunt/raw/?limit=1"),
        ("GET", "/dir/assign"),
        ("GET", "/col/delete?collection=jobhunt"),
        *((method, path) for path in objects for method in ("GET", "PUT", "POST", "DELETE")),
    ]
    statuses: set[int] = set()
    with httpx.Client(verify=False, trust_env=False) as client:  # noqa: S501 - the requests contain no secret
        for scheme, (method, target) in product(("http", "https"), asked):
            url = f"{scheme}://127.0.0.1:{port}{target}"
            body = b"planted" if method in ("PUT", "POST") else None
            # A TransportError means that the port speaks gRPC, or HTTPS that requires a
            # certificate.
            with suppress(httpx.TransportError):
                statuses.add(client.request(method, url, content=body).status_code)
    return statuses


def strangers_at_grpc(port: int, *, server: Path, stranger: Path) -> set[grpc.StatusCode]:
    """Return the statuses of gRPC calls that have no certificate, or that of ``stranger``.

    The directory ``server`` has the server's own certificate, which the server shows to everybody.
    """
    return {
        _call(channel, method)[0]
        for method in _METHODS
        for channel in (
            grpc.insecure_channel(f"127.0.0.1:{port}"),
            _secure(port, server=server, identity=stranger),
        )
    }


def entry_at_filer(port: int, keys: Path, directory: str, name: str) -> bytes | None:
    """Return the filer's entry of an object.

    The request uses the certificate in ``keys``. If the call fails, return None.
    """
    request = b"".join(
        bytes([field << 3 | 2, len(text)]) + text.encode()
        for field, text in ((1, directory), (2, name))
    )
    status, found = _call(_secure(port, server=keys, identity=keys), _LOOKUP, request)
    return found if status is grpc.StatusCode.OK else None


def file_id(entry: bytes) -> str:
    """Return the id under which a volume stores the content of the entry."""
    found = re.search(rb"\d+,[0-9a-f]{9,}", entry)
    assert found is not None, entry
    return found[0].decode()


def _secure(port: int, *, server: Path, identity: Path) -> grpc.Channel:
    credentials = grpc.ssl_channel_credentials(
        (server / "grpc.crt").read_bytes(),
        (identity / "grpc.key").read_bytes(),
        (identity / "grpc.crt").read_bytes(),
    )
    name = ("grpc.ssl_target_name_override", "seaweedfs")
    return grpc.secure_channel(f"127.0.0.1:{port}", credentials, options=[name])


def _call(
    channel: grpc.Channel, method: str, request: bytes = b""
) -> tuple[grpc.StatusCode, bytes | None]:
    with channel:
        try:
            found: bytes = channel.unary_unary(method)(request, timeout=5)  # pyright: ignore[reportUnknownVariableType]
        except grpc.RpcError as error:
            return error.code(), None
    return grpc.StatusCode.OK, found
