"""Turning a posting or an error into the outcome of a job."""

from sqlalchemy.exc import SQLAlchemyError

from include.core.models import JobPosting
from include.core.outcomes import Extracted, Failed, Gone
from include.core.records import posting_to_json
from include.errors import JobhuntError, PageGone
from include.failure_codes import FailureCode
from include.pipeline.pages.outages import is_outage


def extracted(job_id: int, posting: JobPosting, *, listed_at: str | None) -> Extracted:
    """Return the outcome of a job whose page was read.

    Args:
        listed_at: the location in the listing, which is used if the page states none.
    """
    return Extracted(
        job_id=job_id,
        location="; ".join(place.raw for place in posting.locations) or listed_at,
        posting=posting_to_json(posting),
    )


def failure(job_id: int, error: Exception, *, attempts: int = 1, last_try: bool) -> Gone | Failed:
    """Return the outcome of a job whose page could not be fetched or read.

    If Postgres or S3 is unavailable, ``error`` is raised instead (see ``outages.is_outage``).
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
