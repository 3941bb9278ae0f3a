"""Allow pages of other listed origins to call the API (cross-origin resource sharing)."""

from collections.abc import Sequence
from http import HTTPStatus

from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response

from api.problems import ApiError, problem_response


class _Cors(CORSMiddleware):
    """Starlette's CORS middleware with another response to a refused preflight request.

    The response is a problem (RFC 9457) instead of plain text.
    """

    def preflight_response(self, request_headers: Headers) -> Response:
        response = super().preflight_response(request_headers)
        if response.status_code < HTTPStatus.BAD_REQUEST:
            return response
        status = HTTPStatus(response.status_code)
        reason = bytes(response.body).decode()
        kept = {
            name: value
            for name, value in response.headers.items()
            if name not in ("content-length", "content-type")
        }
        return problem_response(ApiError(status, "preflight_refused", reason, headers=kept))


def allow_origins(app: FastAPI, origins: Sequence[str]) -> None:
    """Let pages of these origins call the API.

    CORS credentials are not allowed, because tokens come in a header or in the query, never in a
    cookie.
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
