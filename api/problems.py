"""Errors as problem details (RFC 9457), each with a stable ``type``."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import psycopg
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException

from include.errors import ActiveRunError, CompaniesError, SettingError

_log = logging.getLogger(__name__)
_INVALID = HTTPStatus.UNPROCESSABLE_ENTITY
_DATABASE_AWAY = (OperationalError, InterfaceError, PoolTimeout, psycopg.OperationalError)


class Problem(BaseModel):
    """What every error answers, as ``application/problem+json``."""

    model_config = ConfigDict(extra="allow")

    type: str
    """``urn:jobhunt:problem:`` and a stable code."""
    title: str
    status: int
    detail: str


class ApiError(Exception):
    """A request that ends with a problem. ``members`` are added to its document."""

    def __init__(
        self,
        status: HTTPStatus,
        code: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        **members: Any,
    ):
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = headers
        self.members = members


def unauthorized(detail: str) -> ApiError:
    challenge = 'Bearer realm="jobhunt", error="invalid_token"'
    return ApiError(
        HTTPStatus.UNAUTHORIZED, "unauthorized", detail, headers={"WWW-Authenticate": challenge}
    )


def not_found(what: str) -> ApiError:
    """The same for what is another user's and for what does not exist."""
    return ApiError(HTTPStatus.NOT_FOUND, "not_found", f"there is no such {what}")


def unusable(field: str, message: str) -> ApiError:
    """A value of the request can't be used; ``field`` is its path, as in ``body.config.board``."""
    return _invalid("invalid_request", field, message)


def declared(*statuses: HTTPStatus) -> dict[int | str, dict[str, Any]]:
    """For a route's ``responses``: what else it answers."""
    return {
        int(status): {
            "description": status.phrase,
            "content": {"application/problem+json": {"schema": Problem.model_json_schema()}},
        }
        for status in statuses
    }


def install(app: FastAPI) -> None:
    """Makes every error of ``app`` a problem."""
    ours = (ApiError, ActiveRunError, CompaniesError, SettingError)
    for kind in (*ours, RequestValidationError, HTTPException, *_DATABASE_AWAY, Exception):
        app.add_exception_handler(kind, _answer)


def _answer(_request: Request, error: Exception) -> JSONResponse:
    return problem_response(_as_api_error(error))


def problem_response(problem: ApiError) -> JSONResponse:
    document = {
        "type": f"urn:jobhunt:problem:{problem.code}",
        "title": problem.status.phrase,
        "status": int(problem.status),
        "detail": problem.detail,
        **problem.members,
    }
    return JSONResponse(
        document,
        status_code=problem.status,
        headers=dict(problem.headers or {}),
        media_type="application/problem+json",
    )


def _as_api_error(error: Exception) -> ApiError:
    match error:
        case ApiError():
            return error
        case ActiveRunError():
            return ApiError(HTTPStatus.CONFLICT, error.code, error.message, run_id=error.run_id)
        case CompaniesError():
            return _invalid(
                error.code, "body.companies", error.message, companies=list(error.companies)
            )
        case SettingError():
            return unusable(f"body.{error.field}", error.message.removeprefix(f"{error.field}: "))
        case RequestValidationError():
            return _invalid_request(error)
        case HTTPException():
            status = HTTPStatus(error.status_code)
            code = status.phrase.lower().replace(" ", "_")
            return ApiError(status, code, str(error.detail), headers=error.headers)
        case _ if isinstance(error, _DATABASE_AWAY):
            _log.warning("database_away", extra={"reason": type(error).__name__})
            return ApiError(
                HTTPStatus.SERVICE_UNAVAILABLE,
                "database_away",
                "the database can't be reached; try again",
                headers={"Retry-After": "2"},
            )
        case _:
            # Starlette raises it again once this is sent, and the server logs it.
            return ApiError(
                HTTPStatus.INTERNAL_SERVER_ERROR, "internal", "this is our fault, not yours"
            )


def _invalid(code: str, field: str, message: str, **members: Any) -> ApiError:
    errors = [{"field": field, "message": message}]
    return ApiError(_INVALID, code, f"{field}: {message}", errors=errors, **members)


def _invalid_request(error: RequestValidationError) -> ApiError:
    errors = [
        {"field": ".".join(str(part) for part in one["loc"]), "message": one["msg"]}
        for one in error.errors()
    ]
    detail = "; ".join(f"{one['field']}: {one['message']}" for one in errors)
    return ApiError(_INVALID, "invalid_request", detail, errors=errors)
