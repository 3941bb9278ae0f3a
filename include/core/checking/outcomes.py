"""Define the outcomes of jobs. A worker collects them until its next flush.

Error messages quote untrusted servers, so they are shortened, and characters that Postgres refuses
are removed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from include.core.checking.fingerprint import Fingerprint
from include.core.formats.text import cut, storable
from include.core.runs.run_state import JobStatus
from include.failure_codes import FailureCode

_MAX_MESSAGE_LENGTH = 1000


@dataclass(frozen=True, kw_only=True)
class Started:
    job_id: int


@dataclass(frozen=True, kw_only=True)
class Changed:
    """The job's page is new or has changed, and is now stored."""

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
class LeftUnchanged:
    """The job is unchanged, because its stored page was deleted and cannot be read again."""

    job_id: int


@dataclass(frozen=True, kw_only=True)
class Reopened:
    """The job's stored page was read again, and the posting differs from the known one."""

    job_id: int


@dataclass(frozen=True, kw_only=True)
class Confirmed:
    """The job's stored page was read, and the posting is the same as before."""

    job_id: int
    fingerprint: Fingerprint | None = None
    template_version: int = 0


@dataclass(frozen=True, kw_only=True)
class Gone:
    """The job's page says that the job is over, or that its deadline has passed."""

    job_id: int
    message: str
    attempts: int = 1
    reason: str = "gone"
    """The reason why the posting expires: ``gone``, or ``deadline`` if its deadline has passed."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", _stored_message(self.message))


@dataclass(frozen=True, kw_only=True)
class Failed:
    job_id: int
    code: FailureCode
    message: str
    attempts: int = 1

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", _stored_message(self.message))


@dataclass(frozen=True, kw_only=True)
class Extracted:
    job_id: int
    location: str | None
    """The location to show: the posting's location, or the listing's if the posting states none."""
    posting: Mapping[str, Any]
    """The posting as JSON values, as ``core.fields.records.posting_to_json`` makes them."""
    fingerprint: Fingerprint | None = None
    """The fingerprint of the page, made with the same template as the posting.

    None if it equals the fingerprint in the job's outcome ``Changed``.
    """
    template_version: int = 0
    """The version of the board's template that the page was read with; 0 without a template."""


Outcome = (
    Started | Changed | Unchanged | LeftUnchanged | Reopened | Confirmed | Gone | Failed | Extracted
)
STATES: Mapping[type[Outcome], JobStatus] = {
    Started: JobStatus.CRAWLING,
    Changed: JobStatus.EXTRACTING,
    Unchanged: JobStatus.SKIPPED,
    LeftUnchanged: JobStatus.SKIPPED,
    Reopened: JobStatus.EXTRACTING,
    Confirmed: JobStatus.SKIPPED,
    Gone: JobStatus.EXPIRED,
    Failed: JobStatus.FAILED,
    Extracted: JobStatus.READY,
}
"""The status that each kind of outcome gives its job."""

_CLASSES = {kind: state.value for kind, state in STATES.items()} | {Gone: "gone"}


def class_of(outcome: Outcome) -> str:
    """Return the name under which the outcome is counted.

    It is the error code of a failure, ``gone`` for every outcome ``Gone``, and otherwise the job's
    new status.
    """
    return str(outcome.code) if isinstance(outcome, Failed) else _CLASSES[type(outcome)]


def _stored_message(message: str) -> str:
    return storable(cut(message, _MAX_MESSAGE_LENGTH))
