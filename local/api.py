"""Run the API as a service of the stack."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from local.health import answers
from local.processes import Command
from local.services import Say, Service


def api_service(
    *,
    port: int,
    env: Mapping[str, str],
    prepare: Callable[[Say], None],
    project: Path,
    log: Path,
) -> Service:
    """Return the service of the API.

    Args:
        prepare: a function that creates the tables and the bucket. It is called before every start.
    """
    return Service(
        name="api",
        command=Command(
            argv=(
                *(sys.executable, "-m", "uvicorn", "api.app:create_app", "--factory"),
                *("--http", "api.http_protocol:LimitedProtocol", "--ws", "none"),
                *("--host", "127.0.0.1", "--port", str(port)),
                # The API closes its streams by itself. This limit ends connections whose clients do
                # not read, because they would delay the end of the server.
                *("--timeout-graceful-shutdown", "5"),
            ),
            log=log,
            env=env,
            cwd=project,
        ),
        needs=("postgres", "s3"),
        prepare=prepare,
        is_ready=lambda started_at: answers(port, "/ready"),
        awaits="its /ready to succeed",
        poll_seconds=0.2,
    )
