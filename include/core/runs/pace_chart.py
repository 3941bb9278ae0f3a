"""Choose the length of the time steps into which the chart of a run's throughput is divided."""

_LENGTHS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)
"""The possible lengths of a step, in seconds, all of which are easy to read on a time axis."""
_MAX_STEPS = 60


def step_seconds(duration: float) -> int:
    """Return the shortest step, in seconds, that divides the run into at most ``_MAX_STEPS`` steps.

    A run of more than 60 hours has more steps, because the longest possible step is an hour.

    Args:
        duration: the duration of the run in seconds.
    """
    fitting = (length for length in _LENGTHS if duration <= length * _MAX_STEPS)
    return next(fitting, _LENGTHS[-1])
