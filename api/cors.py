"""Allow pages of the origins in ``JOBHUNT_CORS_ORIGINS`` to call the API.

This is cross-origin resource sharing (CORS).
"""

from collections.abc import Sequence
from http import HTTPStatus

from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response

from api.problems import ApiError, problem_response


class _Cors(CORSMiddleware):
    """Starlette's CORS middleware, which here refuses a preflight request with a problem.

    The problem (RFC 9457) replaces the plain text of Starlette's own response.
    """

    def preflight_response(self, request_headers: Headers) -> Response:
        response = super().preflight_response(request_headers)
        if response.status_code < HTTPStatus.BAD_REQUEST:
            return response
        status = HTTPStatus(response.status_code)
        reason = bytes(response.body).decode()
        headers = {
            name: value
            for name, value in response.headers.items()
            if name not in ("content-length", "content-type")
        }
        return problem_response(ApiError(status, "preflight_refused", reason, headers=headers))


def allow_origins(app: FastAPI, origins: Sequence[str]) -> None:
    """Let pages of these origins call the API.

    Credentials such as cookies are not allowed, because the API needs none. The token comes in a
    header or in the query.
    """
    app.add_middleware(
        _Cors,
        allow_origins=origins,
        allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=[
            "Authorization",
            "Content-Type",
            "Idempotency-Key",
            "Last-Event-ID",
            "X-Request-ID",
        ],
        expose_headers=["Content-Disposition", "Location", "Retry-After", "X-Request-ID"],
    )
