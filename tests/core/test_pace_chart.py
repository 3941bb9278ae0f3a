"""How a run's time is cut into steps."""

import pytest

from include.core.pace_chart import step_seconds


@pytest.mark.parametrize(
    ("duration", "length"), [(0, 1), (60, 1), (60.1, 2), (300, 5), (3_000, 60), (10**9, 3600)]
)
def test_steps_are_as_short_as_sixty_of_them_allow(duration: float, length: int) -> None:
    assert step_seconds(duration) == length
