"""Run ``jobhunt up`` with servers that reach Postgres through a TCP proxy.

SIGUSR1 makes the proxy cut every connection to Postgres for ten seconds. SIGUSR2 makes it hold all
bytes back for ten seconds.
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

With this number, the last try is a minute after the first. This is long enough for servers that
need Postgres, which cannot start while it is unreachable.
"""


def main() -> None:
    with ExitStack() as proxies:

        def behind_proxy(server: PostgresServer) -> Service:
            """Return the service of a Postgres whose port only the proxy knows.

            Start the proxy on the usual port.
            """
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
