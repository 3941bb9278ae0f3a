"""Telling an outage of Postgres or S3 from a failure of one job."""

from sqlalchemy.exc import SQLAlchemyError

from include.db.data_errors import is_data_error
from include.errors import StorageError


def is_outage(error: Exception, *, last_try: bool) -> bool:
    """Return whether ``error`` should make the whole task fail, so that Airflow retries it.

    Otherwise only the job fails. This is so if Postgres refuses data, because it would refuse them
    again. It is also so for an error of S3 on the task's last try. Maybe S3 refuses only that one
    page, and one page must not prevent the end of the check.
    """
    if isinstance(error, StorageError):
        return error.code == StorageError.code and not last_try
    return isinstance(error, SQLAlchemyError) and not is_data_error(error)
