"""Share the TLS settings among all HTTPX clients of a process."""

import ssl
from functools import cache

import httpx


@cache
def tls_context() -> ssl.SSLContext:
    """Return the context that verifies servers' certificates.

    The context is shared, because HTTPX would otherwise load the certificate authorities for each
    client. Loading them takes 30 ms of processor time.
    """
    return httpx.create_ssl_context()
