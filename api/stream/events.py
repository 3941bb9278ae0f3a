"""Define the events of a progress stream: their names, payloads and bytes.

``StreamEvents`` is the only definition of the names and payloads. The OpenAPI document contains it,
and the page's types are generated from that document. The bytes have the format of server-sent
events (HTML standard, section 9.2).

``id`` is a watermark, which is the id of a transaction. A client that has received the event knows
all changes to the run's jobs by transactions with smaller ids. The id is 0 until the first event
``all_jobs``. A client that reconnects with the id 0 gets the full state. The run's last event is
the only one whose id is larger than the id of the transaction that ended the run.
"""

import json
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, cast

from pydantic import BaseModel
from sse_starlette import ServerSentEvent
from typing_extensions import TypedDict

from include.core.models import Counts
from include.core.runs.run_state import JobStatus, RunStatus
from include.db.run.progress import CompanyReport
from include.db.run.watched import JobState

_LINE_END = "\n"
PING = ServerSentEvent(comment="ping", sep=_LINE_END).encode()
CLOSING_COMMENT = ServerSentEvent(comment="closing", sep=_LINE_END).encode()


class WatchedJob(TypedDict):
    """A job of the event ``all_jobs``."""

    job_id: int
    """The id by which ``GET /jobs/{job_id}`` returns the posting."""
    external_id: str
    title: str
    status: JobStatus


@dataclass(frozen=True, kw_only=True)
class ProgressReport:
    """The payload of the event ``progress``."""

    status: RunStatus
    counts: Counts
    failures: Mapping[str, int]
    """The number of failed jobs by error code. The most frequent code comes first."""
    gone: int
    """The number of jobs that expired because their page says that they are closed."""
    elapsed_seconds: float | None
    eta_seconds: float | None
    """The estimated seconds until the run ends; None if there is no estimate."""
    companies: Sequence[CompanyReport]
    waiting_for: str | None
    """The reason why the run waits; None if it does not wait."""


class StreamEvents(BaseModel):
    """The payload of each event, by the event's name.

    The payload of ``status`` is a single word. The other payloads are JSON.
    """

    status: RunStatus
    all_jobs: dict[str, list[WatchedJob]]
    """All jobs of the run, by the company's slug."""
    update: dict[str, dict[str, JobStatus]]
    """The new statuses by company and external id."""
    titles: dict[str, dict[str, str]]
    """The new titles by company and external id.

    They are needed because a sitemap has no titles. The title of such a posting is known only after
    its page has been read.
    """
    progress: ProgressReport


def retry() -> bytes:
    """Return the ``retry`` field: the milliseconds that a client waits before it reconnects.

    The time is random, so that the clients of a restarted server do not all reconnect at once.
    """
    return ServerSentEvent(retry=random.randint(1000, 3000), sep=_LINE_END).encode()


def status(run_status: RunStatus, watermark: int) -> bytes:
    """Return the event that states the run's status."""
    return _event("status", run_status.value, watermark)


def all_jobs(jobs: Mapping[str, Iterable[JobState]], watermark: int) -> bytes:
    """Return the event that holds all jobs. It replaces the client's whole state.

    Args:
        jobs: the jobs by company.
    """
    companies: dict[str, list[WatchedJob]] = {
        company: [
            {
                "job_id": job.job_id,
                "external_id": job.external_id,
                "title": job.title,
                "status": cast("JobStatus", job.status),
            }
            for job in company_jobs
        ]
        for company, company_jobs in jobs.items()
    }
    return _event("all_jobs", _json(companies), watermark)


def update(jobs: Iterable[tuple[str, JobState]], watermark: int) -> bytes:
    """Return the event that holds the new statuses of jobs.

    Args:
        jobs: the jobs, each with its company.
    """
    return _jobs_event("update", ((company, job, job.status) for company, job in jobs), watermark)


def titles(jobs: Iterable[tuple[str, JobState]], watermark: int) -> bytes:
    """Return the event that holds the new titles of jobs.

    Args:
        jobs: the jobs, each with its company.
    """
    return _jobs_event("titles", ((company, job, job.title) for company, job in jobs), watermark)


def progress(report: ProgressReport, watermark: int) -> bytes:
    """Return the event that holds the run's counts, companies and times."""
    return _event("progress", _json(asdict(report)), watermark)


def _jobs_event(name: str, values: Iterable[tuple[str, JobState, str]], watermark: int) -> bytes:
    companies: dict[str, dict[str, str]] = {}
    for company, job, value in values:
        companies.setdefault(company, {})[job.external_id] = value
    return _event(name, _json(companies), watermark)


def _json(payload: Mapping[str, Any]) -> str:
    return json.dumps(payload, separators=(",", ":"), ensure_ascii=False, default=_format_time)


def _format_time(time: datetime) -> str:
    """Return the time in the format of the API's other responses."""
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _event(name: str, content: str, watermark: int) -> bytes:
    return ServerSentEvent(content, event=name, id=str(watermark), sep=_LINE_END).encode()
