"""Describe ages and schedules in words for a terminal."""

import re
from datetime import datetime

_UNITS = (("d", 86_400), ("h", 3_600), ("min", 60))
_DAILY = re.compile(r"(\d+)\s+(\d+)\s+\*\s+\*\s+\*")


def ago(time: datetime, now: datetime) -> str:
    """Return the time since ``time`` in words.

    The result has the form ``just now``, ``4 min ago``, ``2 h ago`` or ``3 d ago``.
    """
    seconds = (now - time).total_seconds()
    for unit, length in _UNITS:
        if seconds >= length:
            return f"{seconds // length:.0f} {unit} ago"
    return "just now"


def describe_schedule(cron: str) -> str:
    """Return a daily schedule as ``daily at 05:00 UTC``.

    Return any other cron expression unchanged, followed by the words ``(cron, UTC)``.
    """
    daily = _DAILY.fullmatch(cron)
    if daily is None:
        return f"{cron} (cron, UTC)"
    minute, hour = int(daily[1]), int(daily[2])
    return f"daily at {hour:02}:{minute:02} UTC"
