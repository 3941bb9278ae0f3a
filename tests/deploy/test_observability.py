"""Tests that all queries use metrics that exist, and that each alert fires when it should."""

import importlib.util
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from api.metrics import render
from include.db.run.totals import Totals
from tests.deploy.queries import FOLDER, alerts, metrics_asked_for
from tests.deploy.statsd import Metric, in_prometheus
from tests.programs import need_program

TOTALS = Totals(
    runs={"error": 1},
    jobs={("failed", "http_5xx"): 1},
    recent={("failed", "http_5xx"): 1},
    recoveries=0,
    held=0,
    sla_misses=0,
    silent_seconds=0.0,
    backlog=0,
    backlog_seconds=0.0,
)


@pytest.mark.integration
def test_alerts_fire_exactly_when_they_should() -> None:
    """Run the cases of ``alerts.test.yml``, in some of which an alert must not fire."""
    tested = subprocess.run(
        [need_program("promtool"), "test", "rules", "alerts.test.yml"],
        cwd=FOLDER,
        capture_output=True,
        text=True,
    )
    assert tested.returncode == 0, tested.stdout + tested.stderr


def test_every_alert_has_a_case_in_which_it_fires_and_one_in_which_it_does_not() -> None:
    tests = yaml.safe_load((FOLDER / "alerts.test.yml").read_text())["tests"]
    cases = [case for test in tests for case in test["alert_rule_test"]]
    firing = {case["alertname"] for case in cases if case.get("exp_alerts")}
    silent = {case["alertname"] for case in cases if not case.get("exp_alerts")}
    names = {rule["alert"] for rule in alerts()}
    assert firing == names
    assert silent == names


def test_the_queried_metrics_are_metrics_of_the_api() -> None:
    exposed_metrics = set(re.findall(r"^# TYPE (\S+)", render(TOTALS).decode(), re.MULTILINE))
    queried_metrics = metrics_asked_for("jobhunt")
    assert len(queried_metrics) > 10
    suffix = re.compile(r"_(bucket|count|sum)$")
    assert {
        name for name in queried_metrics if suffix.sub("", name) not in exposed_metrics
    } == set()


def names_airflow_knows() -> set[str]:
    """Return the Prometheus names of all metrics in the registry of the installed Airflow."""
    package = importlib.util.find_spec("airflow")
    assert package is not None
    [registry] = [
        found
        for root in package.submodule_search_locations or ()
        for found in Path(root).glob("_shared/observability/metrics/metrics_template.yaml")
    ]
    metrics = yaml.safe_load(registry.read_text())["metrics"]
    return {
        in_prometheus("airflow." + re.sub(r"\{\w+\}", "x", name)).name
        for metric in metrics
        for name in (metric["name"], metric["legacy_name"])
    }


def test_the_queried_metrics_of_airflow_are_in_its_registry() -> None:
    queried_metrics = metrics_asked_for("airflow")
    assert len(queried_metrics) > 4
    assert queried_metrics - names_airflow_knows() == set()


@pytest.mark.parametrize(
    ("statsd_name", "name", "labels"),
    [
        (
            "ti.finish.ingest_jobs.ingest_batch__crawl_pages.success",
            "airflow_tasks_finished",
            {
                "dag_id": "ingest_jobs",
                "task_id": "ingest_batch__crawl_pages",
                "state": "success",
            },
        ),
        (
            "dag.ingest_jobs.open_run.duration",
            "airflow_task_seconds",
            {"dag_id": "ingest_jobs", "task_id": "open_run"},
        ),
        (
            "dag.ingest_jobs.ingest_batch__crawl_pages.queued_duration",
            "airflow_task_queued_seconds",
            {"dag_id": "ingest_jobs", "task_id": "ingest_batch__crawl_pages"},
        ),
        (
            "pool.open_slots.default_pool",
            "airflow_pool_slots",
            {"kind": "open_slots", "pool": "default_pool"},
        ),
        ("scheduler_heartbeat", "airflow_scheduler_heartbeat", {}),
    ],
)
def test_ids_in_airflows_names_become_labels(
    statsd_name: str, name: str, labels: dict[str, str]
) -> None:
    assert in_prometheus(f"airflow.{statsd_name}") == Metric(name=name, labels=labels)
