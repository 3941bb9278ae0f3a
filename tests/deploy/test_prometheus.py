"""Load the shipped configuration in a real Prometheus, and check it with amtool.

``amtool`` is the command-line tool of Alertmanager.
"""

import subprocess
from collections.abc import Iterator

import httpx
import pytest

from local.ports import free_port
from tests.deploy.queries import FOLDER, alerts, queries
from tests.local.waiting import eventually
from tests.programs import need_program

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    program = need_program("prometheus")
    home = tmp_path_factory.mktemp("prometheus")
    for name in ("prometheus.yml", "alerts.yml"):
        # Evaluate the rules every second instead of every 15 seconds, so that the test need not
        # wait.
        (home / name).write_text((FOLDER / name).read_text().replace(": 15s", ": 1s"))
    port = free_port()
    options = {
        "config.file": home / "prometheus.yml",
        "storage.tsdb.path": home / "series",
        "web.listen-address": f"127.0.0.1:{port}",
    }
    with (home / "log").open("wb") as log:
        server = subprocess.Popen(
            [program, *(f"--{name}={value}" for name, value in options.items())],
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
    """Return the health of each rule, by the name of the rule."""
    groups = client.get("/api/v1/rules").raise_for_status().json()["data"]["groups"]
    return {rule["name"]: rule["health"] for group in groups for rule in group["rules"]}


def test_every_alert_is_loaded_and_evaluated(prometheus: httpx.Client) -> None:
    eventually(lambda: "unknown" not in rules(prometheus).values(), within=60)
    assert rules(prometheus) == {rule["alert"]: "ok" for rule in alerts()}


def test_every_query_is_valid(prometheus: httpx.Client) -> None:
    answers = [
        (query, prometheus.get("/api/v1/query", params={"query": query}).json())
        for query in queries()
    ]
    assert len(answers) > 20
    assert [each for each in answers if each[1]["status"] != "success"] == []


def test_the_configuration_of_alertmanager_is_valid() -> None:
    checked = subprocess.run(
        [need_program("amtool"), "check-config", FOLDER / "alertmanager.yml"],
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0, checked.stderr
