"""Define the errors that this system raises, and their base class.

Each error says whether a retry can help. Only the DAG files, the API and the CLI map errors to
Airflow retries, HTTP statuses and exit codes.
"""

import copyreg
from typing import Any

from include.failure_codes import FailureCode


class JobhuntError(Exception):
    """The base class of every error that this system raises on purpose.

    ``code`` is stable and machine-readable. Users see it beside the message. ``retryable`` is true
    if the same call may succeed later. By default, it is true if the code is transient.

    Raises:
        ValueError: ``code`` is not a member of ``FailureCode``.
    """

    code = FailureCode.INTERNAL

    def __init__(self, message: str, *, code: str | None = None, retryable: bool | None = None):
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = FailureCode(code)
        self.retryable = self.code.is_transient if retryable is None else retryable

    def __reduce__(self) -> tuple[Any, ...]:
        # Make pickle create the error without calling its constructor. By default, pickle calls the
        # class with ``args``, which the constructor may not accept. typeshed does not declare
        # ``__newobj__``, so the type error is ignored.
        return copyreg.__newobj__, (type(self), *self.args), self.__dict__  # type: ignore[attr-defined]


class SettingError(JobhuntError):
    """A setting, or a value in a company's config, is unusable. ``field`` names the value."""

    code = FailureCode.INVALID_SETTING

    def __init__(self, field: str, message: str):
        super().__init__(f"{field}: {message}")
        self.field = field


class SweepSuperseded(JobhuntError):
    """A write was refused, because the sweep has been recovered, cancelled or closed."""

    code = FailureCode.SWEEP_SUPERSEDED

    def __init__(self, sweep_id: int, attempt: int):
        super().__init__(f"sweep {sweep_id} is no longer active at attempt {attempt}; stopping")
        self.sweep_id = sweep_id
        self.attempt = attempt


class CheckCancelled(JobhuntError):
    """A check was cancelled while its board was listed, because no run waits for it any more."""

    code = FailureCode.CHECK_CANCELLED

    def __init__(self, check_id: int):
        super().__init__(f"check {check_id} was cancelled")


class NothingToCheck(JobhuntError):
    """The run needs no sweep, because its boards were checked recently or are in other sweeps."""

    code = FailureCode.NOTHING_TO_CHECK

    def __init__(self, run_id: int):
        super().__init__(
            f"all boards of run {run_id} were checked recently, or other sweeps check them now"
        )


class SweepNeverBegan(JobhuntError):
    """The DAG run has no sweep, because its task ``open_run`` failed."""

    def __init__(self, dag_run_id: str):
        super().__init__(f"{dag_run_id} has no sweep, because open_run failed; see its log")


class ActiveRunError(JobhuntError):
    """The user already has an active run. ``run_id`` is None if that run has just ended."""

    code = FailureCode.RUN_ACTIVE

    def __init__(self, user_id: str, run_id: int | None):
        name = "another run" if run_id is None else f"run {run_id}"
        super().__init__(f"{name} of {user_id} is active")
        self.run_id = run_id


class IdempotencyKeyReused(JobhuntError):
    """The client used the same Idempotency-Key for a different request before."""

    code = FailureCode.IDEMPOTENCY_KEY_REUSED

    def __init__(self, key: str):
        super().__init__("this Idempotency-Key was used for a different request before")
        self.key = key


class RunNotRetryable(JobhuntError):
    """A run cannot be retried, because it is active or none of its jobs is still failed."""

    def __init__(self, message: str, *, code: str):
        super().__init__(message, code=code)


class ImportActive(JobhuntError):
    """The user already has an unfinished import of other companies."""

    code = FailureCode.IMPORT_ACTIVE

    def __init__(self, user_id: str, import_id: int):
        super().__init__(f"import {import_id} of {user_id} is not finished yet")
        self.import_id = import_id


class CompaniesError(JobhuntError):
    """A run cannot be started for these companies.

    ``companies`` lists the slugs that name no enabled company. It is empty if there is no company
    at all.
    """

    code = FailureCode.COMPANIES

    def __init__(self, message: str, *, code: str, companies: tuple[str, ...] = ()):
        super().__init__(message, code=code)
        self.companies = companies


class ListingError(JobhuntError):
    """A board's listing could not be read. The board's check records this."""

    code = FailureCode.LISTING


class NotDetected(JobhuntError):
    """No source was found that lists the postings of ``url``.

    ``tried`` has one text for each attempt. The text states what was tried and why it failed.
    ``linked`` has the source and the config of each board that a page links to without proof that
    it is the board of the page's company.
    """

    code = FailureCode.NOT_DETECTED

    def __init__(
        self,
        url: str,
        tried: tuple[str, ...],
        linked: tuple[tuple[str, dict[str, Any]], ...] = (),
    ):
        super().__init__(f"no source of postings was found at {url}")
        self.url = url
        self.tried = tried
        self.linked = linked


class FetchError(JobhuntError):
    """One page could not be fetched.

    ``retry_after`` is the number of seconds that the server asked the client to wait, or None.
    ``status`` is the HTTP status, or None if no response is the cause. ``connected`` says whether a
    connection was made before the fetch failed.
    """

    code = FailureCode.PROTOCOL

    def __init__(
        self,
        message: str,
        *,
        code: str,
        retryable: bool | None = None,
        retry_after: float | None = None,
        status: int | None = None,
        connected: bool = True,
    ):
        super().__init__(message, code=code, retryable=retryable)
        self.retry_after = retry_after
        self.status = status
        self.connected = connected


class PageGone(JobhuntError):
    """The page is gone (404 or 410) or says that the job is closed, so the job expires."""

    code = FailureCode.GONE


class ParseError(JobhuntError):
    """A page or a listing does not have the expected form."""

    code = FailureCode.PARSE


class StorageError(JobhuntError):
    """S3 refused a request or could not be reached."""

    code = FailureCode.STORAGE
