"""Telling an outage of Postgres or S3 from the failure of one job."""

from sqlalchemy.exc import SQLAlchemyError

from include.db.data_errors import is_data_error
from include.errors import StorageError


def is_outage(error: Exception, *, last_try: bool) -> bool:
    """Return whether ``error`` should fail the task, to be retried, instead of the job.

    Data that Postgres refuses fails the job, because it would be refused again. On the task's last
    try, an error of S3 fails the job, too: S3 may refuse only that one page, which must not keep
    the check from ending.
    """
    if isinstance(error, StorageError):
        return error.code == StorageError.code and not last_try
    return isinstance(error, SQLAlchemyError) and not is_data_error(error)
