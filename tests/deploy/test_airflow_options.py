"""Tests that each option of Airflow that we set exists.

They are needed because Airflow ignores unknown options.
"""

import importlib.util
import re
import runpy
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PROVIDERS = ("amazon", "celery", "cncf/kubernetes")


def options_of(config: dict[str, Any]) -> set[str]:
    """Return the options in a description of sections, in the form ``section.option``."""
    return {
        f"{section}.{option}"
        for section, description in config.items()
        for option in description["options"]
    }


@pytest.fixture(scope="module")
def known() -> set[str]:
    """Return the options that Airflow's files define.

    Airflow itself is not loaded, because that takes seconds.
    """
    package = importlib.util.find_spec("airflow")
    assert package is not None
    assert package.submodule_search_locations
    [airflow] = map(Path, package.submodule_search_locations)
    core = airflow / "config_templates" / "config.yml"
    options = options_of(yaml.load(core.read_text(), yaml.CSafeLoader))
    for provider in PROVIDERS:
        provider_info = runpy.run_path(
            str(airflow / "providers" / provider / "get_provider_info.py")
        )
        options |= options_of(provider_info["get_provider_info"]()["config"])
    return options


def named_in(path: str) -> set[str]:
    """Return the options that a file sets in the form ``AIRFLOW__SECTION__OPTION``."""
    names = re.findall(r"\bAIRFLOW__([A-Z_]+?)__([A-Z_]+)", (ROOT / path).read_text())
    return {f"{section}.{option}".lower() for section, option in names}


@pytest.mark.parametrize(
    "path",
    [
        *("Dockerfile", "docker-compose.yaml", "docs/compose.md"),
        *("deploy/image/entrypoint", "deploy/image/healthcheck"),
        "deploy/kubernetes/airflow-values.yaml",
    ],
)
def test_each_option_of_airflow_exists(path: str, known: set[str]) -> None:
    assert named_in(path)
    assert named_in(path) - known == set()


def test_options_of_the_one_machine_stack_exist(known: set[str]) -> None:
    text = (ROOT / "local/airflow.py").read_text()
    names = re.findall(r'^ +"([A-Z_]+?)__([A-Z_]+)":', text, re.MULTILINE)
    assert len(names) > 20
    assert {f"{section}.{option}".lower() for section, option in names} - known == set()


def test_options_of_the_charts_values_exist(known: set[str]) -> None:
    values = yaml.safe_load((ROOT / "deploy/kubernetes/airflow-values.yaml").read_text())
    sections = values["config"].items()
    names = {f"{section}.{option}" for section, options in sections for option in options}
    assert len(names) > 10
    assert names - known == set()
