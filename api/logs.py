"""Log JSON lines on stderr, each with the id of its request.

One line is logged at the end of each request. No log line may contain the query of a URL, because a
query may contain a token. Therefore uvicorn's access log is disabled, and our own line has only the
path.
"""

import json
import logging
import re
import time
import uuid
from contextvars import ContextVar
from datetime import UTC, datetime

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import problems
from api.metrics import REQUEST_SECONDS

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)

_log = logging.getLogger(__name__)
_VALID_ID = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_STANDARD_ATTRIBUTES = frozenset(vars(logging.makeLogRecord({}))) | {
    "message",
    "asctime",
    "color_message",
}


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        if (current_id := request_id.get()) is not None:
            line["request_id"] = current_id
        line |= {
            key: value for key, value in vars(record).items() if key not in _STANDARD_ATTRIBUTES
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        # Characters beyond ASCII are escaped, as is the default, because terminals interpret some
        # of them.
        return json.dumps(line, default=str)


def configure_logs() -> None:
    """Log as JSON lines from the level INFO on, and disable uvicorn's access log.

    uvicorn's option ``--log-level`` is overridden, because at the level ``trace`` uvicorn would log
    each query.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter())
    for name in ("api", "include", "uvicorn"):
        logger = logging.getLogger(name)
        logger.handlers = [handler]
        logger.setLevel(logging.INFO)
        logger.propagate = False
    for name in ("uvicorn.error", "uvicorn.asgi"):
        # These loggers inherit the level of "uvicorn".
        logging.getLogger(name).setLevel(logging.NOTSET)
    logging.getLogger("uvicorn.access").disabled = True


class RequestLog:
    """Middleware that gives each request an id, measures its duration and logs one line at its end.

    The id is the caller's ``X-Request-ID`` if that consists of 1 to 64 letters, digits, ``_``,
    ``.`` or ``-``. Otherwise it is a new id. The response also has the header ``X-Request-ID``. An
    unexpected exception is logged here. If no response has begun when it occurs, the caller gets a
    problem document (RFC 9457).
    """

    def __init__(self, app: ASGIApp):
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given_id = Headers(scope=scope).get("x-request-id", "")
        current_id = given_id if _VALID_ID.fullmatch(given_id) else uuid.uuid4().hex
        began = time.monotonic()
        status = 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = current_id
            await send(message)

        token = request_id.set(current_id)
        try:
            await self._app(scope, receive, send_with_id)
        except Exception as error:  # It can be answered only if no response has begun.
            _log.exception("request_failed")
            if status:
                raise
            await problems.answer(error)(scope, receive, send_with_id)
        finally:
            seconds = time.monotonic() - began
            log_fields = {
                "method": scope["method"],
                "path": scope["path"],
                "status": status,
                "seconds": round(seconds, 3),
            }
            _log.info("request", extra=log_fields)
            if (route := scope.get("route")) and route.name != "progress":
                labels = (scope["method"], route.path, str(status))
                REQUEST_SECONDS.labels(*labels).observe(seconds)
            request_id.reset(token)
