"""The four requests we make of Airflow's REST API (v2, Airflow 3).

A token lasts 24 hours and is asked for again when Airflow refuses it. A duplicate ``dag_run_id``
is answered with 409 and an opaque body, so the DAG run is read back to see whose it is. A DAG that
is not parsed yet is answered with 404: Airflow's API is up before its DAGs are.
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

_DAG_RUNS = "/api/v2/dags/ingest_jobs/dagRuns"
# of those, only these say that the same request may do better later
_TRY_AGAIN = frozenset({401, 408, 425, 429})
_LONGEST_REASON = 300


class AirflowUnavailable(JobhuntError):
    """Airflow could not be asked, or did not say yes or no: the request may have succeeded."""

    code = FailureCode.AIRFLOW_UNAVAILABLE


class AirflowRefused(JobhuntError):
    """Airflow will not do this, however often it is asked."""

    code = FailureCode.AIRFLOW_REFUSED


class DagRunTaken(AirflowRefused):
    """The DAG run of that id is not ours."""

    code = FailureCode.DAG_RUN_TAKEN


class _Login(BaseModel):
    access_token: str


class _DagRun(BaseModel):
    conf: dict[str, Any] | None = None


class _Mistake(BaseModel):
    msg: str


class _Detail(BaseModel):
    reason: str = ""
    message: str = ""


class _Refusal(BaseModel):
    detail: str | list[_Mistake] | _Detail


_Document = TypeVar("_Document", bound=BaseModel)


class AirflowClient:
    def __init__(self, url: str, user: str, password: str, *, timeout: float = 10.0):
        """``timeout`` is of a whole request, however its answer drips: seconds."""
        self._login = {"username": user, "password": password}
        self._timeout = timeout
        self._token: str | None = None
        self._logging_in = asyncio.Lock()
        # Airflow is a neighbour: no proxy of the environment is meant for it
        self._http = httpx.AsyncClient(base_url=url, timeout=timeout, trust_env=False)

    async def trigger(self, dag_run_id: str, conf: Mapping[str, Any]) -> None:
        """Returns once there is a DAG run ``dag_run_id`` of the run that ``conf`` names, made
        now or before.

        Raises:
            AirflowUnavailable: there may or may not be one.
            AirflowRefused: there is none.
        """
        body = {"dag_run_id": dag_run_id, "logical_date": None, "conf": dict(conf)}
        response = await self._request("POST", _DAG_RUNS, json=body)
        if response.status_code == HTTPStatus.NOT_FOUND:
            raise AirflowUnavailable("Airflow does not know the DAG ingest_jobs yet")
        if response.status_code != HTTPStatus.CONFLICT:
            _check(response)
            return
        existing = await self._request("GET", f"{_DAG_RUNS}/{quote(dag_run_id, safe='')}")
        if existing.status_code == HTTPStatus.NOT_FOUND:
            raise AirflowUnavailable(f"{dag_run_id} exists, then it does not")
        _check(existing)
        found = _read(_DagRun, existing).conf or {}
        if found.get("run_id") != conf["run_id"]:
            raise DagRunTaken(f"{dag_run_id} belongs to another run: {found.get('run_id')}")

    async def fail(self, dag_run_id: str) -> bool:
        """Marks the DAG run failed, which skips its pending tasks; False when there is none."""
        response = await self._request(
            "PATCH", f"{_DAG_RUNS}/{quote(dag_run_id, safe='')}", json={"state": "failed"}
        )
        if response.status_code == HTTPStatus.NOT_FOUND:
            return False
        _check(response)
        return True

    async def read(
        self, path: str, document: type[_Document], params: Mapping[str, str | int] | None = None
    ) -> _Document | None:
        """What lies at ``path`` below the DAG's runs, or None when nothing does.

        Raises:
            AirflowUnavailable, AirflowRefused: as ``trigger``.
        """
        response = await self._request("GET", f"{_DAG_RUNS}/{path}", params=dict(params or {}))
        if response.status_code == HTTPStatus.NOT_FOUND:
            return None
        _check(response)
        return _read(document, response)

    async def aclose(self) -> None:
        await self._http.aclose()

    async def _request(self, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            async with asyncio.timeout(self._timeout):
                token = await self._get_token(refused=None)
                response = await self._send(token, method, path, options)
                if response.status_code == HTTPStatus.UNAUTHORIZED:
                    token = await self._get_token(refused=token)
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

    async def _get_token(self, *, refused: str | None) -> str:
        """One login serves all requests that wait for it."""
        async with self._logging_in:
            if self._token is None or self._token == refused:
                response = await self._http.post("/auth/token", json=self._login)
                if not response.is_success:
                    # A wrong password is for the operator to mend; no run should end for it.
                    reason = _reason(response)
                    raise AirflowUnavailable(f"Airflow refuses our login: {reason}")
                self._token = _read(_Login, response).access_token
            return self._token


def _check(response: httpx.Response) -> None:
    if response.is_success:
        return
    if response.is_client_error and response.status_code not in _TRY_AGAIN:
        raise AirflowRefused(f"Airflow refuses: {_reason(response)}")
    raise AirflowUnavailable(f"Airflow has a fault: {_reason(response)}")


def _reason(response: httpx.Response) -> str:
    """What a problem's body says, as words: FastAPI's ``detail`` is a text, a list with a ``msg``
    for each mistake, or an object with a ``reason`` or ``message``."""
    status = f"{response.status_code} {response.reason_phrase}".strip()
    try:
        body = _Refusal.model_validate_json(response.content)
    except ValidationError:
        return status
    match body.detail:
        case str(said):
            pass
        case list(mistakes):
            said = "; ".join(mistake.msg for mistake in mistakes)
        case _Detail(reason=reason, message=message):
            said = message or reason
    return f"{said[:_LONGEST_REASON]} ({status})" if said else status


def _read(document: type[_Document], response: httpx.Response) -> _Document:
    try:
        return document.model_validate_json(response.content)
    except ValidationError:
        path = response.request.url.path
        raise AirflowUnavailable(f"{path} answers what Airflow does not document") from None
