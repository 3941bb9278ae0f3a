"""Define the Deadline Alerts of ``ingest_jobs``. In Airflow 3, these alerts replace SLAs.

A missed deadline is recorded with the sweep, and the notifier is called. Stale sweeps are recovered
by ``detect_stale_runs``, not here. An alert fires once for each DAG run, in the triggerer, about
two seconds late. It also fires for a DAG run that failed before its deadline, so the callback
checks the sweep's current state.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime
from typing import Any

from airflow.sdk.definitions.callback import AsyncCallback
from airflow.sdk.definitions.deadline import DeadlineAlert, DeadlineReference

from include.settings import get_settings
from plugins.usual_runtime import UsualRuntime

_log = logging.getLogger(__name__)


def ingest_deadlines() -> list[DeadlineAlert]:
    """Return the alerts ``deadline`` and ``usual_runtime``.

    ``deadline`` fires ``JOBHUNT_DEADLINE`` after the DAG run was queued. ``usual_runtime`` fires
    ``JOBHUNT_SLOWER_BY`` after the time at which DAG runs of the same kind usually end.
    """
    settings = get_settings()
    return [
        DeadlineAlert(
            name="deadline",
            reference=DeadlineReference.DAGRUN_QUEUED_AT,
            interval=settings.deadline,
            callback=AsyncCallback(note_sla_miss, kwargs={"deadline": "deadline"}),
        ),
        DeadlineAlert(
            name="usual_runtime",
            reference=UsualRuntime(),
            interval=settings.slower_by,
            callback=AsyncCallback(note_sla_miss, kwargs={"deadline": "usual_runtime"}),
        ),
    ]


async def note_sla_miss(deadline: str, context: dict[str, Any]) -> None:
    """Record a missed deadline, and call the notifier.

    Args:
        deadline: the name of the alert.
        context: Airflow's context. It holds ``dag_run``, in the form of Airflow's REST API, and
            ``deadline``.
    """
    due_at = context["deadline"]["deadline_time"]
    if isinstance(due_at, str):
        due_at = datetime.fromisoformat(due_at)
    # This call runs in a thread. Otherwise, while it waits for the database or the notifier, it
    # would block all other triggers.
    await asyncio.to_thread(_record_and_notify, deadline, context["dag_run"]["dag_run_id"], due_at)


def _record_and_notify(deadline: str, dag_run_id: str, due_at: datetime) -> None:
    from include.db.work.sla_misses import record_miss
    from plugins.connections import database
    from plugins.notifiers import find_notifier

    with database() as engine, engine.begin() as connection:
        sweep = record_miss(connection, dag_run_id, deadline, due_at)
    if sweep is None:
        _log.info("no new miss to record for the deadline %s of %s", deadline, dag_run_id)
        return
    miss = {
        "event": "sla_miss",
        "run_id": sweep.sweep_id,
        "trigger": str(sweep.trigger),
        "status": str(sweep.status),
        "attempt": sweep.attempt,
        "deadline": deadline,
        "due_at": due_at.isoformat(),
        "dag_run_id": dag_run_id,
    }
    _log.warning("sweep %s missed its %s: %s", sweep.sweep_id, deadline, miss)
    if notifier := find_notifier(get_settings().notifier):
        notifier({"jobhunt": miss})
