"""Limit the requests that the application accepts (ADR 32).

FastAPI reads and parses a body before it authenticates the caller. Therefore this middleware first
authenticates the caller, and then receives the whole body. It limits the body's size and the time
in which the body must arrive. One user may have only a few requests in progress, because all
requests share one event loop and one connection pool. ``api.http_protocol`` enforces the limits
that must hold before the application gets a request.
"""

import asyncio
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.auth import Caller
from api.deps import bearer, run_viewer
from api.problems import ApiError, problem_response
from api.user_slots import UserSlots

MAX_HEAD_BYTES = 32 * 1024
"""The maximum size of a request's URL and headers. nginx has the same limit by default."""
MAX_BODY_BYTES = 1024 * 1024
"""The maximum size of a body. ``deploy/nginx`` has the same limit."""
_BODY_SECONDS = 10.0
"""The maximum time in seconds for receiving a body."""
_MAX_CONCURRENT_PER_USER = 4
"""The maximum number of requests of one user that are in progress at the same time.

The user's further requests wait. The number is small because all users share the pool's 15
connections to the database.
"""


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
    """Middleware that refuses requests over the limits, and bodies from unknown callers.

    Args:
        base: the path below which every route needs a token. Streams (below ``progress/``) are not
            authenticated here, because their route takes other tokens and has limits of its own.
    """

    def __init__(self, app: ASGIApp, base: str):
        self._app = app
        self._prefix = f"{base}/"
        self._stream_prefix = f"{base}/progress/"
        self._slots = UserSlots(_MAX_CONCURRENT_PER_USER)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            _check_sizes(scope)
            caller = await _caller(scope) if self._needs_token(scope["path"]) else None
            if caller is None:
                await self._app(scope, receive, send)
            else:
                async with self._slots.of(caller.user_id):
                    body = await _receive_body(receive)
                    await self._app(scope, _replayed(body, receive), send)
        # This is an error of this middleware, because the application answers its own errors.
        except ApiError as problem:
            await problem_response(problem)(scope, receive, send)

    def _needs_token(self, path: str) -> bool:
        return path.startswith(self._prefix) and not path.startswith(self._stream_prefix)


def _check_sizes(scope: Scope) -> None:
    """Raise ApiError if the head is too large (431), or if it states too large a body (413)."""
    head = len(scope["raw_path"]) + len(scope["query_string"])
    separators = len(": \r\n")
    head += sum(len(name) + len(value) + separators for name, value in scope["headers"])
    if head > MAX_HEAD_BYTES:
        raise head_too_large()
    content_length = Headers(scope=scope).get("content-length", "")
    # A very long number is too large, and is not converted, because this would take long.
    if content_length.isdecimal() and (
        len(content_length) > 18 or int(content_length) > MAX_BODY_BYTES
    ):
        raise _body_too_large()


async def _caller(scope: Scope) -> Caller | None:
    """Return the caller. Return None if the request has neither a valid token nor a body.

    Raises:
        ApiError: 401 if the request has a body but no valid token.
    """
    headers = Headers(scope=scope)
    try:
        return await run_viewer(scope["app"].state.services, await bearer(Request(scope)))
    except ApiError:
        if headers.get("content-length", "0") != "0" or "transfer-encoding" in headers:
            raise
        return None


async def _receive_body(receive: Receive) -> Message:
    """Return the body as one ASGI message, or ``http.disconnect`` if the client disconnects.

    Raises:
        ApiError: 413 if the body is too large, 408 if it is too slow.
    """
    body = bytearray()
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            while True:
                message = await receive()
                if message["type"] != "http.request":
                    return message
                body += message.get("body", b"")
                if len(body) > MAX_BODY_BYTES:
                    raise _body_too_large()
                if not message.get("more_body"):
                    return {"type": "http.request", "body": bytes(body)}
    except TimeoutError:
        detail = f"the body must arrive within {_BODY_SECONDS:g} s"
        raise ApiError(HTTPStatus.REQUEST_TIMEOUT, "body_too_slow", detail) from None


def _replayed(body: Message, receive: Receive) -> Receive:
    """Return an ASGI ``receive`` function that first returns ``body``.

    Further calls return what ``receive`` returns.
    """
    unread = [body]

    async def replay() -> Message:
        return unread.pop() if unread else await receive()

    return replay
