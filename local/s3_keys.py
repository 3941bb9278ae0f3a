"""Make the keys that are needed at every port of SeaweedFS except the S3 port.

``security.toml`` names a certificate and its key for the gRPC ports and for the HTTPS ports of the
master and the volumes. It also states the keys for requests to volumes. Only the parts of SeaweedFS
know these keys (SeaweedFS wiki, "Security Configuration"). The certificate is self-signed and is
its own authority, so no other certificate is accepted. SeaweedFS reads the file from its current
directory.

``python -m local.s3_keys DIRECTORY`` makes the keys for the compose file.
"""

import secrets
import sys
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from local.state_files import write_private

_VALID_FOR = timedelta(days=36_500)
_PARTS = ("master", "volume", "filer", "s3", "client")
_HTTPS_PARTS = ("master", "volume", "client")
"""The names of the parts that serve or call an HTTPS port.

``master`` and ``volume`` serve one. ``client`` stands for the parts that call it.
"""


def make_s3_keys(directory: Path) -> None:
    """Write ``security.toml``, ``grpc.crt`` and ``grpc.key``, unless ``security.toml`` exists."""
    if (directory / "security.toml").exists():
        return
    directory.mkdir(parents=True, exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    pem = serialization.Encoding.PEM
    private_key = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    write_private(directory / "grpc.key", private_key.decode())
    write_private(directory / "grpc.crt", _certificate(key).public_bytes(pem).decode())
    write_private(directory / "security.toml", _security_toml())


def _certificate(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "seaweedfs")])
    alternative_names = [x509.DNSName("seaweedfs"), x509.IPAddress(IPv4Address("127.0.0.1"))]
    server_and_client = x509.ExtendedKeyUsage(
        [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
    )
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _VALID_FOR)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectAlternativeName(alternative_names), critical=False)
        .add_extension(server_and_client, critical=False)
    )
    return builder.sign(key, hashes.SHA256())


def _security_toml() -> str:
    keys = ("jwt.signing", "jwt.signing.read", "jwt.filer_signing", "jwt.filer_signing.read")
    sections = [f'[{name}]\nkey = "{secrets.token_hex(32)}"\n' for name in keys]
    sections.append('[grpc]\nca = "grpc.crt"\n')
    certificate = 'cert = "grpc.crt"\nkey = "grpc.key"\n'
    sections += [f"[grpc.{part}]\n{certificate}" for part in _PARTS]
    sections += [f'[https.{part}]\nca = "grpc.crt"\n{certificate}' for part in _HTTPS_PARTS]
    sections[-1] += "enabled = true\n"  # the last section is that of the client
    return "\n".join(sections)


if __name__ == "__main__":
    make_s3_keys(Path(sys.argv[1]))
