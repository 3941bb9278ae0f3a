"""Postgres or S3 is away: that is nobody's job's fault."""

from sqlalchemy.exc import SQLAlchemyError

from include.errors import StorageError


def is_outage(error: Exception, *, last_try: bool) -> bool:
    """Whether the task should fail with ``error``, to be tried again, rather than a job.

    On the task's last try what S3 refuses is the job's failure: it may refuse that page alone,
    which must not keep the run from its end.
    """
    if isinstance(error, StorageError):
        return error.code == StorageError.code and not last_try
    return isinstance(error, SQLAlchemyError)
