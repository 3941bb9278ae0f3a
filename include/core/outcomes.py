"""What a worker found out about one job, as it waits to be flushed.

Messages quote strangers, and one character that Postgres refuses would lose the whole flush.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from include.core.fingerprint import Fingerprint
from include.core.run_state import JobStatus
from include.core.text import storable


@dataclass(frozen=True, kw_only=True)
class Started:
    job_id: int


@dataclass(frozen=True, kw_only=True)
class Changed:
    """Its page is new or changed, and stored."""

    job_id: int
    raw_key: str
    content_sha256: str
    fingerprint: Fingerprint
    etag: str | None = None
    last_modified: str | None = None
    attempts: int = 1


@dataclass(frozen=True, kw_only=True)
class Unchanged:
    job_id: int
    etag: str | None = None
    last_modified: str | None = None
    attempts: int = 1


@dataclass(frozen=True, kw_only=True)
class LeftAlone:
    """Taken to be as it was, without a look at its page."""

    job_id: int


@dataclass(frozen=True, kw_only=True)
class Reopened:
    """Its stored page was read again, and says something else than was known."""

    job_id: int


@dataclass(frozen=True, kw_only=True)
class Confirmed:
    """Its stored page was read again, and says what was known."""

    job_id: int


@dataclass(frozen=True, kw_only=True)
class Gone:
    """Its page says the job is over."""

    job_id: int
    message: str
    attempts: int = 1

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", storable(self.message))


@dataclass(frozen=True, kw_only=True)
class Failed:
    job_id: int
    code: str
    message: str
    attempts: int = 1

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", storable(self.message))


@dataclass(frozen=True, kw_only=True)
class Extracted:
    job_id: int
    location: str | None
    """As shown: what the posting states, else what the listing did."""
    posting: Mapping[str, Any]
    """JSON values, as ``core.records.posting_to_json`` makes them."""


Outcome = (
    Started | Changed | Unchanged | LeftAlone | Reopened | Confirmed | Gone | Failed | Extracted
)
STATES: Mapping[type[Outcome], JobStatus] = {
    Started: JobStatus.CRAWLING,
    Changed: JobStatus.EXTRACTING,
    Unchanged: JobStatus.SKIPPED,
    LeftAlone: JobStatus.SKIPPED,
    Reopened: JobStatus.EXTRACTING,
    Confirmed: JobStatus.SKIPPED,
    Gone: JobStatus.EXPIRED,
    Failed: JobStatus.FAILED,
    Extracted: JobStatus.READY,
}
"""That each leads its job to."""

_CLASSES = {kind: state.value for kind, state in STATES.items()} | {Gone: "gone"}


def class_of(outcome: Outcome) -> str:
    """What it is counted as: a failure by its code, what is over by its page as ``gone``, anything
    else by the state it leads to."""
    return outcome.code if isinstance(outcome, Failed) else _CLASSES[type(outcome)]
