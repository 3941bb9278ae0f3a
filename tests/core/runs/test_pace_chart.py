"""Tests of dividing the duration of a run into the steps of a chart."""

import pytest

from include.core.runs.pace_chart import step_seconds


@pytest.mark.parametrize(
    ("duration", "length"), [(0, 1), (60, 1), (60.1, 2), (300, 5), (3_000, 60), (10**9, 3600)]
)
def test_a_run_is_divided_into_at_most_sixty_steps_of_up_to_an_hour(
    duration: float, length: int
) -> None:
    assert step_seconds(duration) == length
