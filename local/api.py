"""The API, as a server of the stack."""

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
    """``prepare`` readies the tables and the bucket; it is called before every start."""
    return Service(
        name="api",
        command=Command(
            argv=(
                *(sys.executable, "-m", "uvicorn", "api.app:create_app", "--factory"),
                *("--host", "127.0.0.1", "--port", str(port)),
                # streams say goodbye by themselves; who reads nothing must not hold the server
                *("--timeout-graceful-shutdown", "5"),
            ),
            log=log,
            env=env,
            cwd=project,
        ),
        needs=("postgres", "s3"),
        prepare=prepare,
        is_ready=lambda started_at: answers(port, "/ready"),
        awaits="it to say that it is ready",
        ask_every=0.2,
    )
