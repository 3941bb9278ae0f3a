"""Read the Prometheus queries of the alerts and the dashboard."""

import json
import re
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parents[2] / "deploy" / "observability"


def panels() -> list[dict[str, Any]]:
    return json.loads((FOLDER / "grafana/dashboards/jobhunt.json").read_text())["panels"]


def alerts() -> list[dict[str, Any]]:
    groups = yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def queries() -> list[str]:
    """Return the queries of all alerts and of all panels of the dashboard."""
    expressions = [target["expr"] for panel in panels() for target in panel.get("targets", ())]
    return [rule["expr"] for rule in alerts()] + expressions


def metrics_asked_for(prefix: str) -> set[str]:
    """Return the names of the metrics in the queries that begin with ``prefix`` and "_"."""
    return {name for query in queries() for name in re.findall(rf"\b{prefix}_\w+", query)}
