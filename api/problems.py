"""Answer errors as problem details (RFC 9457). Each kind of error has a stable ``type``."""

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
from starlette.routing import Route

from api.airflow import AirflowRefused, AirflowUnavailable
from include.errors import (
    ActiveRunError,
    CompaniesError,
    IdempotencyKeyReused,
    ImportActive,
    RunNotRetryable,
    SettingError,
)

_log = logging.getLogger(__name__)
_MAX_LISTED_ERRORS = 20
"""The maximum number of faults of one request that a problem lists.

Without it, a problem could become very long, because a list in a request can have 10,000 wrong
values.
"""
_INVALID = HTTPStatus.UNPROCESSABLE_ENTITY
_KNOWN_ERRORS = (
    *(ActiveRunError, RunNotRetryable, CompaniesError, SettingError, IdempotencyKeyReused),
    *(AirflowUnavailable, AirflowRefused, ImportActive),
)
_DATABASE_ERRORS = (OperationalError, InterfaceError, PoolTimeout, psycopg.OperationalError)


class Problem(BaseModel):
    """The body of every error response, as ``application/problem+json``."""

    model_config = ConfigDict(extra="allow")

    type: str
    """A stable code after a prefix, such as ``urn:jobhunt:problem:not_found``."""
    title: str
    status: int
    detail: str


class ApiError(Exception):
    """An error of a request.

    Its response is a problem (RFC 9457) that also contains ``members``.
    """

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


def unavailable(code: str, detail: str, *, retry_after: int = 2) -> ApiError:
    """Return a 503 error that asks the client to try again after ``retry_after`` seconds."""
    headers = {"Retry-After": str(retry_after)}
    return ApiError(HTTPStatus.SERVICE_UNAVAILABLE, code, detail, headers=headers)


def not_found(kind: str) -> ApiError:
    """Return a 404 error.

    The error is the same if the object belongs to another user and if it does not exist. Therefore
    nobody learns what other users have.

    Args:
        kind: the kind of the object, such as ``run``.
    """
    return ApiError(HTTPStatus.NOT_FOUND, "not_found", f"there is no such {kind}")


def out_of_scope(run_id: int | None) -> ApiError:
    """Return the 403 error for a token that only allows reading the run ``run_id``."""
    detail = f"this token only allows reading run {run_id}"
    return ApiError(HTTPStatus.FORBIDDEN, "out_of_scope", detail)


def unusable(field: str, message: str) -> ApiError:
    """Return the 422 error for a value of the request that cannot be used.

    Args:
        field: the path of the value, such as ``body.config.board``.
    """
    return _invalid_field("invalid_request", field, message)


