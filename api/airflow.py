"""Send the few requests that we need to Airflow's REST API (v2, Airflow 3).

Airflow's tokens last 24 hours. The client requests a new token when Airflow refuses the old one. If
a DAG run with the same ``dag_run_id`` exists, Airflow answers 409 with a body that does not name
the owner of that DAG run. Therefore the client then reads the DAG run, and compares its ``run_id``.
Airflow's API starts before its DAGs are parsed. Until a DAG is parsed, Airflow answers 404 for it.
"""

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ValidationError

from include.errors import JobhuntError
from include.failure_codes import FailureCode
from include.tls import tls_context

_DAG_RUNS = "/api/v2/dags/ingest_jobs/dagRuns"
# These are the client errors (4xx) after which the same request may succeed later.
_RETRYABLE_STATUSES = frozenset({401, 408, 425, 429})
_MAX_REASON_LENGTH = 300


class AirflowUnavailable(JobhuntError):
    """Airflow could not be reached, or it answered with an error that may be temporary.

    The request may have succeeded even so, for example if only the response was lost.
    """

    code = FailureCode.AIRFLOW_UNAVAILABLE


class AirflowRefused(JobhuntError):
    """Airflow refused the request, and would refuse the same request again."""

    code = FailureCode.AIRFLOW_REFUSED


class DagRunTaken(AirflowRefused):
    """A DAG run with this id exists already, and it belongs to another run."""

    code = FailureCode.DAG_RUN_TAKEN


class _Login(BaseModel):
    access_token: str


class _DagRun(BaseModel):
    conf: dict[str, Any] | None = None


class _ValidationMessage(BaseModel):
    msg: str


class _Detail(BaseModel):
    reason: str = ""
    message: str = ""


class _Refusal(BaseModel):
    detail: str | list[_ValidationMessage] | _Detail


_Document = TypeVar("_Document", bound=BaseModel)


