"""Choose the time step of the chart of a run's throughput."""

_LENGTHS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)
"""The possible step lengths in seconds. All are easy to read on an axis."""
_MAX_STEPS = 60


def step_seconds(duration: float) -> int:
    """Return the shortest step length, in seconds, with which a run has at most 60 steps.

    The longest step is an hour, so a run of more than 60 hours has more steps.

    Args:
        duration: the duration of the run in seconds.
    """
    fitting = (length for length in _LENGTHS if duration <= length * _MAX_STEPS)
    return next(fitting, _LENGTHS[-1])
