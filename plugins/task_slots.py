"""Compute the number of task slots that one sweep may occupy at the same time."""

from airflow.sdk.configuration import conf


def tasks_at_once() -> int:
    """Return how many tasks of one sweep may run at the same time.

    One task slot stays free for ``detect_stale_runs``, so that it can recover a sweep whose tasks
    all hang.
    """
    slots = conf.getint("core", "parallelism")
    return max(1, min(conf.getint("core", "max_active_tasks_per_dag"), slots - 1))
