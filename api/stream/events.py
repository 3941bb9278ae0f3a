"""The events of a progress stream, as bytes (HTML standard, section 9.2).

``id`` is the version of the run up to which the receiver knows its jobs: 0 until the first
``all_jobs``, so that a client that reconnects with it gets the full state.
"""

import json
import random
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from sse_starlette import ServerSentEvent

from include.core.run_state import RunStatus
from include.db.progress import JobState, RunReport

_LINE_END = "\n"
PING = ServerSentEvent(comment="ping", sep=_LINE_END).encode()
GOODBYE = ServerSentEvent(comment="closing", sep=_LINE_END).encode()


def retry() -> bytes:
    """Tells the client how long to wait before it reconnects; each another time, so that the
    clients of a server that went away don't all come back at once."""
    return ServerSentEvent(retry=random.randint(1000, 3000), sep=_LINE_END).encode()


def status(word: RunStatus, version: int) -> bytes:
    return _event("status", word.value, version)


def all_jobs(jobs: Iterable[JobState], version: int) -> bytes:
    companies: dict[str, list[dict[str, str]]] = {}
    for job in jobs:
        shown = {"external_id": job.external_id, "title": job.title, "status": job.status}
        companies.setdefault(job.company, []).append(shown)
    return _event("all_jobs", _json(companies), version)


def update(jobs: Iterable[JobState], version: int) -> bytes:
    companies: dict[str, dict[str, str]] = {}
    for job in jobs:
        companies.setdefault(job.company, {})[job.external_id] = job.status
    return _event("update", _json(companies), version)


def progress(run: RunReport, eta_seconds: float | None, version: int) -> bytes:
    shown = {
        "status": run.status,
        "counts": asdict(run.counts),
        "failures": run.failures,
        "gone": run.gone,
        "elapsed_seconds": run.elapsed_seconds,
        "eta_seconds": None if eta_seconds is None else round(eta_seconds, 1),
        "companies": [asdict(company) for company in run.companies],
        "waiting_for": run.waiting_for,
    }
    return _event("progress", _json(shown), version)


def _json(shown: Mapping[str, Any]) -> str:
    return json.dumps(shown, separators=(",", ":"), ensure_ascii=False)


def _event(name: str, content: str, version: int) -> bytes:
    return ServerSentEvent(content, event=name, id=str(version), sep=_LINE_END).encode()
