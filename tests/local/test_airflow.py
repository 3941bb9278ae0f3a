"""Tests of asking a running Airflow whether it can import all DAG files."""

from pathlib import Path

from include.settings import Settings
from local.airflow import say_import_errors
from local.plan import Plan
from local.ports import free_port


def test_an_airflow_too_busy_to_answer_stops_nothing(tmp_path: Path) -> None:
    said: list[str] = []
    plan = Plan(Settings.model_validate({"home": tmp_path, "airflow_port": free_port()}))
    say_import_errors(plan.airflow, said.append)
    (line,) = said
    assert line.startswith("can't ask Airflow whether all DAG files can be imported")
