"""Run the API, which serves the page, as a process that tests may kill."""

import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx
import pytest

from api.app import BASE
from local.api import api_service
from local.health import answers
from local.ports import free_port
from local.processes import ServerProcess
from local.services import start
from tests.api.conftest import SECRET, make_token

PROJECT = Path(__file__).parents[2]
BUILT = PROJECT / "web" / "dist" / "index.html"


def need_the_page() -> None:
    if not BUILT.exists():
        pytest.fail("the page is not built: make web")


@dataclass
class Served:
    database_url: str
    log: Path
    port: int
    settings: Mapping[str, str] = field(default_factory=dict[str, str])
    """The environment variables of the API that begin with ``JOBHUNT_``."""
    process: ServerProcess | None = None

    @classmethod
    def on(cls, database_url: str, log: Path, **settings: str) -> "Served":
        need_the_page()
        served = cls(database_url, log, free_port(), settings)
        served.start()
        return served

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        environment = {
            "JOBHUNT_DATABASE_URL": self.database_url,
            "JOBHUNT_JWT_SECRET": SECRET,
            "JOBHUNT_AIRFLOW_URL": "",
            "JOBHUNT_AIRFLOW_PUBLIC_URL": "http://127.0.0.1:8080",
            "JOBHUNT_WEB_DIST": "web/dist",
            "PYTHONPATH": str(PROJECT),
        }
        environment |= {f"JOBHUNT_{name}": value for name, value in self.settings.items()}
        service = api_service(
            port=self.port,
            env=environment,
            prepare=lambda say: None,
            project=PROJECT,
            log=self.log,
        )
        live = replace(service, is_ready=lambda started_at: answers(self.port, "/live"))
        self.process = start(live)

    def kill(self) -> None:
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.stop()  # also waits until the process that reaps the killed one has ended

    def stop(self) -> None:
        if self.process is not None:
            self.process.stop()

    def page(self, path: str, user: str = "ada", **claims: object) -> str:
        """Return the URL of this path of the page, with a token of the user in its fragment."""
        return f"{self.url}{path}#token={make_token(user, **claims)}"

    def ask(self, path: str, user: str = "ada") -> dict:
        headers = {"Authorization": f"Bearer {make_token(user)}"}
        answer = httpx.get(self.url + BASE + path, headers=headers, trust_env=False)
        return answer.raise_for_status().json()