class AirflowClient:
    def __init__(self, url: str, user: str, password: str, *, timeout: float = 10.0):
        """Create a client of the Airflow at ``url``.

        Args:
            timeout: the maximum time in seconds of a whole request, including a login and a slow
                response body.
        """
        self._credentials = {"username": user, "password": password}
        self._timeout = timeout
        self._token: str | None = None
        self._login_lock = asyncio.Lock()
        # The environment's proxy settings are not used, because Airflow is in the same network.
        self._http = httpx.AsyncClient(
            base_url=url, timeout=timeout, trust_env=False, verify=tls_context()
        )

    async def trigger(self, dag_run_id: str, conf: Mapping[str, Any]) -> None:
        """Make sure that the DAG run exists, and that it belongs to the run ``conf["run_id"]``.

        Create the DAG run unless an earlier request has created it.

        Raises:
            AirflowUnavailable: the DAG run may or may not exist.
            AirflowRefused: the DAG run does not exist, or it belongs to another run.
        """
        body = {"dag_run_id": dag_run_id, "logical_date": None, "conf": dict(conf)}
        response = await self._request("POST", _DAG_RUNS, json=body)
        if response.status_code == HTTPStatus.NOT_FOUND:
            raise AirflowUnavailable("Airflow does not know the DAG ingest_jobs yet")
        if response.status_code != HTTPStatus.CONFLICT:
            _raise_unless_success(response)
            return
        existing = await self._request("GET", f"{_DAG_RUNS}/{quote(dag_run_id, safe='')}")
        if existing.status_code == HTTPStatus.NOT_FOUND:
            raise AirflowUnavailable(
                f"Airflow refused {dag_run_id} as a duplicate (409), then did not find it (404)"
            )
        _raise_unless_success(existing)
        existing_conf = _parse_document(_DagRun, existing).conf or {}
        if existing_conf.get("run_id") != conf["run_id"]:
            raise DagRunTaken(f"{dag_run_id} belongs to another run: {existing_conf.get('run_id')}")

    async def fail(self, dag_run_id: str) -> bool:
        """Mark the DAG run as failed, which makes Airflow skip its pending tasks.

        Returns:
            True if the DAG run exists, False if it does not.

        Raises:
            AirflowUnavailable, AirflowRefused: for the same reasons as in ``trigger``.
        """
        response = await self._request(
            "PATCH", f"{_DAG_RUNS}/{quote(dag_run_id, safe='')}", json={"state": "failed"}
        )
        if response.status_code == HTTPStatus.NOT_FOUND:
            return False
        _raise_unless_success(response)
        return True

    async def read(
        self, path: str, document: type[_Document], params: Mapping[str, str | int] | None = None
    ) -> _Document | None:
        """Return the document at ``path``, which is relative to ``_DAG_RUNS``.

        Return None if Airflow answers 404.

        Raises:
            AirflowUnavailable, AirflowRefused: for the same reasons as in ``trigger``.
        """
        response = await self._request("GET", f"{_DAG_RUNS}/{path}", params=dict(params or {}))
        if response.status_code == HTTPStatus.NOT_FOUND:
            return None
        _raise_unless_success(response)
        return _parse_document(document, response)

    async def aclose(self) -> None:
        await self._http.aclose()

    async def _request(self, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            async with asyncio.timeout(self._timeout):
                token = await self._get_token(refused_token=None)
                response = await self._send(token, method, path, options)
                if response.status_code == HTTPStatus.UNAUTHORIZED:
                    token = await self._get_token(refused_token=token)
                    response = await self._send(token, method, path, options)
        except TimeoutError:
            raise AirflowUnavailable(f"Airflow did not answer within {self._timeout} s") from None
        except (httpx.TransportError, httpx.InvalidURL) as error:
            reason = str(error) or type(error).__name__
            raise AirflowUnavailable(f"Airflow can't be reached: {reason}") from error
        return response

    async def _send(
        self, token: str, method: str, path: str, options: Mapping[str, Any]
    ) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"}
        return await self._http.request(method, path, headers=headers, **options)

    async def _get_token(self, *, refused_token: str | None) -> str:
        """Return a token. Log in if there is none yet, or if Airflow has refused the current one.

        Concurrent requests share one login.

        Args:
            refused_token: the token that Airflow has just refused; None if it has not refused a
                token.
        """
        async with self._login_lock:
            if self._token is None or self._token == refused_token:
                response = await self._http.post("/auth/token", json=self._credentials)
                if not response.is_success:
                    # Runs wait instead of failing, because the operator can correct a wrong
                    # password.
                    reason = _reason(response)
                    raise AirflowUnavailable(f"Airflow refuses our login: {reason}")
                self._token = _parse_document(_Login, response).access_token
            return self._token


def _raise_unless_success(response: httpx.Response) -> None:
    """Raise AirflowRefused or AirflowUnavailable unless the request succeeded."""
    if response.is_success:
        return
    if response.is_client_error and response.status_code not in _RETRYABLE_STATUSES:
        raise AirflowRefused(f"Airflow refuses: {_reason(response)}")
    raise AirflowUnavailable(f"Airflow answered with an error of its own: {_reason(response)}")


def _reason(response: httpx.Response) -> str:
    """Return the reason that an error response states, followed by its status.

    If the response states no reason, return only the status. FastAPI's ``detail`` is a text, a list
    of validation errors that each have a ``msg``, or an object that has a ``reason`` or a
    ``message``.
    """
    status = f"{response.status_code} {response.reason_phrase}".strip()
    try:
        body = _Refusal.model_validate_json(response.content)
    except ValidationError:
        return status
    match body.detail:
        case str(text):
            pass
        case list(errors):
            text = "; ".join(error.msg for error in errors)
        case _Detail(reason=reason, message=message):
            text = message or reason
    return f"{text[:_MAX_REASON_LENGTH]} ({status})" if text else status


def _parse_document(document: type[_Document], response: httpx.Response) -> _Document:
    try:
        return document.model_validate_json(response.content)
    except ValidationError:
        path = response.request.url.path
        raise AirflowUnavailable(f"Airflow's response to {path} has an unknown form") from None
