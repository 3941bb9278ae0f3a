"""Run the containers of one server, and send requests to them."""

import json
import subprocess
import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

import httpx

from include.tokens import mint_token
from local.career_sites import companies
from local.ports import free_port
from tests.compose.engine import ROOT, Engine

SAMPLES = "samples:8090"
_SETTINGS = f"""
JOBHUNT_ALLOWED_PRIVATE_HOSTS={SAMPLES}
JOBHUNT_HOST_RATE=2,{SAMPLES}=6
JOBHUNT_BATCH_SIZE=25
JOBHUNT_STALE_AFTER=60s
"""


@dataclass(frozen=True, kw_only=True)
class Stack:
    engine: Engine
    environment: dict[str, str]
    """The variables for the compose file: secrets, ports and profiles."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.environment['HTTP_PORT']}"

    def compose(self, *arguments: str, within: float = 300) -> str:
        return self.engine.compose(*arguments, settings=self.environment, within=within)

    def of_images(self, tag: str) -> Self:
        """Tag our images with ``tag``. Return this stack with variables that name the new tags."""
        ours = {"AIRFLOW_IMAGE": "jobhunt-airflow", "API_IMAGE": "jobhunt-api"}
        for image in ours.values():
            self.engine.docker("tag", image, f"{image}:{tag}")
        tagged = {name: f"{image}:{tag}" for name, image in ours.items()}
        return replace(self, environment=self.environment | tagged)

    def renew_api(self) -> None:
        self.engine.script("deploy/renew-api", settings=self.environment)

    def containers(self, service: str) -> list[dict[str, Any]]:
        """Return the service's running containers in the form that ``docker inspect`` prints."""
        ids = self.compose("ps", "--quiet", service).split()
        return json.loads(self.engine.docker("inspect", *ids)) if ids else []

    def api(self, user: str) -> httpx.Client:
        token = mint_token(
            self.environment["JOBHUNT_JWT_SECRET"],
            user,
            issuer="jobhunt",
            audience="jobhunt",
            now=datetime.now(UTC),
            lifetime=timedelta(hours=1),
        )
        return httpx.Client(
            base_url=f"{self.url}/api/ingestion",
            headers={"Authorization": f"Bearer {token}"},
            timeout=30,
            trust_env=False,
        )

    def follow_samples(self, user: str) -> None:
        with self.api(user) as client:
            for company in companies(f"http://{SAMPLES}"):
                client.post("/companies", json=company).raise_for_status()

    def start(self, user: str, **body: object) -> int:
        with self.api(user) as client:
            answer = client.post("/start", json=body)
        assert answer.status_code == 202, answer.text
        return answer.json()["run_id"]

    def run(self, user: str, run_id: int) -> dict[str, Any]:
        with self.api(user) as client:
            return client.get(f"/runs/{run_id}").raise_for_status().json()

    def sql(self, query: str, *, database: str = "jobhunt", user: str = "jobhunt") -> list[str]:
        """Return the rows of a query, each as ``psql`` prints it."""
        password = "POSTGRES_PASSWORD" if user == "jobhunt" else "AIRFLOW_DB_PASSWORD"
        return self.compose(
            *("exec", "-T", "--env", f"PGPASSWORD={self.environment[password]}", "postgres"),
            *("psql", "-h", "127.0.0.1", "-U", user, "-d", database, "-At", "-c", query),
        ).splitlines()


def new_stack(engine: Engine, directory: Path) -> Stack:
    """Return a stack that has its own secrets and ports. The stack is not started yet."""
    made = subprocess.run(
        [sys.executable, ROOT / "deploy/new-env", "JobhuntTest/0 (+mailto:nobody@example.org)"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    (directory / "env").write_text(made)
    (directory / "jobhunt.env").write_text(_SETTINGS)
    return Stack(
        engine=engine,
        environment={
            **_parsed(made),
            "COMPOSE_PROJECT_NAME": f"jobhunt-{free_port()}",
            "COMPOSE_PROFILES": "celery,samples",
            "JOBHUNT_SETTINGS": str(directory / "jobhunt.env"),
            "HTTP_PORT": str(free_port()),
            "AIRFLOW_PORT": str(free_port()),
            "AIRFLOW_API_WORKERS": "1",
            # Each worker runs at most four tasks, so that three workers fit on a small machine.
            "WORKER_CONCURRENCY": "4",
        },
    )


def _parsed(env: str) -> dict[str, str]:
    lines = (line.partition("=") for line in env.splitlines() if line and line[0] != "#")
    return {name: value.strip("'") for name, _, value in lines}
