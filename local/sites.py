"""Run the sample career sites as a service of the stack."""

import sys
from collections.abc import Mapping
from pathlib import Path

from local.health import answers
from local.processes import Command
from local.services import Service


def sites_service(
    *, port: int, state: Path, env: Mapping[str, str], project: Path, log: Path
) -> Service:
    """Return the service of the sample career sites.

    Args:
        state: the file in which the sites keep the simulated day.
    """
    return Service(
        name="demo-sites",
        command=Command(
            argv=(
                *(sys.executable, "-m", "local.career_sites"),
                *("--port", str(port), "--state", str(state)),
            ),
            log=log,
            env=env,
            cwd=project,
            grace=3.0,
        ),
        is_ready=lambda started_at: answers(port, "/health"),
        awaits="a response",
    )
