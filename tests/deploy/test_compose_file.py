"""Tests of the compose file that need no Docker engine.

``make compose-test`` runs the file on one.
"""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[2]
COMPOSE = Path(sys.executable).with_name("docker-compose")
SECRETS = re.findall(r"^([A-Z0-9_]+)=$", (ROOT / ".env.example").read_text(), re.MULTILINE)


def compose(env: str, directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run docker-compose with the environment file ``env``, which is written to ``directory``."""
    file = directory / "env"
    file.write_text(env)
    command = [COMPOSE, "--project-directory", ROOT, "--env-file", file, *arguments]
    return subprocess.run(
        command,
        env={"PATH": "/usr/bin:/bin", "HOME": str(directory)},
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
def new_env() -> str:
    command = [sys.executable, ROOT / "deploy/new-env", "Test/0 (+mailto:nobody@example.org)"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def services(new_env: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return the services of all profiles, as ``docker compose config`` prints them."""
    env = new_env.replace("COMPOSE_PROFILES=celery", "COMPOSE_PROFILES=*")
    completed = compose(env, tmp_path_factory.mktemp("compose"), "config")
    assert completed.returncode == 0, completed.stderr
    return yaml.safe_load(completed.stdout)["services"]


def test_compose_file_is_valid_with_a_new_env(new_env: str, tmp_path: Path) -> None:
    completed = compose(new_env, tmp_path, "config", "--quiet")
    assert (completed.returncode, completed.stderr) == (0, "")


@pytest.mark.parametrize("secret", SECRETS)
def test_nothing_starts_without_the_secret(secret: str, new_env: str, tmp_path: Path) -> None:
    without = re.sub(rf"^{secret}=.*$", f"{secret}=", new_env, flags=re.MULTILINE)
    completed = compose(without, tmp_path, "config", "--quiet")
    assert completed.returncode != 0
    assert f"required variable {secret} is missing" in completed.stderr


def test_two_envs_share_no_secret(new_env: str) -> None:
    command = [sys.executable, ROOT / "deploy/new-env", "Test/0"]
    other = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    values = re.findall(r"^[A-Z0-9_]+=([^'\s]{32,})$", new_env, re.MULTILINE)
    assert len(values) == len(SECRETS) - 1
    assert [value for value in values if value in other] == []


def test_only_nginx_and_airflow_are_published_and_on_loopback(services: dict[str, Any]) -> None:
    published = {
        (name, port["host_ip"]) for name, each in services.items() for port in each.get("ports", ())
    }
    names = {name for name, _ in published}
    # Grafana and Prometheus are started only with the profile "observability".
    assert names - {"grafana", "prometheus"} == {"nginx", "airflow-api-server"}
    assert {address for _, address in published} == {"127.0.0.1"}


def test_databases_are_only_in_the_internal_network(services: dict[str, Any]) -> None:
    for name in ("postgres", "seaweedfs", "valkey"):
        assert list(services[name]["networks"]) == ["backend"], name


def test_every_service_of_our_images_is_hardened(services: dict[str, Any]) -> None:
    our_services = {name for name, each in services.items() if each["image"].startswith("jobhunt-")}
    assert len(our_services) > 6
    for name in our_services:
        assert services[name]["read_only"], name
        assert services[name]["cap_drop"] == ["ALL"], name


def test_every_variable_of_the_compose_file_is_documented() -> None:
    may_be_set = set(re.findall(r"\$\{([A-Z0-9_]+):-", (ROOT / "docker-compose.yaml").read_text()))
    documented = (ROOT / "docs/compose.md").read_text()
    # The variables that name images are not documented.
    image_variables = {name for name in may_be_set if name.endswith("_IMAGE")}
    assert len(image_variables) > 6
    others = may_be_set - image_variables
    assert {name for name in others if f"`{name}`" not in documented} == set()
