"""Share the TLS settings among all HTTPX clients of a process."""

import ssl
from functools import cache

import httpx


@cache
def tls_context() -> ssl.SSLContext:
    """Return the context that verifies servers' certificates.

    Loading the certificate authorities takes 30 ms of processor time, and HTTPX would do so for
    each client.
    """
    return httpx.create_ssl_context()
