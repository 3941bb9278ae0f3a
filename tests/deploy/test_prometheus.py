"""Tests of the shipped configuration with a real Prometheus and with Alertmanager's own check.

Both must be installed (Debian: ``prometheus``, ``prometheus-alertmanager``).
"""

import shutil
import subprocess
from collections.abc import Iterator

import httpx
import pytest

from local.ports import free_port
from tests.deploy.queries import FOLDER, alerts, queries
from tests.local.waiting import eventually

PROMETHEUS = shutil.which("prometheus")
AMTOOL = shutil.which("amtool")

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    if PROMETHEUS is None:
        pytest.skip("prometheus is not installed")
    home = tmp_path_factory.mktemp("prometheus")
    for name in ("prometheus.yml", "alerts.yml"):
        # A shorter interval, so that rules are evaluated soon.
        (home / name).write_text((FOLDER / name).read_text().replace(": 15s", ": 1s"))
    port = free_port()
    options = {
        "config.file": home / "prometheus.yml",
        "storage.tsdb.path": home / "series",
        "web.listen-address": f"127.0.0.1:{port}",
    }
    with (home / "log").open("wb") as log:
        server = subprocess.Popen(
            [PROMETHEUS, *(f"--{name}={value}" for name, value in options.items())],
            stdout=log,
            stderr=log,
        )
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
        try:
            eventually(lambda: is_ready(client) or server.poll() is not None, within=60)
            assert server.poll() is None, (home / "log").read_text()
            yield client
        finally:
            server.terminate()
            server.wait(20)


def is_ready(client: httpx.Client) -> bool:
    try:
        return client.get("/-/ready").is_success
    except httpx.TransportError:
        return False


def rules(client: httpx.Client) -> dict[str, str]:
    """Name → health."""
    groups = client.get("/api/v1/rules").raise_for_status().json()["data"]["groups"]
    return {rule["name"]: rule["health"] for group in groups for rule in group["rules"]}


def test_every_alert_is_loaded_and_evaluated(prometheus: httpx.Client) -> None:
    eventually(lambda: "unknown" not in rules(prometheus).values(), within=60)
    assert rules(prometheus) == {rule["alert"]: "ok" for rule in alerts()}


def test_every_query_can_be_asked(prometheus: httpx.Client) -> None:
    answers = [
        (query, prometheus.get("/api/v1/query", params={"query": query}).json())
        for query in queries()
    ]
    assert len(answers) > 20
    assert [each for each in answers if each[1]["status"] != "success"] == []


def test_alertmanager_takes_its_configuration() -> None:
    if AMTOOL is None:
        pytest.skip("amtool is not installed")
    checked = subprocess.run(
        [AMTOOL, "check-config", FOLDER / "alertmanager.yml"], capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stderr
