"""Share the TLS settings among all HTTPX clients of a process."""

import ssl
from functools import cache

import httpx


@cache
def tls_context() -> ssl.SSLContext:
    """Return the context that verifies servers' certificates.

    Loading the certificate authorities takes 30 ms of processor time. Without a shared context,
    HTTPX would load them for each client.
    """
    return httpx.create_ssl_context()
