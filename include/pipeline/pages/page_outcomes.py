"""Turn a posting or an error into the outcome of a job."""

from datetime import UTC, datetime

from sqlalchemy.exc import SQLAlchemyError

from include.core.checking.expiry import is_past
from include.core.checking.fingerprint import Fingerprint
from include.core.checking.outcomes import Extracted, Failed, Gone
from include.core.fields.records import posting_to_json
from include.core.fields.template import Template
from include.core.models import JobPosting
from include.db.data_errors import is_data_error
from include.db.work.batches import CrawlJob, ExtractJob
from include.errors import JobhuntError, PageGone, StorageError
from include.failure_codes import FailureCode
from include.sources.registry import facts_of


def extract_posting(
    job: CrawlJob | ExtractJob,
    posting: JobPosting,
    template: Template | None,
    *,
    fingerprint: Fingerprint | None = None,
) -> Extracted | Gone:
    """Return the outcome of a job whose page was read.

    Args:
        job: the job. Its source decides whether a deadline ends the job. Its location in the
            listing is used if the page states no location.
        template: the template that the page was read with.
        fingerprint: the fingerprint of the page; None if another outcome of the job, ``Changed``,
            already contains the fingerprint.
    """
    if gone := gone_if_past_deadline(job.job_id, job.source, posting.valid_through):
        return gone
    return Extracted(
        job_id=job.job_id,
        location="; ".join(place.raw for place in posting.locations) or job.location,
        posting=posting_to_json(posting),
        fingerprint=fingerprint,
        template_version=template.version if template else 0,
    )


def gone_if_past_deadline(
    job_id: int, source: str, deadline: datetime | None, *, attempts: int = 1
) -> Gone | None:
    """Return the outcome of a job whose deadline has passed and ends it; None for other jobs."""
    if deadline is None or not facts_of(source).ends_at_deadline:
        return None
    if not is_past(deadline, now=datetime.now(UTC)):
        return None
    message = f"the posting was open until {deadline.isoformat()}"
    return Gone(job_id=job_id, message=message, attempts=attempts, reason="deadline")


def failure(job_id: int, error: Exception, *, attempts: int = 1, last_try: bool) -> Gone | Failed:
    """Return the outcome of a job whose page could not be fetched or read.

    If Postgres or S3 is unavailable, ``error`` is raised instead (see ``is_outage``).
    """
    if is_outage(error, last_try=last_try):
        raise error
    match error:
        case PageGone():
            return Gone(job_id=job_id, message=error.message, attempts=attempts)
        case JobhuntError():
            code, message = error.code, error.message
        case SQLAlchemyError():
            return unstorable(job_id, error, attempts=attempts)
        case _:
            code, message = FailureCode.PARSE, f"{type(error).__name__}: {error}"
    return Failed(job_id=job_id, code=code, message=message, attempts=attempts)


def unstorable(job_id: int, error: Exception, *, attempts: int = 1) -> Failed:
    """Return the outcome of a job whose data Postgres refuses."""
    reason = getattr(error, "orig", None) or error
    message = f"Postgres refuses to store the content of the page: {reason}"
    return Failed(job_id=job_id, code=FailureCode.UNSTORABLE, message=message, attempts=attempts)


def is_outage(error: Exception, *, last_try: bool) -> bool:
    """Return whether ``error`` should make the whole task fail, so that Airflow retries it.

    If it returns False, only the job fails. Most errors concern only the job. Even an error of
    Postgres or S3 is not an outage in these cases:

    - Postgres refuses the data of the job. It would refuse the data again.
    - The page is no longer stored in S3.
    - S3 fails on the task's last try. S3 may refuse only that one page, and one page must not
      prevent the end of the check.
    """
    if isinstance(error, StorageError):
        return error.code == StorageError.code and not last_try
    return isinstance(error, SQLAlchemyError) and not is_data_error(error)
