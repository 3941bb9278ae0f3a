"""What a worker found out about one job, as it waits to be flushed.

Messages quote strangers, and one character that Postgres refuses would lose the whole flush.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from include.core.fingerprint import Fingerprint
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
    looked: bool = True
    """False: its listing says so, and nobody asked for the page."""


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


Outcome = Started | Changed | Unchanged | Reopened | Confirmed | Gone | Failed | Extracted
