import pytest

from include.core.runs.staleness import Remedy, remedy


@pytest.mark.parametrize(
    ("checks_left", "recoveries", "expected"),
    [
        (0, 0, Remedy.FINISH),
        (0, 3, Remedy.FINISH),
        (1, 0, Remedy.RESUME),
        (500, 2, Remedy.RESUME),
        (1, 3, Remedy.GIVE_UP),
        (500, 4, Remedy.GIVE_UP),
    ],
)
def test_a_stale_sweep_is_finished_resumed_or_given_up(
    checks_left: int, recoveries: int, expected: Remedy
) -> None:
    assert remedy(checks_left, recoveries, 3) is expected
