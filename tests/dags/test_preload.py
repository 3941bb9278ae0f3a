"""Tests of the modules that a process loads before workers are forked from it."""

import subprocess
import sys

import pytest

pytestmark = [pytest.mark.dags, pytest.mark.xdist_group("dags")]
_START = """
import sys
from airflow import plugins_manager
plugins_manager.ensure_plugins_loaded()
from airflow.sdk import listener, plugins_manager as of_tasks
listeners = listener.get_listener_manager.cache_info()
assert listeners.currsize == 1, listeners
plugins, errors = of_tasks._get_plugins()
assert {plugin.name for plugin in plugins} >= {"jobhunt_progress_tab", "jobhunt_references"}
assert not errors, errors
assert "plugins.steps" in sys.modules
"""


def test_no_task_has_to_look_for_listeners_of_its_own(airflow_home: object) -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", _START], capture_output=True, text=True, timeout=120, check=False
    )
    assert loaded.returncode == 0, loaded.stderr[-2000:]
