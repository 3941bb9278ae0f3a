"""The steps that a run's duration is cut into, to count what was done in each."""

_LENGTHS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)
"""Seconds: those that people read off an axis with ease."""
_MOST_STEPS = 60


def step_seconds(duration: float) -> int:
    """The shortest readable step of which ``duration``, in seconds, has not too many."""
    fitting = (length for length in _LENGTHS if duration <= length * _MOST_STEPS)
    return next(fitting, _LENGTHS[-1])
