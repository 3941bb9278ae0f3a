"""Define the outcomes of jobs that a worker collects until it writes them to the database.

Error messages can contain any text that an untrusted server sent. They are therefore shortened, and
characters that Postgres refuses are removed.
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
    """The job's page was fetched and stored, because it is new or has changed."""

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
    """The job's stored page was to be read again, but it was deleted, so the job stays as it is."""

    job_id: int


@dataclass(frozen=True, kw_only=True)
class Reopened:
    """The job's stored page was read again, and the posting differs from the stored one."""

    job_id: int


@dataclass(frozen=True, kw_only=True)
class Confirmed:
    """The job's stored page was read again, and the posting equals the stored one."""

    job_id: int
    fingerprint: Fingerprint | None = None
    template_version: int = 0


@dataclass(frozen=True, kw_only=True)
class Gone:
    """The job's page says that the job is closed, or that its deadline has passed."""

    job_id: int
    message: str
    attempts: int = 1
    reason: str = "gone"
    """The reason why the posting expires.

    It is ``deadline`` if the posting's deadline has passed, and otherwise ``gone``.
    """

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
    """The location that users see: the posting's, or the listing's if the posting states none."""
    posting: Mapping[str, Any]
    """The posting as JSON values, as ``core.fields.records.posting_to_json`` makes them."""
    fingerprint: Fingerprint | None = None
    """The fingerprint of the page, for which the same template was used as for the posting.

    If None, the fingerprint equals that in the job's outcome ``Changed``.
    """
    template_version: int = 0
    """The version of the board's template that was used to read the page; 0 if none was used."""


Outcome = (
    Started | Changed | Unchanged | LeftUnchanged | Reopened | Confirmed | Gone | Failed | Extracted
)
STATUS_OF_OUTCOME: Mapping[type[Outcome], JobStatus] = {
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
"""The new status of a job, by the class of its outcome."""

_COUNT_NAMES = {kind: state.value for kind, state in STATUS_OF_OUTCOME.items()} | {Gone: "gone"}


def count_name(outcome: Outcome) -> str:
    """Return the name under which jobs with this outcome are counted.

    It is the failure code of a ``Failed``, ``gone`` for a ``Gone``, and otherwise the job's new
    status.
    """
    return str(outcome.code) if isinstance(outcome, Failed) else _COUNT_NAMES[type(outcome)]


def _stored_message(message: str) -> str:
    return storable(cut(message, _MAX_MESSAGE_LENGTH))
