"""Define the parts of the API's responses that the commands use.

Fields that a later version of the API adds are ignored.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from include.core.models import CompanyStatus, Counts, RunTrigger, Workplace
from include.core.runs.run_state import ENDED_RUNS, JobStatus, RunStatus


class Record(BaseModel):
    """The base class of all records. Records are frozen, and ignore unknown fields."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Problem(Record):
    """The reason why a run, a company or a job failed."""

    code: str
    message: str


class CompanyRun(Record):
    """The result of one run for one company."""

    company: str
    source: str
    status: CompanyStatus
    listed: int | None = None
    counts: Counts = Counts()
    error: Problem | None = None
    checked_at: datetime | None = None
    """The end of the check whose results the run shows. None while that check is active."""
    adopted: bool = False
    """True if the run shows the results of a check that had ended before the run began."""


class SlaMiss(Record):
    deadline: str


class Run(Record):
    run_id: int
    status: RunStatus
    trigger: RunTrigger
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    elapsed_seconds: float | None = None
    counts: Counts = Counts()
    failures: Mapping[str, int] = {}
    """The number of failed jobs by error code."""
    companies: tuple[CompanyRun, ...] = ()
    has_problems: bool = False
    """True if the run finished, but a job failed, or a listing failed or is partial."""
    error: Problem | None = None
    recoveries: int = 0
    sla_misses: tuple[SlaMiss, ...] = ()

    @property
    def outcome(self) -> str:
        """The status as a text, such as ``finished with problems``."""
        return f"{self.status} with problems" if self.has_problems else self.status

    @property
    def ended(self) -> bool:
        return self.status in ENDED_RUNS

    @property
    def seconds(self) -> float | None:
        """The time in seconds from the start request to the end of the run; None before the end.

        ``elapsed_seconds`` does not include the time before Airflow begins the run.
        """
        if self.finished_at is None:
            return None
        return (self.finished_at - self.created_at).total_seconds()


class RunJob(Record):
    """A job and its outcome in one run."""

    job_id: int
    company: str
    external_id: str
    title: str
    url: str
    status: JobStatus
    error: Problem | None = None
    first_seen_at: datetime


class NewCompany(Record):
    """A company to follow: its source, config and filters."""

    slug: str
    source: str
    config: dict[str, Any]
    name: str | None = None
    """The name to show. If None, the name that the company's postings state is shown."""
    include_titles: tuple[str, ...] = ()
    exclude_titles: tuple[str, ...] = ()
    include_locations: tuple[str, ...] = ()
    exclude_locations: tuple[str, ...] = ()
    workplaces: tuple[Workplace, ...] = ()
    enabled: bool = True


class FollowedCompany(NewCompany):
    """A company that the user follows, and the times at which its board is checked."""

    display_name: str = ""
    """The name that the user gave the company, or else the name that its postings state."""

    checked_at: datetime | None = None
    """The end of the latest check that listed the company's board, for any user."""
    schedule: str | None = None
    """The schedule on which the board is checked, as a cron expression in UTC.

    None if no schedule checks the board.
    """
