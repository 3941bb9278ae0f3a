"""Make certificates for the servers that tests run."""

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

_LOOPBACK = x509.IPAddress(ip_address("127.0.0.1"))


class Authority:
    """A certificate authority for servers.

    A client trusts it if ``SSL_CERT_FILE`` is ``bundle``.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self.bundle = directory / "trusted.pem"

    def server_context(self, kind: str) -> ssl.SSLContext:
        """Return the TLS context of a server that presents a new certificate of this kind.

        The certificate is added to ``bundle``. The kinds are ``good``, ``wrong`` (for another host
        name) and ``expired``.
        """
        directory = self._directory / kind
        directory.mkdir(exist_ok=True)
        name = x509.DNSName("other.example") if kind == "wrong" else _LOOPBACK
        last_day = timedelta(days=-1 if kind == "expired" else 1)
        context = self_signed(directory, name=name, last_day=last_day)
        with self.bundle.open("ab") as bundle:
            bundle.write((directory / "chain.pem").read_bytes())
        return context


def self_signed(
    directory: Path,
    *,
    name: x509.GeneralName = _LOOPBACK,
    last_day: timedelta = timedelta(days=1),
) -> ssl.SSLContext:
    """Return the TLS context of a server that presents a new certificate.

    The certificate and its key are written to ``chain.pem`` in the directory.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a server")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=9))
        .not_valid_after(now + last_day)
        .add_extension(x509.SubjectAlternativeName([name]), critical=False)
        .sign(key, hashes.SHA256())
    )
    chain = directory / "chain.pem"
    chain.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    return context
