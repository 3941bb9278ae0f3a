"""Telling an outage of Postgres or S3 from the failure of one job."""

from sqlalchemy.exc import SQLAlchemyError

from include.errors import StorageError


def is_outage(error: Exception, *, last_try: bool) -> bool:
    """Return whether ``error`` should fail the task, to be retried, instead of the job.

    On the task's last try, an error of S3 fails the job: S3 may refuse only that one page, which
    must not keep the check from ending.
    """
    if isinstance(error, StorageError):
        return error.code == StorageError.code and not last_try
    return isinstance(error, SQLAlchemyError)
