"""Run ``jobhunt up`` with servers that reach Postgres through a TCP proxy.

SIGUSR1 cuts every connection to it for ten seconds. SIGUSR2 holds all bytes back for as long.
"""

import signal
from contextlib import ExitStack
from dataclasses import replace

from cli.main import run
from local import plan, supervisor
from local.ports import free_port
from local.postgres import PostgresServer, postgres_service
from local.services import Service
from tests.tcp_proxy import tcp_proxy

TROUBLE_SECONDS = 10
_TRIES = 8
"""The number of times that the supervisor tries to start a server.

The last try is a minute after the first, because the servers that need Postgres cannot start while
it is unreachable.
"""


def main() -> None:
    with ExitStack() as proxies:

        def behind_proxy(server: PostgresServer) -> Service:
            """Return the service of a server on a port that only the proxy knows."""
            hidden = replace(server, port=free_port())
            proxy = proxies.enter_context(tcp_proxy(port=server.port, target=hidden.port))
            signal.signal(signal.SIGUSR1, lambda *_: proxy.cut(TROUBLE_SECONDS))
            signal.signal(signal.SIGUSR2, lambda *_: proxy.stall(TROUBLE_SECONDS))
            return postgres_service(hidden)

        plan.postgres_service = behind_proxy
        supervisor.MAX_FAILURES = _TRIES
        run()


if __name__ == "__main__":
    main()
