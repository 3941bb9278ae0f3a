"""The events of a progress stream, as bytes (HTML standard, section 9.2).

``id`` is a watermark, which is the id of a transaction. A client that has received the event has
the effects of all transactions with smaller ids on the run's jobs. The id is 0 until the first
``all_jobs``, so a client that reconnects with 0 gets the full state.
"""

import json
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from sse_starlette import ServerSentEvent

from include.core.models import Counts
from include.core.run_state import RunStatus
from include.db.counts import sum_failures
from include.db.progress import CompanyReport
from include.db.watched import JobState

_LINE_END = "\n"
PING = ServerSentEvent(comment="ping", sep=_LINE_END).encode()
GOODBYE = ServerSentEvent(comment="closing", sep=_LINE_END).encode()


def retry() -> bytes:
    """Return the event with the time in milliseconds that a client waits before it reconnects.

    The time is random, so that the clients of a restarted server do not all come back at once.
    """
    return ServerSentEvent(retry=random.randint(1000, 3000), sep=_LINE_END).encode()


def status(word: RunStatus, watermark: int) -> bytes:
    """Return the event with the run's status."""
    return _event("status", word.value, watermark)


def all_jobs(jobs: Mapping[str, Iterable[JobState]], watermark: int) -> bytes:
    """Return the event with all jobs, which replaces the client's whole state.

    Args:
        jobs: the jobs by company.
    """
    companies = {
        company: [
            {"external_id": job.external_id, "title": job.title, "status": job.status}
            for job in of_company
        ]
        for company, of_company in jobs.items()
    }
    return _event("all_jobs", _json(companies), watermark)


def update(jobs: Iterable[tuple[str, JobState]], watermark: int) -> bytes:
    """Return the event with the new statuses of jobs.

    Args:
        jobs: the jobs, each with its company.
    """
    companies: dict[str, dict[str, str]] = {}
    for company, job in jobs:
        companies.setdefault(company, {})[job.external_id] = job.status
    return _event("update", _json(companies), watermark)


def progress(
    run_status: RunStatus,
    counts: Counts,
    companies: Sequence[CompanyReport],
    watermark: int,
    *,
    elapsed_seconds: float | None,
    eta_seconds: float | None,
    waiting_for: str | None,
) -> bytes:
    """Return the event with the run's counts, companies and times."""
    shown = {
        "status": run_status,
        "counts": asdict(counts),
        "failures": sum_failures(company.failures for company in companies),
        "gone": sum(company.gone for company in companies),
        "elapsed_seconds": elapsed_seconds,
        "eta_seconds": None if eta_seconds is None else round(eta_seconds, 1),
        "companies": [asdict(company) for company in companies],
        "waiting_for": waiting_for,
    }
    return _event("progress", _json(shown), watermark)


def _json(shown: Mapping[str, Any]) -> str:
    return json.dumps(shown, separators=(",", ":"), ensure_ascii=False, default=_time)


def _time(time: datetime) -> str:
    """Return the time in the format of the API's other responses."""
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _event(name: str, content: str, watermark: int) -> bytes:
    return ServerSentEvent(content, event=name, id=str(watermark), sep=_LINE_END).encode()