def declared(*statuses: HTTPStatus) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI description of the error responses that have these statuses.

    A route takes it as its ``responses``.
    """
    return {
        int(status): {
            "description": status.phrase,
            "content": {
                "application/problem+json": {
                    "schema": {"$ref": "#/components/schemas/Problem"},
                    "example": _example(status),
                }
            },
            "headers": _HEADERS.get(status, {}),
        }
        for status in statuses
    }


_RETRY_AFTER = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds"}}
_HEADERS: dict[HTTPStatus, dict[str, Any]] = {
    HTTPStatus.UNAUTHORIZED: {"WWW-Authenticate": {"schema": {"type": "string"}}},
    HTTPStatus.TOO_MANY_REQUESTS: _RETRY_AFTER,
    HTTPStatus.SERVICE_UNAVAILABLE: _RETRY_AFTER,
}
_EXAMPLES: dict[HTTPStatus, tuple[str, str, dict[str, Any]]] = {
    HTTPStatus.UNAUTHORIZED: ("unauthorized", "the token has expired", {}),
    HTTPStatus.FORBIDDEN: ("out_of_scope", "this token only allows reading run 7", {}),
    HTTPStatus.NOT_FOUND: ("not_found", "there is no such run", {}),
    HTTPStatus.CONFLICT: ("run_active", "run 41 of ada is active", {"run_id": 41}),
    _INVALID: (
        "invalid_request",
        "query.limit: Input should be greater than or equal to 1",
        {
            "errors": [
                {"field": "query.limit", "message": "Input should be greater than or equal to 1"}
            ]
        },
    ),
    HTTPStatus.TOO_MANY_REQUESTS: (
        "too_many_requests",
        "too many requests; the next may come in 3 s",
        {},
    ),
    HTTPStatus.SERVICE_UNAVAILABLE: (
        "database_away",
        "the database can't be reached; try again",
        {},
    ),
}


def _example(status: HTTPStatus) -> dict[str, Any]:
    code, detail, members = _EXAMPLES[status]
    return _problem_document(ApiError(status, code, detail, **members))


def install(app: FastAPI) -> None:
    """Make ``app`` answer every error with a problem."""
    for kind in (ApiError, *_KNOWN_ERRORS, RequestValidationError, *_DATABASE_ERRORS):
        app.add_exception_handler(kind, _answer)
    app.add_exception_handler(HTTPException, _answer_http)


def _answer(_request: Request, error: Exception) -> JSONResponse:
    return answer(error)


def _answer_http(request: Request, error: Exception) -> JSONResponse:
    """Answer an HTTPException. If its status is 405, complete the ``Allow`` header.

    If several routes have the same path, Starlette names only the methods of the first route.
    """
    response = answer(error)
    if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        path = request.scope["path"]
        routes = [route for route in request.app.routes if isinstance(route, Route)]
        template = next(route.path for route in routes if route.path_regex.match(path))
        routes_of_path = [route for route in routes if route.path == template]
        methods = {method for route in routes_of_path for method in route.methods or ()}
        response.headers["Allow"] = ", ".join(sorted(methods))
    return response


def answer(error: Exception) -> JSONResponse:
    """Return the problem that is the response to the error."""
    return problem_response(_as_api_error(error))


def _problem_document(problem: ApiError) -> dict[str, Any]:
    return {
        "type": f"urn:jobhunt:problem:{problem.code}",
        "title": problem.status.phrase,
        "status": int(problem.status),
        "detail": problem.detail,
        **problem.members,
    }


def problem_response(problem: ApiError) -> JSONResponse:
    return JSONResponse(
        _problem_document(problem),
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
        case ImportActive():
            return ApiError(
                HTTPStatus.CONFLICT, error.code, error.message, import_id=error.import_id
            )
        case RunNotRetryable():
            return ApiError(HTTPStatus.CONFLICT, error.code, error.message)
        case IdempotencyKeyReused():
            return _invalid_field(error.code, "header.Idempotency-Key", error.message)
        case AirflowUnavailable() | AirflowRefused():
            return unavailable(error.code, error.message, retry_after=5)
        case CompaniesError():
            return _invalid_field(
                error.code, "body.companies", error.message, companies=list(error.companies)
            )
        case SettingError():
            return unusable(f"body.{error.field}", error.message.removeprefix(f"{error.field}: "))
        case RequestValidationError():
            return _invalid_request(error)
        case HTTPException(status_code=HTTPStatus.BAD_REQUEST):
            return unusable("body", str(error.detail))  # the body is not UTF-8
        case HTTPException():
            status = HTTPStatus(error.status_code)
            code = status.phrase.lower().replace(" ", "_")
            return ApiError(status, code, str(error.detail), headers=error.headers)
        case _ if isinstance(error, _DATABASE_ERRORS):
            _log.warning("database_away", extra={"reason": type(error).__name__})
            return unavailable("database_away", "the database can't be reached; try again")
        case _:
            # The error is not logged here, because RequestLog has logged it.
            return ApiError(
                HTTPStatus.INTERNAL_SERVER_ERROR,
                "internal",
                "the server has failed; the request may be correct",
            )


def _invalid_field(code: str, field: str, message: str, **members: Any) -> ApiError:
    errors = [{"field": field, "message": message}]
    return ApiError(_INVALID, code, f"{field}: {message}", errors=errors, **members)


def _invalid_request(error: RequestValidationError) -> ApiError:
    errors = [
        {
            "field": ".".join(str(part) for part in each["loc"]),
            "message": each["msg"].removeprefix("Value error, "),
        }
        for each in error.errors()[:_MAX_LISTED_ERRORS]
    ]
    detail = "; ".join(f"{each['field']}: {each['message']}" for each in errors)
    return ApiError(_INVALID, "invalid_request", detail, errors=errors)
