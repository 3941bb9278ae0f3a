"""Alerts and dashboard: each query can be parsed, asks for what is there, and alerts when meant."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from api.metrics import render
from include.db.totals import Totals

FOLDER = Path(__file__).parents[2] / "deploy" / "observability"
PROMTOOL = shutil.which("promtool")
TOTALS = Totals(
    runs={"error": 1},
    jobs={("failed", "http_500"): 1},
    recoveries=0,
    held=0,
    sla_misses=0,
    silent_seconds=0.0,
    backlog=0,
    backlog_seconds=0.0,
)

with_promtool = pytest.mark.skipif(PROMTOOL is None, reason="promtool is not installed")


def promtool(*arguments: object) -> str:
    assert PROMTOOL is not None
    done = subprocess.run(
        [PROMTOOL, *map(str, arguments)], cwd=FOLDER, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def panels() -> list[dict[str, Any]]:
    dashboard = json.loads((FOLDER / "grafana/dashboards/jobhunt.json").read_text())
    return dashboard["panels"]


def queries() -> list[str]:
    groups = yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"]
    alerts = [rule["expr"] for group in groups for rule in group["rules"]]
    return alerts + [target["expr"] for panel in panels() for target in panel.get("targets", ())]


@with_promtool
def test_configuration_and_alerts_are_valid() -> None:
    assert "SUCCESS" in promtool("check", "config", "prometheus.yml")


@with_promtool
def test_alerts_fire_on_what_they_are_for_and_are_still_otherwise() -> None:
    assert "SUCCESS" in promtool("test", "rules", "alerts.test.yml")


@with_promtool
def test_every_query_of_the_dashboard_can_be_parsed(tmp_path: Path) -> None:
    rules = [{"record": f"query:{n}", "expr": query} for n, query in enumerate(queries())]
    file = tmp_path / "queries.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "queries", "rules": rules}]}))
    assert f"{len(rules)} rules found" in promtool("check", "rules", file)


def test_every_alert_is_tested() -> None:
    groups = yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"]
    tests = yaml.safe_load((FOLDER / "alerts.test.yml").read_text())["tests"]
    cases = [case for test in tests for case in test["alert_rule_test"]]
    fires = {case["alertname"] for case in cases if case.get("exp_alerts")}
    still = {case["alertname"] for case in cases if not case.get("exp_alerts")}
    assert {rule["alert"] for group in groups for rule in group["rules"]} == fires == still


def test_what_is_asked_for_is_what_the_api_says() -> None:
    said = set(re.findall(r"^# TYPE (\S+)", render(TOTALS).decode(), re.MULTILINE))
    asked = {name for query in queries() for name in re.findall(r"\bjobhunt_\w+", query)}
    assert len(asked) > 10
    suffix = re.compile(r"_(bucket|count|sum)$")
    assert {name for name in asked if suffix.sub("", name) not in said} == set()


def test_panels_lie_side_by_side_and_say_what_they_show() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in panels():
        grid = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(grid["x"], grid["x"] + grid["w"])
            for y in range(grid["y"], grid["y"] + grid["h"])
        }
        assert not cells & taken, panel["title"]
        assert grid["x"] + grid["w"] <= 24
        taken |= cells
        assert panel["type"] == "row" or panel["description"]
    assert len({panel["id"] for panel in panels()}) == len(panels())
