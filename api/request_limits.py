"""Limits on the requests that the application accepts, for clients whose token is not known yet.

FastAPI reads and parses a body before it authenticates the caller. So this middleware receives the
whole body first, within limits of size and time, and only if the caller's token is accepted.
``api.http_protocol`` keeps the limits that hold before an application sees a request.
"""

import asyncio
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.deps import bearer, run_viewer
from api.problems import ApiError, problem_response

MAX_HEAD_BYTES = 32 * 1024
"""The maximum size of a request's URL and headers. nginx has the same limit by default."""
MAX_BODY_BYTES = 1024 * 1024
"""The maximum size of a body. ``deploy/nginx`` has the same limit."""
_BODY_SECONDS = 10.0
"""The maximum time for receiving a body."""
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


def head_too_large() -> ApiError:
    return ApiError(
        HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
        "headers_too_large",
        f"the URL and the headers may have at most {MAX_HEAD_BYTES} bytes together",
    )


def _body_too_large() -> ApiError:
    return ApiError(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "body_too_large",
        f"the body may have at most {MAX_BODY_BYTES} bytes",
    )


class RequestLimits:
    """Middleware that refuses requests over the limits, and bodies of callers it does not know."""

    def __init__(self, app: ASGIApp):
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            _check_sizes(scope)
            body = await _body(scope, receive) if scope["method"] in _WITH_BODY else None
        except ApiError as problem:
            await problem_response(problem)(scope, receive, send)
            return
        await self._app(scope, receive if body is None else _replayed(body, receive), send)


def _check_sizes(scope: Scope) -> None:
    """Raise ApiError if the head is too large (431) or states a body that is too large (413)."""
    head = len(scope["raw_path"]) + len(scope["query_string"])
    head += sum(len(name) + len(value) + 4 for name, value in scope["headers"])
    if head > MAX_HEAD_BYTES:
        raise head_too_large()
    stated = Headers(scope=scope).get("content-length", "")
    if stated.isdecimal() and (len(stated) > 18 or int(stated) > MAX_BODY_BYTES):
        raise _body_too_large()


async def _body(scope: Scope, receive: Receive) -> Message | None:
    """Return the body as one message; None if the request has no body.

    Raises:
        ApiError: 401 if the caller's token is not accepted, 413 if the body is too large, 408 if it
            is too slow.
    """
    headers = Headers(scope=scope)
    if headers.get("content-length", "0") == "0" and "transfer-encoding" not in headers:
        return None
    await run_viewer(scope["app"].state.services, await bearer(Request(scope)))
    body = bytearray()
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            while True:
                message = await receive()
                if message["type"] != "http.request":
                    return message  # the client has gone
                body += message.get("body", b"")
                if len(body) > MAX_BODY_BYTES:
                    raise _body_too_large()
                if not message.get("more_body"):
                    return {"type": "http.request", "body": bytes(body)}
    except TimeoutError:
        detail = f"the body must arrive within {_BODY_SECONDS:g} s"
        raise ApiError(HTTPStatus.REQUEST_TIMEOUT, "body_too_slow", detail) from None


def _replayed(body: Message, receive: Receive) -> Receive:
    """Return a function that first returns ``body``, and then what ``receive`` returns."""
    ahead = [body]

    async def replay() -> Message:
        return ahead.pop() if ahead else await receive()

    return replay
