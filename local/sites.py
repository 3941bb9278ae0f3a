"""The sample career sites, as a server of the stack."""

import sys
from pathlib import Path

from local.health import answers
from local.processes import Command
from local.services import Service


def sites_service(*, port: int, state: Path, project: Path, log: Path) -> Service:
    """``state`` is the file in which the sites keep the simulated day."""
    return Service(
        name="demo-sites",
        command=Command(
            argv=(
                *(sys.executable, "-m", "local.career_sites"),
                *("--port", str(port), "--state", str(state)),
            ),
            log=log,
            cwd=project,
            grace=3.0,
        ),
        is_ready=lambda started_at: answers(port, "/health"),
        awaits="an answer",
    )
