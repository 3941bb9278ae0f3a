"""Tests of the dashboard with the types of Grafana's foundation SDK.

A value that these types do not have fails the test, because Grafana would drop it.
"""

import copy
import json
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

import pytest
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

from tests.deploy.queries import FOLDER, panels

DASHBOARD = json.loads((FOLDER / "grafana/dashboards/jobhunt.json").read_text())


@pytest.fixture(scope="module", autouse=True)
def with_every_kind_of_panel() -> None:
    register_default_plugins()


def understood(dashboard: dict[str, Any]) -> dict[str, Any]:
    """Return the dashboard after it was converted to Grafana's types and back."""
    return json.loads(JSONEncoder().encode(Dashboard.from_json(dashboard)))


def lost(written: object, read: object, place: str = "") -> Iterator[str]:
    """Yield the places of values that were written, but were lost when they were read."""
    match written, read:
        case dict(), dict():
            for name, value in written.items():
                yield from lost(value, read.get(name), f"{place}.{name}")
        case list(), list():
            for number, (value, other) in enumerate(zip_longest(written, read)):
                yield from lost(value, other, f"{place}[{number}]")
        case _ if written != read:
            yield place


def test_grafana_understands_all_of_the_dashboard() -> None:
    assert list(lost(DASHBOARD, understood(DASHBOARD))) == []


@pytest.mark.parametrize("wrong", ["gridPosition", "descripton"])
def test_a_misspelt_field_is_noticed(wrong: str) -> None:
    misspelt = copy.deepcopy(DASHBOARD)
    misspelt["panels"][1][wrong] = {}
    assert list(lost(misspelt, understood(misspelt))) == [f".panels[1].{wrong}"]


def test_panels_do_not_overlap_and_have_a_description() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in panels():
        grid = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(grid["x"], grid["x"] + grid["w"])
            for y in range(grid["y"], grid["y"] + grid["h"])
        }
        assert not cells & taken, panel["title"]
        assert grid["x"] + grid["w"] <= 24  # the number of columns of Grafana's grid
        taken |= cells
        assert panel["type"] == "row" or panel["description"]
    assert len({panel["id"] for panel in panels()}) == len(panels())
